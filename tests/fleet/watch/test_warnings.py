"""Warnings in lists, the card, what is done with them, and what confirmed ones become by themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.alarms.models import Alarm
from gridloop.fleet.actions import warnings as actions
from gridloop.fleet.models import VehicleWarning
from gridloop.fleet.queries import warnings as queries
from gridloop.fleet.queries.warnings import Asked
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused
from tests.builders import MONDAY, Crew, a_caller, a_client, a_person, a_warning

LATER = MONDAY + dt.timedelta(minutes=1)


def entries(action: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_pending where action = %s", [action])
        return int(cursor.fetchone()[0])


def test_the_list_is_bounded_by_area_filtered_and_read_page_by_page_in_few_statements(crew: Crew):
    here = [a_warning() for _ in range(5)]
    other = a_warning(area="3506", place="350602")
    page = queries.warnings(Asked(), by=crew.supervisor, limit=3)
    assert [one["id"] for one in page["items"]] == [one.pk for one in reversed(here)][:3]
    rest = queries.warnings(Asked(), by=crew.supervisor, limit=3, before=page["next"])
    assert [one["id"] for one in rest["items"]] == [here[1].pk, here[0].pk]
    assert rest["next"] is None
    assert queries.warnings(Asked(rule=here[2].rule_code), by=crew.supervisor)["items"][0]["id"] == here[2].pk
    assert queries.warnings(Asked(kind="bus"), by=crew.supervisor)["items"] == []
    everywhere = a_caller(a_person(Duty.SUPERVISOR, area=""))
    assert queries.warnings(Asked(), by=everywhere)["items"][0]["id"] == other.pk
    with pytest.raises(Malformed, match="there is no stage 'loud'"):
        queries.warnings(Asked(stage="loud"), by=crew.supervisor)
    with CaptureQueriesContext(connection) as ran:
        queries.warnings(Asked(open_only=True), by=crew.supervisor, limit=100)
    assert len(ran) == 2  # the rows, the names of places


def test_somebody_of_another_area_does_not_see_it(crew: Crew):
    warning = a_warning()
    stranger = a_caller(a_person(Duty.SUPERVISOR, area="3506"))
    with pytest.raises(NotFound, match=f"no warning {warning.pk}"):
        actions.acknowledge(warning.pk, by=stranger, now=LATER)
    assert queries.warnings(Asked(), by=stranger)["items"] == []


def test_the_open_list_and_the_waiting_ones_are_read_from_their_small_indexes(crew: Crew):
    a_warning()
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select w.id from fleet_warning w where w.stage in ('suspected', 'confirmed') order by w.id desc limit 50"
        )
        assert "fleet_warning_open" in str(cursor.fetchall())
        cursor.execute(
            "explain select id from fleet_warning where alarm = 0 and confirmed_at is not null and severity in ('critical', 'high')"
            " and false_reason = ''"
        )
        assert "fleet_warning_unalarmed" in str(cursor.fetchall())


def test_acknowledging_keeps_who_and_how_long_and_is_done_once(crew: Crew):
    warning = a_warning()
    actions.acknowledge(warning.pk, by=crew.dispatcher, now=LATER, note="calling the firm")
    row = queries.row_of(warning.pk)
    assert (row["acknowledged_at"], row["acknowledged_by"]) == (LATER, crew.dispatcher.name)
    assert entries("fleet.warning_acknowledged") == 1
    with pytest.raises(Refused, match="acknowledged already"):
        actions.acknowledge(warning.pk, by=crew.supervisor, now=LATER)


def test_a_false_alarm_counts_in_the_rate_of_its_rule(crew: Crew):
    warning = a_warning()
    actions.call_false(warning.pk, "drift", "tunnel mouth", by=crew.dispatcher, now=LATER)
    rate = queries.rate(warning.rule_code, now=LATER)
    assert (rate["confirmed"], rate["false"], rate["share"]) == (1, 1, 1.0)
    assert rate["reasons"] == [{"code": "drift", "zh": "定位漂移", "en": "the position drifted", "count": 1}]
    assert queries.warnings(Asked(open_only=True), by=crew.supervisor)["items"] == []


def test_why_was_i_warned_tells_rule_fence_positions_permit_and_times_and_the_look_is_written_down(crew: Crew):
    warning = a_warning()
    card = actions.open_warning(warning.pk, by=crew.dispatcher, now=LATER)
    assert "不得驶入海沧湾禁行区" in card["rule"]["said_zh"]
    assert card["fence"]["geometry"]["type"] == "Polygon"
    assert [fix["serial"] for fix in card["positions"]] == [0, 1, 2]
    assert card["permit"] == {}
    assert card["took"] == {"to_gateway_s": 0.0, "to_decision_s": 0.08, "to_desk_s": None}
    assert entries("fleet.warning_looked") == 1


def test_a_warning_becomes_a_case_by_hand_once(crew: Crew):
    warning = a_warning()
    made = actions.make_case(warning.pk, by=crew.dispatcher, now=LATER, note="tanker")
    with connection.cursor() as cursor:
        cursor.execute("select source, title, synthetic from cases_case where number = %s", [made.case_number])
        source, title, synthetic = cursor.fetchone()
    assert (source, synthetic) == ("vehicle", True)
    assert title.startswith("示D")
    with pytest.raises(Refused, match=f"is case {made.case_number} already"):
        actions.make_case(warning.pk, by=crew.supervisor, now=LATER)


def test_confirmed_warnings_of_a_rule_with_a_class_become_cases_exactly_once(crew: Crew):
    wanted = a_warning(case_class="event:0102")
    ended = a_warning(case_class="event:0102", stage="ended")
    suspected = a_warning(case_class="event:0102", stage="suspected")
    plain = a_warning()
    assert actions.cases_of_confirmed(LATER) == 2
    assert actions.cases_of_confirmed(LATER) == 0
    numbers = dict(VehicleWarning.objects.values_list("pk", "case_number"))
    assert numbers[wanted.pk] != numbers[ended.pk]
    assert numbers[wanted.pk]
    assert (numbers[suspected.pk], numbers[plain.pk]) == ("", "")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_case where source = 'vehicle' and class_code = '0102'")
        assert cursor.fetchone() == (2,)


def test_a_class_that_the_masters_do_not_know_stops_no_other(crew: Crew):
    a_warning(case_class="event:9999")
    good = a_warning(case_class="event:0102")
    assert actions.cases_of_confirmed(LATER) == 1
    assert VehicleWarning.objects.get(pk=good.pk).case_number
    assert entries("fleet.warning_no_case") == 1


def test_critical_and_high_confirmed_warnings_call_at_the_desk_and_stop_when_they_end(crew: Crew):
    loud = a_warning(severity="critical")
    a_warning(severity="medium")
    a_warning(severity="high", stage="suspected")
    assert actions.alarms_of_confirmed(LATER) == (1, 0)
    alarm = Alarm.objects.get(key=f"vehicle:{loud.pk}")
    assert (alarm.severity, alarm.cleared_at) == ("critical", None)
    VehicleWarning.objects.filter(pk=loud.pk).update(stage="ended", ended_at=LATER)
    assert actions.alarms_of_confirmed(LATER) == (0, 1)
    assert Alarm.objects.get(pk=alarm.pk).cleared_at == LATER


def test_the_doors_speak_of_warnings_over_http(crew: Crew):
    warning = a_warning()
    desk = a_client(a_person(Duty.DISPATCHER))
    listed = desk.get("/api/v1/fleet/warnings?open_only=true").json()
    assert [one["id"] for one in listed["items"]] == [warning.pk]
    assert desk.get("/api/v1/fleet/warnings/counts").json()["unacknowledged"] == 1
    assert desk.get(f"/api/v1/fleet/warnings/{warning.pk}").json()["rule"]["version"] == 1
    said = desk.post(f"/api/v1/fleet/warnings/{warning.pk}/false", {"reason": "other"}, content_type="application/json")
    assert (said.status_code, said.json()["detail"]) == (422, "say in words why this was a false alarm")
    answer = desk.post(f"/api/v1/fleet/warnings/{warning.pk}/acknowledge", {}, content_type="application/json")
    assert answer.json()["acknowledged_at"]
    collector = a_client(a_person(Duty.COLLECTOR))
    assert collector.get("/api/v1/fleet/warnings").status_code == 403
