"""A rule asked of the past: what only the old version, only the proposed one, or both would have told, per day and vehicle."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.fleet.actions import replays as actions
from gridloop.fleet.models import Rule, RuleReplay
from gridloop.fleet.queries import replays as queries
from gridloop.fleet.rules.replays import PART_FIXES, parts_of
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused
from tests.builders import MONDAY, SPOT, Crew, a_caller, a_client, a_fence, a_person, a_warning
from tests.fleet.watch.test_tracks import drive

NOON = MONDAY + dt.timedelta(hours=2)
LATER = MONDAY + dt.timedelta(days=1)
WEST = SPOT[0] - 0.01


def test_vehicles_are_judged_in_parts_that_fit_and_pairs_together():
    counts = {1: PART_FIXES - 10, 2: 20, 3: 5, 4: 2 * PART_FIXES}
    assert parts_of(counts, "no_go") == [[1], [2, 3], [4]]
    assert parts_of({7: 5, 2: 5}, "gathering") == [[2, 7]]
    assert parts_of({}, "gathering") == []
    with pytest.raises(Refused, match="ask fewer days"):
        parts_of({1: 3_000_000, 2: 3_000_000}, "gathering")


@pytest.fixture
def supervisor(crew: Crew):
    return a_caller(a_person(Duty.SUPERVISOR, area="3502"))


def a_past() -> tuple[str, int, int]:
    """A rule for hazardous goods; one truck of them and one taxi drove through its fence at noon."""
    fence = a_fence(now=MONDAY - dt.timedelta(days=1))
    hazmat, taxi = (
        a_warning(fence=fence, kind=kind, now=MONDAY - dt.timedelta(hours=1)) for kind in ("hazmat", "taxi")
    )
    for one in (hazmat, taxi):
        drive(one.vehicle_id, NOON, 60, lon=WEST)
    return hazmat.rule_code, hazmat.vehicle_id, taxi.vehicle_id


def test_a_wider_rule_tells_more_and_what_both_tell_is_told_once(supervisor):
    code, hazmat, taxi = a_past()
    asked = actions.ask(code, {"kinds": ("hazmat", "taxi")}, days=7, by=supervisor, now=LATER)
    done = actions.reckon(asked.pk, now=LATER)
    assert (done.state, done.totals, done.done, done.of) == ("done", {"only_old": 0, "only_new": 1, "both": 1}, 1, 1)
    card = queries.replay(done.pk, by=supervisor, now=LATER)
    assert card["figures"]["days"] == [{"day": "2026-11-23", "only_old": 0, "only_new": 1, "both": 1}]
    assert [one["vehicle_id"] for one in card["figures"]["vehicles"]] == [taxi, hazmat]
    example = card["figures"]["examples"]["only_new"][0]
    assert (example["vehicle_id"], len(example["positions"])) == (taxi, 3)
    assert actions.reckon(asked.pk, now=LATER + dt.timedelta(days=1)).ended_at == LATER


def test_a_narrower_rule_tells_less(supervisor):
    code, _, _ = a_past()
    asked = actions.ask(code, {"weekly": ((7, "00:00", "01:00"),)}, days=7, by=supervisor, now=LATER)
    assert actions.reckon(asked.pk, now=LATER).totals == {"only_old": 1, "only_new": 0, "both": 0}


def test_what_cannot_be_a_rule_is_refused_at_once_and_other_areas_are_not_asked(supervisor):
    code, _, _ = a_past()
    with pytest.raises(Malformed):
        actions.ask(code, {"severity": "loud"}, days=7, by=supervisor, now=LATER)
    far = a_caller(a_person(Duty.SUPERVISOR, area="4403"))
    with pytest.raises(NotFound, match="in your area"):
        actions.ask(code, {}, days=7, by=far, now=LATER)
    asked = actions.ask(code, {}, days=7, by=supervisor, now=LATER)
    with pytest.raises(NotFound):
        queries.replay(asked.pk, by=far, now=LATER)
    assert queries.replays(code, by=far) == []
    assert [one["id"] for one in queries.replays(code, by=supervisor)] == [asked.pk]


def test_the_question_is_asked_by_the_door_looked_at_and_stands_in_the_ledger(crew: Crew):
    code, _, _ = a_past()
    Rule.objects.filter(code=code).update(valid_from=MONDAY - dt.timedelta(days=400))  # in force by the real clock
    client = a_client(a_person(Duty.SUPERVISOR, area="3502"))
    body = {"days": 3, "proposed": {"severity": "medium"}}
    made = client.post(f"/api/v1/fleet/rules/{code}/replay", body, content_type="application/json")
    assert (made.status_code, made.json()["state"], made.json()["said"]["severity"]) == (201, "waiting", "medium")
    assert client.get(f"/api/v1/fleet/rules/{code}/replays").json()["items"][0]["id"] == made.json()["id"]
    assert client.get(f"/api/v1/fleet/replays/{made.json()['id']}").json()["words_en"]
    assert RuleReplay.objects.count() == 1
    watcher = a_client(a_person(Duty.DISPATCHER, area="3502"))
    assert watcher.get(f"/api/v1/fleet/rules/{code}/replays").status_code == 403
