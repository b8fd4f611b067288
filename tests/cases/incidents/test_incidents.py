"""Many reports become one case, nobody who reported is lost, and all of it can be undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.cases import actions as cases
from gridloop.cases.actions import telling
from gridloop.cases.actions.join import join
from gridloop.cases.incidents import actions
from gridloop.cases.incidents.actions import Chosen
from gridloop.cases.incidents.models import Incident, IncidentMessage
from gridloop.cases.incidents.queries import account as accounts
from gridloop.cases.incidents.queries import answered, suggested
from gridloop.cases.incidents.rules.messages import Message
from gridloop.cases.models import Case, Link
from gridloop.cases.rules.intake import Contact, Report
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused
from gridloop.notices.models import Notice
from tests.builders import MONDAY, SPOT, Crew, a_caller, a_case, a_client, a_person, a_report, a_step

BURST = "路口水管爆裂,路面大量积水"
SOON = MONDAY + dt.timedelta(minutes=5)
LATER = MONDAY + dt.timedelta(hours=1)
PUBLIC = Caller(None, "public", via="public")


def burst(*, by: Caller, east: float = 0.0, now: dt.datetime = MONDAY, **said: Any) -> str:
    return a_report(BURST, by=by, now=now, lon=SPOT[0] + east, class_kind="event", class_code="0102", **said).number


@pytest.fixture
def three(crew: Crew) -> list[str]:
    """A leading case that is registered, one by another resident, one by somebody who left a number only."""
    first = burst(by=crew.citizen)
    a_step(first, "register", crew=crew, who="acceptor")
    second = burst(by=a_caller(a_person()), east=0.0002)
    third = burst(by=PUBLIC, east=0.0004, contact=Contact("林", "13800000001"))
    return [first, second, third]


def grouped(
    numbers: list[str], *, by: Caller, key: str = "g1", now: dt.datetime = SOON, note: str = "同一处爆管"
) -> dict[str, Any]:
    versions = dict(Case.objects.filter(number__in=numbers[1:]).values_list("number", "version"))
    return accounts.account(
        actions.group(Chosen(numbers[0], tuple(numbers[1:]), versions, note), by=by, now=now, key=key)
    )


def states(numbers: list[str]) -> list[str]:
    return [Case.objects.get(number=one).state for one in numbers]


def test_reports_of_one_burst_are_suggested_as_one_incident(three: list[str], crew: Crew):
    burst(by=crew.citizen, east=0.004)
    found = suggested.suggested(by=crew.acceptor, now=SOON)
    (group,) = found["items"]
    assert group["leading"]["number"] == three[0]
    assert {one["number"] for one in group["members"]} == set(three[1:])
    assert all(one["can_merge"] and one["score"] > 0.55 and one["why_en"] for one in group["members"])
    assert 40 < group["span_m"] < 50
    assert (found["looked_at"], found["truncated"]) == (4, False)


def test_suggestions_cost_the_same_however_many_cases_and_stay_in_the_area(three: list[str], crew: Crew):
    two_areas = a_caller(a_person(Duty.ACCEPTOR, area="350203"))
    costs = []
    for more in (0, 8):
        for _ in range(more):
            burst(by=crew.citizen)
        suggested.suggested(by=two_areas, now=SOON)
        with CaptureQueriesContext(connection) as asked:
            found = suggested.suggested(by=two_areas, now=SOON)
        costs.append(len(asked))
        assert found["looked_at"] == 3 + more
    assert costs[0] == costs[1] <= 3
    assert suggested.suggested(by=a_caller(a_person(Duty.ACCEPTOR, area="350205")), now=SOON)["items"] == []
    assert suggested.suggested(by=crew.acceptor, now=SOON, place="350205")["looked_at"] == 0


def test_the_query_of_suggestions_is_bounded_in_each_branch_and_as_a_whole(three: list[str], crew: Crew):
    with CaptureQueriesContext(connection) as asked:
        suggested.suggested(by=crew.acceptor, now=SOON)
    text = next(one["sql"] for one in asked if "cases_text" in one["sql"])
    assert text.count("limit %(most)s") == 2


def test_chosen_cases_go_into_the_leading_one_and_each_is_accounted_for(three: list[str], crew: Crew):
    handled = a_case("handling", crew=crew, text=BURST)
    said = grouped([*three, handled], by=crew.acceptor)
    assert said["totals"] == {"done": 2, "wrong_state": 1}
    assert (said["of"], said["failed"]) == (3, 1)
    assert states([*three, handled]) == ["registered", "merged", "merged", "handling"]
    assert Case.objects.get(number=three[0]).reports == 3
    entry = Pending.objects.get(action="case.grouped")
    assert entry.subject == f"case:{three[0]}"


def test_the_same_request_again_does_nothing_twice_and_another_one_is_refused(three: list[str], crew: Crew):
    first = grouped(three, by=crew.acceptor)
    again = actions.group(
        Chosen(three[0], tuple(three[1:]), {one["number"]: one["version"] - 1 for one in first["items"]}, "同一处爆管"),
        by=crew.acceptor, now=SOON, key="g1",
    )  # fmt: skip
    assert accounts.account(again) == first
    assert (Incident.objects.count(), Link.objects.count()) == (1, 2)
    with pytest.raises(Refused, match="was used for another"):
        actions.group(Chosen(three[1], (three[0],), {}), by=crew.acceptor, now=SOON, key="g1")


def test_a_break_before_the_first_merge_is_gone_on_from(three: list[str], crew: Crew, monkeypatch: pytest.MonkeyPatch):
    class Killed(BaseException): ...

    def dies(*_args: object, **_said: object) -> None:
        raise Killed

    chosen = Chosen(three[0], tuple(three[1:]), {})
    with monkeypatch.context() as broken:
        broken.setattr(actions.mass_actions, "mass", dies)
        with pytest.raises(Killed):
            actions.group(chosen, by=crew.acceptor, now=SOON, key="g1")
    assert states(three) == ["registered", "reported", "reported"]
    actions.group(chosen, by=crew.acceptor, now=SOON, key="g1")
    assert states(three) == ["registered", "merged", "merged"]
    assert Incident.objects.count() == 1


def test_a_case_cannot_lead_itself_nor_can_one_that_has_ended(three: list[str], crew: Crew):
    with pytest.raises(Malformed, match="leads the incident"):
        actions.group(Chosen(three[0], tuple(three), {}), by=crew.acceptor, now=SOON, key="g2")
    a_step(three[0], "void", crew=crew, who="shift_leader", note="x")
    with pytest.raises(Refused, match="not open any more"):
        actions.group(Chosen(three[0], tuple(three[1:]), {}), by=crew.acceptor, now=SOON, key="g3")


def test_undoing_at_once_takes_back_exactly_those(three: list[str], crew: Crew):
    before = burst(by=crew.citizen)
    a_step(before, "merge", crew=crew, who="acceptor", into=three[0])
    said = grouped(three, by=crew.acceptor)
    undone = accounts.account(actions.ungroup(said["id"], "", by=crew.acceptor, now=SOON))
    assert (undone["back"], undone["stays"]) == (2, 0)
    assert undone["undone_at"] == SOON
    assert states([*three, before]) == ["registered", "reported", "reported", "merged"]
    assert Case.objects.get(number=three[0]).reports == 2


def test_later_a_shift_leader_unmerges_and_what_moved_on_stays_and_is_named(three: list[str], crew: Crew):
    said = grouped(three, by=crew.acceptor)
    with_dispatcher = accounts.account(actions.ungroup(said["id"], "", by=crew.dispatcher, now=LATER))
    assert with_dispatcher["stays"] == 2
    assert "you need the duty" in with_dispatcher["items"][0]["undo_en"]

    other = grouped([three[0], burst(by=crew.citizen), burst(by=crew.citizen)], by=crew.acceptor, key="g2")
    gone = other["items"][0]["number"]
    a_step(gone, "unmerge", crew=crew, who="shift_leader", note="是另一处", now=LATER)
    undone = accounts.account(actions.ungroup(other["id"], "两处爆管", by=crew.shift_leader, now=LATER))
    assert (undone["back"], undone["stays"]) == (1, 1)
    assert "not merged into" in undone["items"][0]["undo_en"]
    assert "已不在" in undone["items"][0]["undo_zh"]


def test_undoing_again_changes_nothing(three: list[str], crew: Crew):
    said = grouped(three, by=crew.acceptor)
    first = accounts.account(actions.ungroup(said["id"], "", by=crew.acceptor, now=SOON))
    again = accounts.account(actions.ungroup(said["id"], "", by=crew.acceptor, now=LATER))
    assert first == again


def test_a_grouping_elsewhere_is_not_there(three: list[str], crew: Crew):
    said = grouped(three, by=crew.acceptor)
    stranger = a_caller(a_person(Duty.SHIFT_LEADER, area="350205"))
    with pytest.raises(NotFound):
        actions.ungroup(said["id"], "", by=stranger, now=SOON)
    with pytest.raises(NotFound):
        answered.account(three[0], by=stranger, now=SOON)


def stage(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["stages"] if one["stage"] == name)


def test_every_reporter_is_answered_through_every_merge_and_the_account_says_so(three: list[str], crew: Crew):
    silent = burst(by=PUBLIC)
    behind = burst(by=a_caller(a_person()))
    a_step(behind, "merge", crew=crew, who="acceptor", into=three[1])
    telling.tell_waiting(SOON)
    grouped([*three, silent], by=crew.acceptor)
    telling.tell_waiting(SOON)
    for who, verb, said in (
        ("shift_leader", "file", {"rule": 1}), ("dispatcher", "dispatch", {"unit": None}), ("unit", "accept", {}),
        ("unit", "finish", {"note": "已修复", "photos": 1}), ("checker", "pass", {"photos": 1}), ("shift_leader", "close", {}),
    ):  # fmt: skip
        a_step(three[0], verb, crew=crew, who=who, now=LATER, **said)
    waiting = answered.account(three[0], by=crew.acceptor, now=LATER)
    assert stage(waiting, "ended")["waiting"] == 4
    telling.tell_waiting(LATER)

    found = answered.account(three[0], by=crew.acceptor, now=LATER)

    assert (found["reports"], found["reporters"], found["original"], found["merged"], found["unreachable"]) == (
        5,
        5,
        1,
        4,
        1,
    )
    ended = stage(found, "ended")
    assert (ended["due"], ended["told"], ended["waiting"], ended["unreachable"], ended["forgotten"]) == (5, 3, 1, 1, 0)
    assert ended["channels"] == {"bell": 3, "email": 0, "sms": 0}
    assert (stage(found, "taken")["due"], stage(found, "merged")["due"]) == (1, 4)
    assert {one["came"] for one in found["lines"]} == {"original", "merged"}
    assert [one["reach"] for one in found["lines"]] == ["account", "account", "sms", "", "account"]
    later = answered.account(three[0], by=crew.acceptor, now=LATER + dt.timedelta(hours=1))
    assert stage(later, "ended")["waiting"] == 1
    Notice.objects.filter(subject=f"case:{three[0]}", kind="closed").first().delete()
    assert (
        stage(answered.account(three[0], by=crew.acceptor, now=LATER + dt.timedelta(hours=1)), "ended")["forgotten"]
        == 1
    )


def test_who_joined_is_counted_as_such_and_what_was_before_is_not_due(three: list[str], crew: Crew):
    joiner = a_caller(a_person())
    cases_join(three[0], joiner)
    telling.tell_waiting(SOON)
    found = answered.account(three[0], by=crew.acceptor, now=SOON)
    assert (found["reporters"], found["original"], found["joined"]) == (2, 1, 1)
    assert stage(found, "taken")["due"] == 1
    assert stage(found, "taken")["told"] == 1


def cases_join(number: str, by: Caller) -> None:
    join(number, Report("我也看到了", SPOT[0], SPOT[1], source="citizen", own=True), by=by, now=SOON)


def test_the_account_costs_the_same_however_many_reporters(three: list[str], crew: Crew):
    grouped(three, by=crew.acceptor)
    costs = []
    for more in (0, 6):
        for _ in range(more):
            a_step(burst(by=a_caller(a_person())), "merge", crew=crew, who="acceptor", into=three[0])
        telling.tell_waiting(SOON)
        with CaptureQueriesContext(connection) as asked:
            answered.account(three[0], by=crew.acceptor, now=SOON)
        costs.append(len(asked))
    assert costs == [7, 7]


def test_the_card_of_an_incident_sums_it_up(three: list[str], crew: Crew):
    assert cases.open_card(three[0], by=crew.acceptor, now=SOON)["incident"] is None
    grouped(three, by=crew.acceptor)
    card = cases.open_card(three[0], by=crew.acceptor, now=SOON)
    assert (card["incident"]["reporters"], card["incident"]["cases"]) == (3, sorted(three[1:]))
    assert "lines" not in card["incident"]
    assert cases.open_card(three[0], by=crew.citizen, now=SOON)["incident"] is None


def test_everybody_is_told_the_same_words_once(three: list[str], crew: Crew):
    same_number = burst(by=PUBLIC, contact=Contact("林", "13800000001"))
    nobody = burst(by=PUBLIC)
    grouped([*three, same_number, nobody], by=crew.acceptor)
    said = Message("正在抢修,预计今晚恢复", "Repair is under way; water is back tonight")

    made = actions.tell_everybody(three[0], said, by=crew.acceptor, now=SOON, key="m1")
    again = actions.tell_everybody(three[0], said, by=crew.acceptor, now=LATER, key="m1")

    assert made.pk == again.pk
    assert (made.told, made.unreachable) == (3, 1)
    told = Notice.objects.filter(kind="incident_news")
    assert told.count() == 3
    assert {one.text_zh for one in told} == {said.zh}
    assert told.filter(person_id=None).get().deliveries.get().channel == "sms"
    entry = Pending.objects.get(action="case.told_everybody")
    assert said.en.encode() in bytes(entry.body)
    with pytest.raises(Refused, match="was used for another"):
        actions.tell_everybody(three[0], Message("别的话"), by=crew.acceptor, now=SOON, key="m1")
    assert answered.account(three[0], by=crew.acceptor, now=SOON)["messages"][0]["told"] == 3


def test_a_break_while_telling_leaves_nothing_told(three: list[str], crew: Crew, monkeypatch: pytest.MonkeyPatch):
    class Killed(BaseException): ...

    def dies(*_args: object, **_said: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(actions.ledger, "record", dies)
        with pytest.raises(Killed):
            actions.tell_everybody(three[0], Message("抢修中"), by=crew.acceptor, now=SOON, key="m1")
    assert (IncidentMessage.objects.count(), Notice.objects.filter(kind="incident_news").count()) == (0, 0)


def test_an_answer_template_is_filled_with_the_facts_of_the_case(three: list[str], crew: Crew):
    with pytest.raises(Refused, match="the template needs unit_"):
        actions.tell_everybody(three[0], Message(template="closed_default"), by=crew.acceptor, now=SOON, key="m1")
    made = actions.tell_everybody(three[0], Message(template="closed_clean"), by=crew.acceptor, now=SOON, key="m2")
    assert made.text_zh.startswith("“路口水管爆裂")
    with pytest.raises(NotFound, match="no answer template"):
        actions.tell_everybody(three[0], Message(template="none"), by=crew.acceptor, now=SOON, key="m3")


def test_only_the_desk_of_the_place_tells_everybody(three: list[str], crew: Crew):
    with pytest.raises(NotAllowed, match="by the desk of the place"):
        actions.tell_everybody(three[0], Message("x"), by=crew.collector, now=SOON, key="m1")


def test_the_doors_group_undo_and_tell(crew: Crew):
    desk = a_client(a_person(Duty.ACCEPTOR, Duty.SHIFT_LEADER))
    now = dt.datetime.now(dt.UTC)
    first, second = burst(by=crew.citizen, now=now), burst(by=crew.citizen, now=now)

    def post(path: str, body: dict[str, Any], **headers: str) -> Any:
        return desk.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    suggestions = desk.get("/api/v1/incidents/suggested").json()
    assert suggestions["items"][0]["leading"]["number"] == first
    assert post("/incidents", {"into": first, "numbers": [second]}).status_code == 422
    made = post("/incidents", {"into": first, "numbers": [second]}, **{"Idempotency-Key": "d1"})
    assert (made.status_code, made.json()["totals"]) == (200, {"done": 1})
    assert desk.get(f"/api/v1/incidents/{made.json()['id']}").json() == made.json()
    told = post(f"/cases/{first}/incident/messages", {"text_en": "We are on it"}, **{"Idempotency-Key": "t1"})
    assert (told.status_code, told.json()["told"]) == (200, 1)
    assert desk.get(f"/api/v1/cases/{first}/incident").json()["reporters"] == 2
    undone = post(f"/incidents/{made.json()['id']}/undo", {})
    assert (undone.status_code, undone.json()["back"]) == (200, 1)
    collector = a_client(a_person(Duty.COLLECTOR))
    assert collector.get("/api/v1/incidents/suggested").status_code == 403


def test_a_desk_of_another_area_finds_nothing_behind_these_doors(three: list[str], crew: Crew):
    made = grouped(three, by=crew.acceptor)["id"]
    stranger = a_client(a_person(Duty.ACCEPTOR, Duty.SHIFT_LEADER, area="350205"))

    def post(path: str, body: dict[str, Any]) -> int:
        headers = {"Idempotency-Key": "s1"}
        return stranger.post(f"/api/v1{path}", body, content_type="application/json", headers=headers).status_code

    assert stranger.get("/api/v1/incidents/suggested").json()["items"] == []
    assert stranger.get(f"/api/v1/incidents/{made}").status_code == 404
    assert stranger.get(f"/api/v1/cases/{three[0]}/incident").status_code == 404
    assert post("/incidents", {"into": three[0], "numbers": [three[1]]}) == 404
    assert post(f"/incidents/{made}/undo", {}) == 404
    assert post(f"/cases/{three[0]}/incident/messages", {"text_zh": "x"}) == 404
    assert states(three) == ["registered", "merged", "merged"]
