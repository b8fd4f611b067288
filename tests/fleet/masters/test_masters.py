"""Fences and rules by versions, critical rules by two people, permits, routes, occasions."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.fleet import actions
from gridloop.fleet.actions import NewFence, NewPermit, NewRoute, NewRule
from gridloop.fleet.models import DeclaredRoute, Fence, Rule, RuleProposal
from gridloop.fleet.queries import areas as asked
from gridloop.kernel.caller import Caller, GrantView, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused, Stale
from tests.builders import NOW, a_person
from tests.fleet.masters.test_register import a_truck

SYSTEM = system("test")
DESK = Caller(None, "acceptor", (GrantView(2, Duty.ACCEPTOR, "350203"),), via="session")
SQUARE = shapely.box(118.08, 24.45, 118.09, 24.46)
LATER = NOW + dt.timedelta(hours=1)


def a_fence(code: str = "old-town", **said) -> NewFence:
    return NewFence(**({"code": code, "name_zh": "老城区", "shape": "area", "geometry": SQUARE, "area": "3502"} | said))


def a_rule(code: str = "no-hazmat", **said) -> NewRule:
    return NewRule(
        **(
            {
                "code": code,
                "kind": "no_go",
                "name_zh": "禁行",
                "fences": ("old-town",),
                "kinds": ("hazmat",),
                "area": "3502",
            }
            | said
        )
    )


def supervisor(login: str) -> Caller:
    return Caller(
        a_person(Duty.SUPERVISOR, login=login), login, (GrantView(1, Duty.SUPERVISOR, "3502"),), via="session"
    )


def detail_of(action: str) -> str:
    return bytes(Pending.objects.filter(action=action).latest("pk").body).decode()


@pytest.fixture
def town(db):
    actions.draw_fence(a_fence(), by=SYSTEM, now=NOW)


def test_another_border_begins_where_the_old_one_ends(town):
    wider = shapely.box(118.08, 24.45, 118.10, 24.46)
    drawn = actions.change_fence("old-town", {"geometry": wider}, by=SYSTEM, now=LATER, version=1)
    old, new = Fence.objects.order_by("version")
    assert (old.valid_to, new.valid_from, new.version, new.valid_to, drawn.changed) == (LATER, LATER, 2, None, True)
    assert "118.1" in detail_of("fleet.fence_changed")
    assert not actions.change_fence("old-town", {"geometry": wider}, by=SYSTEM, now=LATER, version=1).changed
    with pytest.raises(Stale, match="at version 2 now"):
        actions.change_fence("old-town", {"name_zh": "B"}, by=SYSTEM, now=LATER, version=1)


def test_where_vehicles_are_shared_out_a_rule_on_two_of_them_names_kinds_that_are_judged_together(town, settings):
    alone = settings.CONFIG
    meet = a_rule("meet", kind="gathering", kinds=("hazmat", "coach"), params={"within_m": 100, "for_s": 60})
    settings.CONFIG = replace(alone, gateway=replace(alone.gateway, shards=2, pair_kinds=("hazmat",)))
    for write in (
        lambda: actions.write_rule(meet, "", by=SYSTEM, now=NOW),
        lambda: actions.write_rules([meet], by=SYSTEM, now=NOW),
    ):
        with pytest.raises(Refused, match="only vehicles of the kinds hazmat are judged together"):
            write()
    assert actions.write_rule(replace(meet, kinds=("hazmat",)), "", by=SYSTEM, now=NOW).row is not None
    with pytest.raises(Refused, match="name some of these kinds in the rule"):
        actions.change_rule("meet", {"kinds": ()}, "", by=SYSTEM, now=LATER)
    settings.CONFIG = alone
    assert actions.change_rule("meet", {"kinds": ()}, "", by=SYSTEM, now=LATER).row is not None


def test_changing_a_fence_twice_in_one_moment_keeps_spans_apart(town):
    for name in "BCD":
        actions.change_fence("old-town", {"name_zh": name}, by=SYSTEM, now=NOW)
    rows = list(Fence.objects.order_by("version"))
    assert all(row.valid_from < row.valid_to for row in rows[:-1])
    assert all(first.valid_to == second.valid_from for first, second in itertools.pairwise(rows))


def test_a_fence_that_a_rule_names_does_not_end(town):
    actions.write_rule(a_rule(), "", by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="is named by no-hazmat"):
        actions.end_fence("old-town", "over", by=SYSTEM, now=LATER)
    actions.end_rule("no-hazmat", "over", by=SYSTEM, now=LATER)
    actions.end_fence("old-town", "over", by=SYSTEM, now=LATER)
    with pytest.raises(NotFound, match="no fence old-town in force"):
        actions.end_fence("old-town", "over", by=SYSTEM, now=LATER)
    again = actions.draw_fence(a_fence(), by=SYSTEM, now=LATER + dt.timedelta(hours=1))
    assert again.row.version == 2


def test_many_fences_are_drawn_at_once_and_twice_changes_nothing(db):
    rows = [a_fence(f"f{number}") for number in range(40)]
    with CaptureQueriesContext(connection) as counted:
        first = actions.draw_fences(rows, by=SYSTEM, now=NOW)
    assert len([one for one in counted if "fleet_" in one["sql"]]) <= 6
    second = actions.draw_fences(
        [*rows, a_fence("f1", name_zh="B"), a_fence("bad", geometry=shapely.Point(0, 0))], by=SYSTEM, now=LATER
    )
    assert [one.ending for one in first] == ["new"] * 40
    assert [one.ending for one in second] == [*["same"] * 40, "different", "refused"]


def test_a_district_sees_the_citys_fences_but_changes_only_its_own(town):
    actions.draw_fence(a_fence("far", area="350206"), by=SYSTEM, now=NOW)
    assert [one["code"] for one in asked.fences(by=DESK, now=NOW).items] == ["old-town"]
    siming = Caller(None, "s", (GrantView(1, Duty.SUPERVISOR, "350203"),), via="session")
    with pytest.raises(NotAllowed):
        actions.change_fence("old-town", {"name_zh": "B"}, by=siming, now=NOW)


def test_lists_of_fences_and_rules_have_a_fixed_number_of_statements(town):
    actions.draw_fences([a_fence(f"f{number}") for number in range(20)], by=SYSTEM, now=NOW)
    actions.write_rules([a_rule(f"r{number}", fences=(f"f{number}",)) for number in range(20)], by=SYSTEM, now=NOW)
    for limit in (2, 20):
        with CaptureQueriesContext(connection) as counted:
            fences = asked.fences(by=DESK, now=NOW, limit=limit)
        assert (len(counted), len(fences.items)) == (2, limit)
        with CaptureQueriesContext(connection) as counted:
            rules = asked.rules(by=DESK, now=NOW, limit=limit)
        assert (len(counted), len(rules.items)) == (2, limit)  # no occasion is named
    assert fences.items[0]["rules"][0]["code"] == "r0"
    assert (
        asked.rules(by=DESK, now=NOW, limit=15, cursor=asked.rules(by=DESK, now=NOW, limit=15).next).items[-1]["code"]
        == "r9"
    )


def test_a_rule_changes_by_versions_and_keeps_its_kind(town):
    actions.write_rule(a_rule(), "", by=SYSTEM, now=NOW)
    said = actions.change_rule(
        "no-hazmat", {"severity": "medium"}, "louder than needed", by=SYSTEM, now=LATER, version=1
    )
    assert (said.row.version, said.waits) == (2, None)
    assert Rule.objects.get(version=1).valid_to == LATER == Rule.objects.get(version=2).valid_from
    with pytest.raises(Refused, match="keeps its code and kind"):
        actions.change_rule("no-hazmat", {"kind": "stay_within"}, "", by=SYSTEM, now=LATER)
    with pytest.raises(Malformed, match="there is no fence nowhere"):
        actions.change_rule("no-hazmat", {"fences": ("nowhere",)}, "", by=SYSTEM, now=LATER)
    with pytest.raises(Refused, match="is in force already"):
        actions.write_rule(a_rule(), "", by=SYSTEM, now=LATER)
    card = asked.rule("no-hazmat", by=DESK, now=LATER)
    assert ([one["version"] for one in card["versions"]], card["concerned"]) == ([2, 1], 0)


def test_a_critical_rule_waits_for_a_second_pair_of_eyes(town):
    one, other = supervisor("one"), supervisor("other")
    made = actions.write_rule(a_rule(severity="critical"), "schools", by=one, now=NOW)
    assert (made.row, Rule.objects.count()) == (None, 0)
    with pytest.raises(Refused, match="waits for a second person already"):
        actions.write_rule(a_rule(severity="critical"), "schools", by=other, now=NOW)
    with pytest.raises(NotAllowed, match="second pair of eyes"):
        actions.decide(made.waits.pk, "confirm", "", by=one, now=NOW)
    done = actions.decide(made.waits.pk, "confirm", "", by=other, now=LATER)
    assert (done.row.version, done.row.valid_from, done.row.severity) == (1, LATER, "critical")
    with pytest.raises(Refused, match="is confirmed already"):
        actions.decide(made.waits.pk, "reject", "no", by=other, now=LATER)


def test_switching_a_critical_rule_off_or_softening_it_waits_too(town):
    one, other = supervisor("one"), supervisor("other")
    actions.write_rules([a_rule(severity="critical")], by=SYSTEM, now=NOW)
    ended = actions.end_rule("no-hazmat", "no longer", by=one, now=LATER)
    assert Rule.objects.get().valid_to is None
    with pytest.raises(Malformed, match="1 to 500"):
        actions.decide(ended.waits.pk, "reject", "", by=other, now=LATER)
    actions.decide(ended.waits.pk, "reject", "still needed", by=other, now=LATER)
    softer = actions.change_rule("no-hazmat", {"severity": "info"}, "calm", by=one, now=LATER)
    assert softer.waits is not None
    with pytest.raises(NotAllowed, match="only who proposed"):
        actions.decide(softer.waits.pk, "withdraw", "", by=other, now=LATER)
    actions.decide(softer.waits.pk, "withdraw", "", by=one, now=LATER)
    gone = actions.end_rule("no-hazmat", "no longer", by=one, now=LATER)
    actions.decide(gone.waits.pk, "confirm", "", by=other, now=LATER)
    assert Rule.objects.get().valid_to == LATER
    assert list(RuleProposal.objects.order_by("pk").values_list("state", flat=True)) == [
        "rejected",
        "withdrawn",
        "confirmed",
    ]


def test_confirming_a_stale_proposal_is_refused(town):
    one, other = supervisor("one"), supervisor("other")
    actions.write_rule(a_rule(), "", by=SYSTEM, now=NOW)
    waits = actions.change_rule("no-hazmat", {"severity": "critical"}, "worse", by=one, now=NOW).waits
    actions.change_rule("no-hazmat", {"name_zh": "B"}, "", by=SYSTEM, now=LATER)
    with pytest.raises(Refused, match="has changed since"):
        actions.decide(waits.pk, "confirm", "", by=other, now=LATER)


def a_permit(number: str = "P1", **said) -> NewPermit:
    return NewPermit(
        **(
            {
                "number": number,
                "kind": "hazmat_zone",
                "plate": "示D00001",
                "valid_from": NOW,
                "valid_to": NOW + dt.timedelta(days=30),
                "fences": ("old-town",),
            }
            | said
        )
    )


def test_permits_are_issued_listed_and_revoked_with_a_reason(town):
    actions.register_vehicles([a_truck()], by=SYSTEM, now=NOW)
    made = actions.issue_permit(a_permit(), by=SYSTEM, now=NOW)
    assert actions.issue_permit(a_permit(), by=SYSTEM, now=NOW).pk == made.pk
    with pytest.raises(Refused, match="says something else"):
        actions.issue_permit(a_permit(kind="event_access"), by=SYSTEM, now=NOW)
    with pytest.raises(Malformed, match="no vehicle 示D00009"):
        actions.issue_permit(a_permit("P2", plate="示D00009"), by=SYSTEM, now=NOW)
    with pytest.raises(Malformed, match="ends after it begins"):
        actions.issue_permit(a_permit("P2", valid_to=NOW), by=SYSTEM, now=NOW)
    assert asked.permits(by=DESK, now=NOW, state="valid", q="d00001").items[0]["plate"] == "示D00001"
    actions.revoke_permit("P1", "load changed", by=SYSTEM, now=LATER)
    assert asked.permits(by=DESK, now=LATER, state="revoked").items[0]["revoked_why"] == "load changed"
    with pytest.raises(Refused, match="revoked already"):
        actions.revoke_permit("P1", "again", by=SYSTEM, now=LATER)


def test_a_declared_route_is_one_line_with_a_time(town):
    actions.register_vehicles([a_truck()], by=SYSTEM, now=NOW)
    line = shapely.LineString([(118.08, 24.45), (118.12, 24.48)])
    route = NewRoute("W1", "示D00001", line, NOW + dt.timedelta(hours=2), NOW + dt.timedelta(hours=5))
    actions.declare_route(route, by=SYSTEM, now=NOW)
    actions.declare_route(route, by=SYSTEM, now=NOW)
    assert DeclaredRoute.objects.count() == 1
    with pytest.raises(Malformed, match="at most 31 days"):
        actions.declare_route(NewRoute("W2", "示D00001", line, NOW, NOW + dt.timedelta(days=40)), by=SYSTEM, now=NOW)
    actions.withdraw_route("W1", by=SYSTEM, now=LATER)
    assert not DeclaredRoute.objects.exists()


def test_an_occasion_that_a_rule_names_stays(town):
    spans = [["2026-12-01T08:00", "2026-12-01T18:00"]]
    actions.put_occasion("congress", "大会", "Congress", spans, by=SYSTEM, now=NOW)
    actions.write_rule(a_rule(occasion="congress"), "", by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="is named by no-hazmat"):
        actions.drop_occasion("congress", by=SYSTEM, now=NOW)
    assert "during Congress" in asked.rules(by=DESK, now=NOW).items[0]["words_en"]
    with pytest.raises(NotAllowed, match="only supervisors and administrators"):
        actions.put_occasion("x", "x", "", spans, by=Caller(5, "a", DESK.grants, via="session"), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_gateway_hears_of_a_change_when_it_is_committed():
    raw = connection.connection or (connection.ensure_connection() or connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("listen fleet_masters")
    actions.draw_fence(a_fence(), by=SYSTEM, now=NOW)
    assert [one.channel for one in raw.notifies(timeout=60, stop_after=1)] == ["fleet_masters"]
    with connection.cursor() as cursor:
        cursor.execute("unlisten fleet_masters")
