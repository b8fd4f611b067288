"""The only builders of the tests: each makes one thing of the city through the rooms' own actions."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.test import Client

from gridloop.cases import actions as cases
from gridloop.cases.models import Photo
from gridloop.cases.rules.intake import Report
from gridloop.fleet.models import Fence, Rule, Vehicle, VehicleWarning
from gridloop.identity import actions as identity
from gridloop.identity.actions.sign_in import open_session
from gridloop.identity.models import Person
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.duties import Duty

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
PASSWORD = "correct-horse-battery"
BUILDER = system("builder")
_numbers = itertools.count(1)


def a_unit(
    *, kind: str = "sani", area: str = "3502", parent_id: int | None = None, code: str = "", now: dt.datetime = NOW
) -> int:
    """A unit; returns its id."""
    number = next(_numbers)
    new = identity.NewUnit(
        code or f"U{number}", kind, f"单位{number}", f"Unit {number}", area=area, parent_id=parent_id
    )
    return identity.create_unit(new, by=BUILDER, now=now)


def a_person(
    *duties: Duty,
    area: str = "3502",
    unit_id: int | None = None,
    login: str = "",
    password: str = "",
    email: str = "",
    grant_unit_id: int | None = None,
    valid_to: dt.datetime | None = None,
    now: dt.datetime = NOW,
) -> int:
    """A person who holds these duties in this area (and, with `grant_unit_id`, in this unit); returns their id."""
    number = next(_numbers)
    new = identity.NewPerson(
        login=login or f"person{number}",
        name=f"人员{number}",
        unit_id=unit_id,
        password=password,
        email=email,
        email_verified=bool(email),
    )
    person_id = identity.create_person(new, by=BUILDER, now=now)
    for duty in duties:
        grant = identity.NewGrant(person_id, duty, area=area, unit_id=grant_unit_id, valid_from=now, valid_to=valid_to)
        identity.give(grant, by=BUILDER, now=now)
    return person_id


def a_session(person_id: int, *, now: dt.datetime | None = None) -> str:
    """A live session's token; from the present moment, because the web reads the clock."""
    moment = now or dt.datetime.now(dt.UTC)
    return open_session(
        Person.objects.get(pk=person_id), "password", visitor=identity.Visitor("127.0.0.1"), now=moment
    ).token


def a_caller(person_id: int, *, now: dt.datetime = NOW) -> Caller:
    """The person as a caller, with the grants valid at `now`."""
    return identity.caller_from(session_token=a_session(person_id, now=now), now=now)


def a_client(person_id: int | None = None, *, language: str = "en") -> Client:
    """A browser, signed in as this person; it speaks this language and checks CSRF tokens as real ones do."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": language, "host": "localhost"})
    client.get("/api/v1/session")
    if person_id is not None:
        client.cookies["gl_session"] = a_session(person_id)
    client.defaults["HTTP_X_CSRFTOKEN"] = client.cookies["csrftoken"].value
    return client


MONDAY = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # ten in the morning in the city, a working day
SPOT = (118.11, 24.475)


@dataclass(frozen=True)
class Crew:
    """Everybody whom a case meets, and the unit that handles it."""

    citizen: Caller
    collector: Caller
    checker: Caller
    acceptor: Caller
    shift_leader: Caller
    dispatcher: Caller
    unit: Caller
    arbiter: Caller
    supervisor: Caller
    leader: Caller
    handler: int


def a_crew(area: str = "3502", now: dt.datetime = NOW) -> Crew:
    """One of each."""
    handler = a_unit(area=area, now=now)
    held = {
        duty: a_caller(a_person(duty, area=area, now=now), now=now)
        for duty in (
            Duty.COLLECTOR,
            Duty.ACCEPTOR,
            Duty.SHIFT_LEADER,
            Duty.DISPATCHER,
            Duty.ARBITER,
            Duty.SUPERVISOR,
            Duty.LEADER,
        )
    }
    return Crew(
        citizen=a_caller(a_person(now=now), now=now),
        collector=held[Duty.COLLECTOR],
        checker=a_caller(a_person(Duty.COLLECTOR, area=area, now=now), now=now),
        acceptor=held[Duty.ACCEPTOR],
        shift_leader=held[Duty.SHIFT_LEADER],
        dispatcher=held[Duty.DISPATCHER],
        unit=a_caller(a_person(Duty.UNIT, area=area, unit_id=handler, grant_unit_id=handler, now=now), now=now),
        arbiter=held[Duty.ARBITER],
        supervisor=held[Duty.SUPERVISOR],
        leader=held[Duty.LEADER],
        handler=handler,
    )


def a_report(
    text: str = "路口有一堆暴露垃圾", *, by: Caller, now: dt.datetime = MONDAY, key: str = "", **said: Any
) -> cases.Reported:
    """A report at the usual spot; somebody without duties reports for themselves."""
    given = {
        "lon": SPOT[0],
        "lat": SPOT[1],
        "source": "citizen",
        "own": by.person_id is not None and not by.grants,
    } | said
    return cases.report(Report(text=text, **given), by=by, now=now, key=key)


Way = tuple[tuple[str, str, dict[str, Any]], ...]
VERIFYING: Way = (("acceptor", "send_verify", {}),)
REGISTERED: Way = (("acceptor", "register", {"class": "event:0102"}),)
FILED: Way = (*REGISTERED, ("shift_leader", "file", {"rule": 1}))
DISPATCHED: Way = (*FILED, ("dispatcher", "dispatch", {"unit": None}))
RETURNED: Way = (*DISPATCHED, ("unit", "return", {"return_rule": "not_ours", "note": "属道路养护"}))
ARBITRATION: Way = (
    *RETURNED,
    ("dispatcher", "redispatch", {"unit": None}),
    ("unit", "return", {"return_rule": "not_ours", "note": "仍非本单位"}),
)
HANDLING: Way = (*DISPATCHED, ("unit", "accept", {}))
SUSPEND_ASKED: Way = (
    *HANDLING,
    (
        "unit",
        "ask_suspend",
        {"suspend_reason": "weather", "note": "台风", "until": (MONDAY + dt.timedelta(days=3)).isoformat()},
    ),
)
CHECKING: Way = (*HANDLING, ("unit", "finish", {"note": "清理完毕", "photos": 1}))
CHECKED: Way = (*CHECKING, ("checker", "pass", {"photos": 1}))
CLOSED: Way = (*CHECKED, ("shift_leader", "close", {}))
WAYS: Mapping[str, Way] = {
    "reported": (),
    "verifying": VERIFYING,
    "unfounded": (*VERIFYING, ("collector", "not_found", {"note": "没有看到", "photos": 1})),
    "registered": REGISTERED,
    "filed": FILED,
    "dispatched": DISPATCHED,
    "returned": RETURNED,
    "arbitration": ARBITRATION,
    "handling": HANDLING,
    "delay_asked": (*HANDLING, ("unit", "ask_delay", {"hours": 8, "note": "设备故障"})),
    "suspend_asked": SUSPEND_ASKED,
    "suspended": (*SUSPEND_ASKED, ("shift_leader", "grant_suspend", {})),
    "checking": CHECKING,
    "checked": CHECKED,
    "closed": CLOSED,
    "disputed": (*CLOSED, ("citizen", "dispute", {})),
    "rejected": (*REGISTERED, ("shift_leader", "refuse", {"reason": "not_city_matter"})),
    "withdrawn": (("citizen", "withdraw", {}),),
    "voided": (("shift_leader", "void", {"note": "试填"}),),
}
"""How a case comes into each state: who says which verb, and what with it."""


def a_case(state: str = "reported", *, crew: Crew, now: dt.datetime = MONDAY, **said: Any) -> str:
    """The number of a case that the people of the crew drove into a state."""
    number = a_report(by=crew.citizen, now=now, **said).number
    for who, verb, what in WAYS[state]:
        a_step(number, verb, crew=crew, who=who, now=now, **what)
    return number


def a_step(number: str, verb: str, *, crew: Crew, who: str, now: dt.datetime = MONDAY, **said: Any) -> cases.Moved:
    """One step by somebody of the crew; `photos=1` takes that many fresh photos, `unit=None` names the crew's unit."""
    by: Caller = getattr(crew, who)
    if isinstance(said.get("photos"), int):
        said["photos"] = [a_photo(by=by, now=now) for _ in range(said["photos"])]
    if "unit" in said and said["unit"] is None:
        said["unit"] = crew.handler
    return cases.take_step(number, verb, said, by=by, now=now)


def a_photo(*, by: Caller, now: dt.datetime = MONDAY) -> str:
    """A photo that was taken in and belongs to no case yet; without files, because the loop does not look at them."""
    number = next(_numbers)
    row = Photo.objects.create(
        id=f"{number:032x}",
        state="kept",
        owner_id=by.person_id,
        uploaded_at=now,
        width_px=640,
        height_px=480,
        size_bytes=1,
        sha256=number.to_bytes(32, "big"),
    )
    return row.id


def a_fence(code: str = "", *, name: str = "海沧湾禁行区", now: dt.datetime = NOW, half_deg: float = 0.005) -> Fence:
    """A square fence round the usual spot, as it stands in the register."""
    lon, lat = SPOT
    square = Polygon.from_bbox((lon - half_deg, lat - half_deg, lon + half_deg, lat + half_deg))
    return Fence.objects.create(
        code=code or f"F{next(_numbers)}", name_zh=name, name_en="No-go zone", shape="area", geom=square, area="3502", valid_from=now
    )  # fmt: skip


def a_warning(
    *, stage: str = "confirmed", severity: str = "high", kind: str = "hazmat", area: str = "3502", place: str = "350203",
    case_class: str = "", now: dt.datetime = MONDAY, fence: Fence | None = None,
) -> VehicleWarning:  # fmt: skip
    """A warning as the gateway stores it, with its vehicle, rule and fence."""
    number = next(_numbers)
    fence = fence or a_fence(now=now - dt.timedelta(days=1))
    vehicle = Vehicle.objects.create(
        plate=f"示D{number:05d}",
        kind=kind,
        area=area,
        firm="示范运输",
        synthetic=True,
        registered_at=now,
        changed_at=now,
    )
    rule = Rule.objects.create(
        code=f"R{number}", kind="no_go", name_zh="危货禁行", fences=[fence.code], kinds=[kind], severity=severity, case_class=case_class,
        permit_kinds=["hazmat_zone"], source="危险化学品安全管理条例 Art. 49", area="3502", valid_from=now,
    )  # fmt: skip
    at = now - dt.timedelta(seconds=30)
    fixes = [
        {"at_ms": int(at.timestamp() * 1000) + 10_000 * n, "lon": SPOT[0], "lat": SPOT[1], "speed": 420, "serial": n}
        for n in range(3)
    ]
    return VehicleWarning.objects.create(
        key=f"{rule.code}|{fence.code}|{vehicle.pk}|{fixes[0]['at_ms']}", rule_code=rule.code, rule_version=1, rule_kind="no_go",
        severity=severity, fence_code=fence.code, fence_version=1, vehicle_id=vehicle.pk, stage=stage, lon=SPOT[0], lat=SPOT[1],
        place=place, suspected_at=at, confirmed_at=None if stage in {"suspected", "withdrawn"} else now, received_at=now,
        decided_at=now + dt.timedelta(milliseconds=80), ended_at=now if stage == "ended" else None, positions=fixes,
    )  # fmt: skip
