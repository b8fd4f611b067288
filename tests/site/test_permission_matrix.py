"""The permission matrix, every cell of it, tried over the whole HTTP stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import Client
from ninja import NinjaAPI, Router

from gridloop.audit import actions as audit
from gridloop.audit import queries as ledger
from gridloop.cases import actions as cases
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from gridloop.kernel.permits import Scope, in_area, public
from gridloop.site import api, gate, matrix
from tests.builders import BUILDER, NOW, a_caller, a_client, a_person, a_session, a_unit

pytestmark = pytest.mark.django_db
PERMITS = api.permits()
HERE, ELSEWHERE = "3502", "3501"
PLACEHOLDERS = {
    "number": "20990101-000000",
    "layer": "divisions",
    "z": "12",
    "x": "1",
    "y": "1",
    "code": "999",
    "size": "thumb",
    "kind": "event",
}
FREE = re.compile(r"\{(\w+)\}")
CALLERS: dict[str, tuple[Duty, ...] | None] = {
    matrix.ANYBODY: None,
    matrix.NO_DUTY: (),
    **{duty.value: (duty,) for duty in Duty},
}


@pytest.fixture
def masters() -> None:
    """The class tables, without which the loop's addresses have nothing to say."""
    cases.load_masters(by=BUILDER, now=NOW)


def asked(client: Client, method: str, address: str, body: dict[str, object] | None = None):
    path = FREE.sub(lambda found: PLACEHOLDERS.get(found.group(1), "999999999"), address)
    return client.generic(
        method, f"/api/v1{path}", b"{}" if body is None else orjson.dumps(body), content_type="application/json"
    )


def verdict(answer, scope: Scope) -> str:
    """What the gate said; past the gate, a room may still refuse a grant that covers everything only for rows of others."""
    assert answer.status_code < 500, (answer.wsgi_request.path, answer.content)
    if not hasattr(answer.wsgi_request, "asked_by"):
        return {401: "sign in", 403: "deny"}[answer.status_code]
    return "deny" if answer.status_code == 403 and scope in {Scope.AREA, Scope.UNIT} else "allow"


@pytest.mark.parametrize("who", CALLERS)
def test_every_duty_at_every_address_is_let_in_or_refused_as_the_matrix_says(who: str, masters: None) -> None:
    duties = CALLERS[who]
    person = None if duties is None else a_person(*duties, area="")
    client = a_client(person)
    wrong = []
    for cell in matrix.matrix(PERMITS):
        if cell.who != who:
            continue
        if person is not None:
            client.cookies["gl_session"] = a_session(person)
        got = verdict(asked(client, cell.method, cell.address), PERMITS[cell.method, cell.address].scope)
        expected = "allow" if cell.inside is matrix.Answer.OWN else cell.inside.value
        if got != expected:
            wrong.append((cell.method, cell.address, got, expected))
    assert wrong == []


@dataclass(frozen=True)
class Probe:
    """Makes a thing in an area (or somebody's own) and says how to ask for it; `listed` counts what a list shows of it."""

    make: Callable[[str, int], tuple[str, dict[str, object] | None]]
    listed: Callable[[dict[str, object]], int] | None = None


def _entry(area: str, owner: int) -> tuple[str, None]:
    audit.record(a_caller(owner), "probe.made", f"probe:{area}", at=NOW, area=area)
    audit.sequence(NOW)
    return str(ledger.entries_about(f"probe:{area}")[0].position), None


def _grant(area: str, owner: int) -> str:
    return str(identity.give(identity.NewGrant(owner, Duty.COLLECTOR, area=area), by=BUILDER, now=NOW))


def _key(area: str, owner: int) -> str:
    identity.give(identity.NewGrant(owner, Duty.INTEGRATOR, area=area), by=BUILDER, now=NOW)
    made = identity.make_key(identity.NewKey("probe", frozenset({"open311"}), area=area), by=a_caller(owner), now=NOW)
    return str(made.id)


def _route(area: str) -> int:
    return cases.add_route(area=area, dept_kind="sani", by=BUILDER, now=NOW)


def _login(area: str, owner: int) -> str:
    a_person(unit_id=a_unit(area=area), login=f"probe{owner}")
    return f"probe{owner}"


def _count(body: dict[str, object]) -> int:
    return sum("probe" in str(item) for item in body["items"])  # type: ignore[attr-defined]


PROBES: dict[tuple[str, str], Probe] = {
    ("GET", "/ledger"): Probe(
        lambda area, owner: (f"/ledger?subject=probe:{area}&x={_entry(area, owner)[0]}", None), _count
    ),
    ("GET", "/ledger/{position}"): Probe(lambda area, owner: (f"/ledger/{_entry(area, owner)[0]}", None)),
    ("POST", "/units"): Probe(
        lambda area, owner: (
            "/units",
            {"code": f"probe{owner}", "kind": "sani", "name_zh": "探", "name_en": "probe", "area": area},
        )
    ),
    ("GET", "/people"): Probe(lambda area, owner: (f"/people?q={_login(area, owner)}", None), _count),
    ("POST", "/people"): Probe(
        lambda area, owner: ("/people", {"login": f"probe{owner}", "name": "探", "unit_id": a_unit(area=area)})
    ),
    ("POST", "/people/{person_id}/name"): Probe(
        lambda area, owner: (f"/people/{a_person(unit_id=a_unit(area=area))}/name", {"name_en": "Probe"})
    ),
    ("POST", "/people/{person_id}/active"): Probe(
        lambda area, owner: (f"/people/{a_person(unit_id=a_unit(area=area))}/active", {"active": False})
    ),
    ("POST", "/grants"): Probe(
        lambda area, owner: ("/grants", {"person_id": owner, "duty": "collector", "area": area})
    ),
    ("POST", "/masters/routes"): Probe(
        lambda area, owner: ("/masters/routes", {"area": area, "dept_kind": "sani", "priority": owner % 1000})
    ),
    ("DELETE", "/masters/routes/{route_id}"): Probe(lambda area, owner: (f"/masters/routes/{_route(area)}", None)),
    ("POST", "/keys"): Probe(lambda area, owner: ("/keys", {"name": "probe", "scopes": ["open311"], "area": area})),
}
"""How to try an address inside and outside one's area. An address with scope `area` or `unit` that stands neither here nor
in a room's own test of its rows (ROOMS_OWN) fails the test below."""

ROOMS_OWN = {
    ("POST", "/photos/{photo_id}/original/open"): "tests/cases/photos/test_masking.py",
    ("POST", "/photos/{photo_id}/checked"): "tests/cases/photos/test_by_hand.py",
    **{
        ("GET", f"/map/{what}"): "tests/cases/map"
        for what in ("counts", "marks", "list/{layer}", "export/{layer}.{kind}", "cards/{layer}/{code}")
    },
    **{address: "tests/fleet" for address in PERMITS if address[1].startswith("/fleet/")},
    ("POST", "/templates"): "tests/cases/test_masters_editing.py",
    ("PATCH", "/templates/{code}"): "tests/cases/test_masters_editing.py",
    ("DELETE", "/templates/{code}"): "tests/cases/test_masters_editing.py",
    ("POST", "/masters/rules/{kind}/{code}/{rule_no}"): "tests/cases/test_masters_editing.py",
    ("POST", "/masters/proposals/preview"): "tests/cases/proposals",
    ("POST", "/masters/proposals"): "tests/cases/proposals",
    ("PATCH", "/masters/proposals/{proposal_id}"): "tests/cases/proposals",
    **{
        ("POST", f"/masters/proposals/{{proposal_id}}/{verb}"): "tests/cases/proposals"
        for verb in ("confirm", "reject", "withdraw")
    },
    **{
        (method, f"/announcements{rest}"): "tests/cases/announcements"
        for method, rest in (
            ("GET", "/desk"),
            ("POST", ""),
            ("GET", "/{announcement_id}/card"),
            ("PUT", "/{announcement_id}"),
            ("POST", "/{announcement_id}/steps"),
        )
    },
    ("GET", "/cases/suggest"): "tests/cases/intake_help",
    ("GET", "/classifier/models"): "tests/cases/intake_help",
    ("GET", "/forecast/cases"): "tests/cases/forecast",
    ("GET", "/forecast/model"): "tests/cases/forecast",
    **{
        ("GET", f"/insight/{what}"): "tests/cases/insight"
        for what in ("returns", "returns.csv", "returns/pairs", "rulings", "silence")
    },
    **{
        (method, f"/simulations{rest}"): "tests/cases/simulation"
        for method, rest in (
            ("GET", ""),
            ("GET", "/ground"),
            ("POST", ""),
            ("GET", "/{simulation_id}"),
            ("GET", "/{simulation_id}/changes"),
            ("GET", "/{simulation_id}/file.{kind}"),
            ("POST", "/{simulation_id}/switch"),
            ("POST", "/{simulation_id}/switch/confirm"),
            ("POST", "/{simulation_id}/switch/withdraw"),
        )
    },
    **{("GET", f"/shifts{rest}"): "tests/cases/shifts" for rest in ("", "/now", "/{handover_id}")},
    **{
        ("POST", f"/shifts{rest}"): "tests/cases/shifts"
        for rest in ("", "/{handover_id}/sign", "/{handover_id}/withdraw")
    },
    ("POST", "/walks"): "tests/cases/walks",
    ("GET", "/walks/out"): "tests/cases/walks",
    ("GET", "/patrols"): "tests/cases/walks",
    ("POST", "/patrols/{cell}"): "tests/cases/walks",
    ("GET", "/cases/{number}/why"): "tests/cases/why",
    ("GET", "/cases/at"): "tests/cases/timeline",
    ("GET", "/cases/timeline"): "tests/cases/timeline",
    **{("GET", f"/alarms{rest}"): "tests/cases/alarms" for rest in ("", "/past", "/{alarm_id}")},
    **{
        ("POST", f"/alarms/{{alarm_id}}/{verb}"): "tests/cases/alarms" for verb in ("acknowledge", "shelve", "unshelve")
    },
    ("GET", "/cases/components/{code}"): "tests/cases/components",
    ("GET", "/incidents/suggested"): "tests/cases/incidents",
    ("POST", "/incidents"): "tests/cases/incidents",
    ("GET", "/incidents/{incident_id}"): "tests/cases/incidents",
    ("POST", "/incidents/{incident_id}/undo"): "tests/cases/incidents",
    ("GET", "/cases/{number}/incident"): "tests/cases/incidents",
    ("POST", "/cases/{number}/incident/messages"): "tests/cases/incidents",
    ("POST", "/cases/mass/preview"): "tests/cases/mass",
    ("POST", "/cases/mass"): "tests/cases/mass",
    ("GET", "/cases/mass/{mass_id}"): "tests/cases/mass",
    ("POST", "/cases/mass/{mass_id}/undo"): "tests/cases/mass",
    **{
        ("GET", f"/statistics/{what}"): "tests/cases/evaluation/test_doors.py"
        for what in (
            "indicators",
            "indicators/{indicator}/cases",
            "league",
            "trend",
            "heat",
            "stopclock",
            "punctuality",
            "report.{kind}",
        )
    },
    ("POST", "/cases"): "tests/cases/test_loop_permissions.py",
    ("GET", "/places/components/{code}"): "tests/places",
    ("GET", "/notices/dead"): "tests/notices",
    ("POST", "/notices/dead/{delivery_id}/send-again"): "tests/notices",
}


def _by_area() -> list[tuple[str, str]]:
    return [address for address, permit in PERMITS.items() if permit.scope in {Scope.AREA, Scope.UNIT}]


def test_every_address_that_asks_for_an_area_is_tried_outside_it() -> None:
    untried = [one for one in _by_area() if one not in PROBES and one not in ROOMS_OWN]
    assert untried == []


@pytest.mark.parametrize("address", PROBES, ids=" ".join)
def test_a_duty_in_one_area_opens_nothing_in_another(address: tuple[str, str], tmp_path: Path, settings) -> None:
    settings.VAR = tmp_path
    probe, permit = PROBES[address], PERMITS[address]
    for duty in sorted(permit.duties):
        client = a_client(a_person(duty, area=HERE))
        for area, inside in ((HERE + "03", True), (ELSEWHERE, False)):
            path, body = probe.make(area, a_person())
            answer = client.generic(
                address[0], f"/api/v1{path}", orjson.dumps(body or {}), content_type="application/json"
            )
            if probe.listed:
                assert answer.status_code == 200
                assert bool(probe.listed(answer.json())) == inside, (duty, area)
            elif inside:
                assert answer.status_code in {200, 201, 204}, (duty, answer.content)
            else:
                assert answer.status_code == 403, (duty, answer.content)
                assert answer.json()["detail"]


OWN_PROBES: dict[tuple[str, str], Callable[[int], str]] = {
    ("DELETE", "/grants/{grant_id}"): lambda owner: f"/grants/{_grant(HERE, owner)}",
    ("DELETE", "/keys/{key_id}"): lambda owner: f"/keys/{_key(HERE, owner)}",
}


@pytest.mark.parametrize("address", OWN_PROBES, ids=" ".join)
def test_what_belongs_to_somebody_is_for_them_and_not_for_others(address: tuple[str, str]) -> None:
    owner, other = a_person(), a_person()
    path = OWN_PROBES[address](owner)
    assert asked(a_client(other), address[0], path).status_code == 403
    assert asked(a_client(owner), address[0], path).status_code in {200, 204}


def test_a_key_enters_only_where_its_scope_is_named(masters: None) -> None:
    owner = a_person(*Duty, area="")
    now = clock.now()
    new = identity.NewKey("probe", frozenset({"places:read"}), rate_per_minute=60_000)
    token = identity.make_key(new, by=a_caller(owner, now=now), now=now).token
    client = Client(headers={"authorization": f"Bearer {token}", "host": "localhost"})
    wrong = []
    for (method, address), permit in PERMITS.items():
        got = verdict(asked(client, method, address), permit.scope)
        open_to_all = permit.scope is Scope.PUBLIC and not permit.api_scope
        expected = "allow" if permit.api_scope == "places:read" or open_to_all else "deny"
        if got != expected:
            wrong.append((method, address, got, expected))
    assert wrong == []


def test_an_address_without_a_permit_stops_the_start() -> None:
    router = Router()

    @router.get("/open-door")
    def open_door(request: HttpRequest) -> None:
        """Nobody said who may."""

    made = NinjaAPI(urls_namespace="probe1")
    made.add_router("", router)
    with pytest.raises(
        ImproperlyConfigured, match=r"GET /open-door has no permit; declare one in the PERMITS of its api.py"
    ):
        gate.install(made, {})
    with pytest.raises(ImproperlyConfigured, match="there are permits for addresses that do not exist: GET /gone"):
        gate.install(made, {("GET", "/open-door"): public(), ("GET", "/gone"): in_area(Duty.ADMIN)})


def test_an_address_in_two_routers_stops_the_start() -> None:
    made = NinjaAPI(urls_namespace="probe2")
    for _ in range(2):
        router = Router()
        router.add_api_operation("/twice", ["GET"], lambda request: None)
        made.add_router("", router)
    with pytest.raises(ImproperlyConfigured, match="/twice stands in two routers"):
        gate.install(made, {("GET", "/twice"): public()})


def test_the_documentation_shows_the_matrix_as_it_is() -> None:
    page = Path(settings.ROOT) / "docs" / "reference" / "permissions.md"
    assert page.read_text(encoding="utf-8") == matrix.rendered(PERMITS), (
        "run: python -m gridloop.site.manage permissions --write"
    )
