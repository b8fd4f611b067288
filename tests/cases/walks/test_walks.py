"""Workers' positions: on shift only, seen by few, each look known to the worker, gone after their days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gridloop.audit.models import Pending
from gridloop.cases.walks import actions, queries
from gridloop.cases.walks.models import CellVisit, Walk, WalkPosition
from gridloop.cases.walks.rules import Fix
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused
from gridloop.places import queries as places
from tests.builders import MONDAY, SPOT, a_caller, a_case, a_client, a_person
from tests.cases.evaluation.lives import sequenced

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
KEY = "shift-0001"


def a_worker(area: str = "350203", duty: Duty = Duty.COLLECTOR) -> Caller:
    return a_caller(a_person(duty, area=area))


def a_fix(minutes: float = 1, *, at: tuple[float, float] = SPOT, accuracy_m: float = 8) -> Fix:
    return Fix(MONDAY + minutes * MINUTE, *at, accuracy_m)


def on_shift(by: Caller, key: str = KEY, *, now: dt.datetime = MONDAY) -> Walk:
    return actions.begin(key, now, by=by, now=now)


def test_a_shift_begins_once_however_often_it_is_said_and_from_however_many_phones(ground: None):
    worker = a_worker()
    made = on_shift(worker)
    assert on_shift(worker).pk == made.pk
    assert on_shift(worker, "another-phone").pk == made.pk
    ended = actions.end(KEY, MONDAY + HOUR, by=worker, now=MONDAY + 2 * HOUR)
    assert ended.ended_at == MONDAY + HOUR
    assert actions.end(KEY, MONDAY + 2 * HOUR, by=worker, now=MONDAY + 3 * HOUR).ended_at == MONDAY + HOUR
    assert on_shift(worker, now=MONDAY + 3 * HOUR).ended_at == MONDAY + HOUR
    assert on_shift(worker, "shift-0002", now=MONDAY + 3 * HOUR).ended_at is None
    entries = [one.action for one in Pending.objects.filter(subject=f"walk:{made.pk}").order_by("id")]
    assert entries == ["walk.begun", "walk.ended"]


def test_positions_are_taken_only_inside_the_own_open_shift(ground: None):
    worker, other = a_worker(), a_worker()
    with pytest.raises(NotFound, match="begin one first"):
        actions.push(KEY, [a_fix()], by=worker, now=MONDAY + HOUR)
    walk = on_shift(worker)
    with pytest.raises(NotFound, match="no such shift of yours"):
        actions.push(KEY, [a_fix()], by=other, now=MONDAY + HOUR)
    batch = [a_fix(-5), a_fix(1), a_fix(2), a_fix(90)]
    assert actions.push(KEY, batch, by=worker, now=MONDAY + HOUR) == {"kept": 2, "dropped": 2}
    assert actions.push(KEY, batch[1:3], by=worker, now=MONDAY + HOUR) == {"kept": 0, "dropped": 0}
    actions.end(KEY, MONDAY + 1.5 * MINUTE, by=worker, now=MONDAY + HOUR)
    kept = list(WalkPosition.objects.filter(walk=walk).values_list("at", flat=True))
    assert kept == [MONDAY + MINUTE]
    assert Walk.objects.get(pk=walk.pk).dropped == 2
    with pytest.raises(Refused, match=r"this shift ended at 10:01; positions are taken only while it is open"):
        actions.push(KEY, [a_fix(1.2)], by=worker, now=MONDAY + HOUR)
    with pytest.raises(Malformed, match="at most 500 positions"):
        actions.push(KEY, [a_fix(0)] * 501, by=worker, now=MONDAY + HOUR)


def test_a_shift_that_nobody_ends_is_ended_by_the_clock_and_positions_after_it_are_refused(ground: None):
    worker, late = a_worker(), a_worker()
    walk, other = on_shift(worker), on_shift(late)
    noon = MONDAY + 13 * HOUR
    with pytest.raises(Refused, match="this shift ended at 22:00"):
        actions.push(KEY, [a_fix(700)], by=worker, now=noon)
    assert actions.end_by_the_clock(noon) == 1
    assert actions.end_by_the_clock(noon) == 0
    for one in (walk, other):
        row = Walk.objects.get(pk=one.pk)
        assert (row.ended_at, row.by_hours) == (MONDAY + 12 * HOUR, True)
    said = Pending.objects.filter(subject=f"walk:{other.pk}", action="walk.ended").get()
    assert b"system:walks" in bytes(said.body)


def test_who_is_out_is_seen_by_the_desk_of_the_area_while_on_shift_and_the_worker_sees_who_looked(ground: None):
    worker, stranger = a_worker(), a_worker("350206")
    dispatcher, supervisor = a_worker("3502", Duty.DISPATCHER), a_worker("350203", Duty.SUPERVISOR)
    on_shift(worker)
    on_shift(stranger)
    now = MONDAY + 5 * MINUTE
    seen = actions.look_out(by=supervisor, now=now)
    assert [(one["person_id"], one["at"]) for one in seen] == [(worker.person_id, None)]
    assert Pending.objects.filter(action="walk.looked").count() == 0  # nobody's position was shown
    actions.push(KEY, [a_fix(1), a_fix(3, at=(118.12, 24.48))], by=worker, now=now)
    [found] = actions.look_out(by=supervisor, now=now)
    assert (found["lon"], found["lat"], found["at"]) == (118.12, 24.48, MONDAY + 3 * MINUTE)
    assert len(actions.look_out(by=dispatcher, now=now)) == 2
    assert actions.look_out(by=a_worker("3502", Duty.LEADER), now=now) == []
    sequenced()
    looks = queries.looks(by=worker, limit=10)
    assert [one["name"] for one in looks] == [dispatcher.name, supervisor.name]
    assert queries.looks(by=stranger, limit=10) == []
    actions.end(KEY, now, by=worker, now=now)
    assert actions.look_out(by=supervisor, now=now) == []


def test_old_positions_go_and_what_is_left_names_nobody(ground: None):
    worker = a_worker()
    walk = on_shift(worker)
    actions.push(KEY, [a_fix()], by=worker, now=MONDAY + HOUR)
    actions.end(KEY, None, by=worker, now=MONDAY + HOUR)
    assert actions.let_go(MONDAY + 30 * DAY) == 0
    assert actions.let_go(MONDAY + 31 * DAY) == 1
    assert not Walk.objects.filter(pk=walk.pk).exists()
    assert CellVisit.objects.count() == 1
    assert {field.name for field in CellVisit._meta.get_fields()} == {"cell", "at"}


def test_a_patrol_is_offered_until_somebody_walks_looks_or_takes_a_step_there(crew: Any):
    worker = a_worker()
    number = a_case("checked", crew=crew)
    later = MONDAY + 20 * DAY

    def offered(now: dt.datetime) -> list[str]:
        return [one["cell"] for one in queries.patrols(*SPOT, by=worker, now=now, limit=20)["items"]]

    here = places.at(*SPOT).cell
    assert here is not None
    assert number
    assert here.code not in offered(MONDAY + DAY)  # a collector's step was yesterday
    first = queries.patrols(*SPOT, by=worker, now=later, limit=3)["items"]
    assert (first[0]["cell"], first[0]["reports"]) == (here.code, 1)
    assert first[0]["zh"].endswith(f"{here.code[-3:]} 号单元网格")
    on_shift(worker, now=later)
    walked = [Fix(later + MINUTE, *SPOT, 200.0)]
    actions.push(KEY, walked, by=worker, now=later + MINUTE)
    assert here.code in offered(later + MINUTE)  # too vague to say which cell it was
    actions.push(KEY, [Fix(later + 2 * MINUTE, *SPOT, 9.0)], by=worker, now=later + 2 * MINUTE)
    assert here.code not in offered(later + 2 * MINUTE)
    [other, *_] = offered(later)
    assert actions.looked_at(other, later, by=worker, now=later + HOUR) == later
    assert actions.looked_at(other, later - HOUR, by=worker, now=later + HOUR) == later
    assert Pending.objects.filter(action="patrol.looked", subject=f"cell:{other}").count() == 1
    assert other not in offered(later)
    with pytest.raises(NotAllowed):
        actions.looked_at(other, None, by=a_worker("350206"), now=later)
    with pytest.raises(NotFound):
        actions.looked_at("350203999999999", None, by=worker, now=later)


def test_the_doors_begin_push_show_and_end(ground: None):
    person = a_person(Duty.COLLECTOR, area="350203")
    phone, desk = a_client(person), a_client(a_person(Duty.DISPATCHER, area="3502"))
    now = clock.now()

    def send(path: str, body: dict[str, Any]) -> Any:
        return phone.post(f"/api/v1{path}", body, content_type="application/json")

    begun = send("/walks", {"key": KEY, "at": (now - HOUR).isoformat()}).json()
    assert begun["ended_at"] is None
    item = {"at": (now - MINUTE).isoformat(), "lon": SPOT[0], "lat": SPOT[1], "accuracy_m": 6}
    assert send(f"/walks/{KEY}/positions", {"items": [item]}).json() == {"kept": 1, "dropped": 0}
    assert send(f"/walks/{KEY}/positions", {"items": [{**item, "lon": 999}]}).status_code == 422
    assert [one["person_id"] for one in desk.get("/api/v1/walks/out").json()["items"]] == [person]
    assert phone.get("/api/v1/walks/out").status_code == 403
    assert phone.get("/api/v1/walks/mine").json()["walk"]["key"] == KEY
    assert send(f"/walks/{KEY}/end", {}).json()["ended_at"] is not None
    assert send(f"/walks/{KEY}/positions", {"items": [item]}).status_code == 409
    assert desk.get("/api/v1/walks/out").json() == {"items": []}
    assert phone.get("/api/v1/walks/mine/looks").status_code == 200
    near = phone.get(f"/api/v1/patrols?lon={SPOT[0]}&lat={SPOT[1]}").json()
    assert near["days"] == 7
    cell = near["items"][0]["cell"]
    assert send(f"/patrols/{cell}", {}).json()["cell"] == cell
