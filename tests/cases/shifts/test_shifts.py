"""The desk is handed over on one page that is frozen, signed by both with their own passwords, and kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gridloop.audit.models import Pending
from gridloop.cases import actions as cases
from gridloop.cases.models import Case
from gridloop.cases.shifts import actions, queries, rules
from gridloop.cases.shifts.actions import Signature
from gridloop.cases.shifts.models import Handover
from gridloop.identity import actions as identity
from gridloop.identity.models import Session
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused
from tests.builders import BUILDER, MONDAY, PASSWORD, Crew, a_caller, a_case, a_client, a_person

pytestmark = pytest.mark.django_db
VISITOR = identity.Visitor("127.0.0.1")
MINUTE = dt.timedelta(minutes=1)


def an_officer(login: str, *duties: Duty, area: str = "3502") -> Caller:
    return a_caller(a_person(*(duties or (Duty.SHIFT_LEADER,)), area=area, login=login, password=PASSWORD))


def signed(login: str, password: str = PASSWORD) -> Signature:
    return Signature(login, password)


def handed(by: Caller, login: str = "going", note: str = "东渡泵站已报修", *, now: dt.datetime = MONDAY) -> Handover:
    return actions.hand_over(signed(login), note, by=by, visitor=VISITOR, now=now)


def taken(found: Handover, login: str, *, by: Caller, password: str = PASSWORD) -> Handover:
    now = MONDAY + MINUTE
    return actions.take_over(found.pk, signed(login, password), "已知悉", by=by, visitor=VISITOR, now=now)


def test_the_page_says_what_is_open_what_will_be_late_and_what_calls(crew: Crew):
    late = a_case("handling", crew=crew)
    area = {"area": "350203", "at": MONDAY, "by": BUILDER}
    cases.raise_alarm("ladder:x", source="ladder", severity="high", title_zh="超时", title_en="late", **area)
    page = queries.page(by=crew.shift_leader, now=MONDAY + dt.timedelta(days=9))
    assert (page["counts"]["open"], page["counts"]["late"]) == (1, 1)
    assert [(one["number"], one["late"]) for one in page["pressing"]] == [(late, True)]
    assert [one["title_en"] for one in page["alarms"]] == ["late"]
    row = Case.objects.get(number=late)
    assert row.due_at is not None
    assert row.stage_due_at is not None
    line = min(row.due_at, row.stage_due_at) - rules.SOON
    pressing = [queries.page(by=crew.shift_leader, now=line + step)["pressing"] for step in (-MINUTE, MINUTE)]
    assert [[one["late"] for one in rows] for rows in pressing] == [[], [False]]


def test_both_sign_the_same_frozen_page_and_the_ledger_names_its_fingerprint():
    going = an_officer("going")
    an_officer("coming", Duty.DISPATCHER)
    sessions = Session.objects.count()
    made = handed(going)
    done = taken(made, "coming", by=going)
    shown = queries.shown(Handover.objects.get(pk=made.pk))
    assert (shown["outgoing_name"], shown["took_s"], shown["intact"]) == (going.name, 60.0, True)
    assert (shown["note"], shown["incoming_note"]) == ("东渡泵站已报修", "已知悉")
    entries = {one.action: one for one in Pending.objects.filter(subject=f"handover:{made.pk}")}
    assert {action: one.actor_id for action, one in entries.items()} == {
        "shift.handed_over": going.person_id, "shift.taken_over": done.incoming_id,
    }  # fmt: skip
    assert all(bytes(made.sha256).hex() in bytes(one.body).decode() for one in entries.values())
    assert Session.objects.count() == sessions


def test_a_page_that_was_changed_afterwards_is_not_intact():
    made = handed(an_officer("going"))
    Handover.objects.filter(pk=made.pk).update(note="另一段话")
    assert not queries.shown(Handover.objects.get(pk=made.pk))["intact"]


def test_each_signs_with_their_own_password_and_wrong_ones_count_like_signing_in():
    going = an_officer("going")
    an_officer("other")
    with pytest.raises(Refused, match="the login or the password is wrong"):
        actions.hand_over(signed("going", "wrong"), "", by=going, visitor=VISITOR, now=MONDAY)
    with pytest.raises(Refused, match="sign with your own login"):
        actions.hand_over(signed("other"), "", by=going, visitor=VISITOR, now=MONDAY)
    made = handed(going)
    with pytest.raises(Refused, match="the second signature is another person's"):
        taken(made, "going", by=going)
    for _ in range(4):
        with pytest.raises(Refused, match="the login or the password is wrong"):
            taken(made, "other", by=going, password="wrong")
    refused = Pending.objects.filter(action="session.refused").count()
    assert refused == 5
    assert Handover.objects.get(pk=made.pk).incoming_at is None


@pytest.mark.parametrize(("duty", "area"), [(Duty.ADMIN, "3502"), (Duty.SHIFT_LEADER, "350203"), (Duty.UNIT, "3502")])
def test_the_desk_is_taken_by_who_holds_a_duty_for_all_of_it(duty: Duty, area: str):
    going = an_officer("going")
    an_officer("coming", duty, area=area)
    made = handed(going)
    with pytest.raises(NotAllowed, match="holds no duty at the desk of area '3502'"):
        taken(made, "coming", by=going)


def test_one_page_waits_at_a_time_and_its_writer_may_withdraw_it():
    going, other = an_officer("going"), an_officer("other")
    made = handed(going)
    with pytest.raises(Refused, match="waits for its second signature already"):
        handed(other, "other")
    with pytest.raises(NotAllowed, match="only they can withdraw it"):
        actions.withdraw(made.pk, by=other, now=MONDAY)
    actions.withdraw(made.pk, by=going, now=MONDAY)
    with pytest.raises(Refused, match="was withdrawn"):
        taken(made, "other", by=going)
    assert queries.waiting(by=going) is None
    again = taken(handed(other, "other"), "going", by=other)
    with pytest.raises(Refused, match="has signed this page already"):
        taken(again, "going", by=other)
    assert [one["id"] for one in queries.past(by=going, before=None, limit=1)["items"]] == [again.pk]
    assert queries.past(by=going, before=again.pk, limit=5)["items"][0]["id"] == made.pk


def test_another_desk_sees_nothing_of_it_and_who_has_no_desk_hands_none_over():
    made = handed(an_officer("going"))
    stranger = an_officer("stranger", area="3501")
    assert queries.past(by=stranger, before=None, limit=5)["items"] == []
    with pytest.raises(NotFound, match=f"there is no hand-over {made.pk} at your desk"):
        queries.handover(made.pk, by=stranger)
    with pytest.raises(NotAllowed, match="a desk is handed over by who holds a duty at it"):
        rules.area_of(an_officer("worker", Duty.UNIT))


def test_notes_have_a_bound():
    assert rules.checked_note("  a ") == "a"
    with pytest.raises(Malformed, match="at most 4000 characters"):
        rules.checked_note("x" * 4001)


def test_the_doors_show_sign_and_list(ground: None, db: None):
    going = a_person(Duty.SHIFT_LEADER, login="going", password=PASSWORD)
    an_officer("coming")
    desk = a_client(going)

    def post(path: str, body: dict[str, Any]) -> Any:
        return desk.post(f"/api/v1/shifts{path}", body, content_type="application/json")

    assert desk.get("/api/v1/shifts/now").json()["waiting"] is None
    assert post("", {"login": "going", "password": "no"}).status_code == 409
    made = post("", {"login": "going", "password": PASSWORD, "note": "注意东渡"})
    assert (made.status_code, made.json()["note"]) == (201, "注意东渡")
    number = made.json()["id"]
    assert desk.get("/api/v1/shifts/now").json()["waiting"]["id"] == number
    assert post(f"/{number}/sign", {"login": "coming", "password": PASSWORD}).json()["intact"] is True
    assert desk.get(f"/api/v1/shifts/{number}").json()["incoming_at"]
    assert [one["id"] for one in desk.get("/api/v1/shifts").json()["items"]] == [number]
    assert post(f"/{number}/withdraw", {}).status_code == 409
    assert a_client(a_person(Duty.SHIFT_LEADER, area="3501")).get(f"/api/v1/shifts/{number}").status_code == 404
