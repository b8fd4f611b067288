"""Who may what: giving, handing on and taking back; units, people, keys."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.audit.models import Pending
from gridloop.identity import actions, queries
from gridloop.identity.actions import NewGrant, NewKey, NewPerson, NewUnit
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, NotSignedIn, Refused, TooMany
from tests.builders import NOW, a_caller, a_person, a_unit

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def held(person_id: int, at: dt.datetime = NOW) -> set[tuple[str, str]]:
    return {(grant.duty.value, grant.area) for grant in a_caller(person_id, now=at).grants}


def test_an_administrator_gives_within_the_own_area_and_nowhere_else() -> None:
    admin, clerk = a_caller(a_person(Duty.ADMIN, area="3502")), a_person()
    actions.give(NewGrant(clerk, Duty.DISPATCHER, area="350203"), by=admin, now=NOW)
    assert held(clerk) == {("dispatcher", "350203")}
    with pytest.raises(NotAllowed, match="area '3501' is not within your own '3502'"):
        actions.give(NewGrant(clerk, Duty.DISPATCHER, area="3501"), by=admin, now=NOW)
    with pytest.raises(NotAllowed, match="area 'everywhere' is not within your own '3502'"):
        actions.give(NewGrant(clerk, Duty.DISPATCHER), by=admin, now=NOW)


def test_nobody_but_an_administrator_gives() -> None:
    clerk = a_person()
    with pytest.raises(NotAllowed, match="only an administrator of the area gives and takes duties"):
        actions.give(NewGrant(clerk, Duty.UNIT, area="3502"), by=a_caller(a_person(Duty.LEADER, area="")), now=NOW)
    with pytest.raises(NotSignedIn, match="please sign in first"):
        actions.give(NewGrant(clerk, Duty.UNIT), by=actions.caller_from(session_token="", now=NOW), now=NOW)


def test_an_administrator_of_a_unit_gives_within_its_tree_only() -> None:
    city = a_unit()
    team, other = a_unit(parent_id=city), a_unit()
    admin = a_caller(a_person(Duty.ADMIN, grant_unit_id=city))
    clerk = a_person()
    actions.give(NewGrant(clerk, Duty.UNIT, area="3502", unit_id=team), by=admin, now=NOW)
    with pytest.raises(NotAllowed, match="the unit is not within your own unit"):
        actions.give(NewGrant(clerk, Duty.UNIT, area="3502", unit_id=other), by=admin, now=NOW)


def test_nobody_gives_for_longer_than_they_hold() -> None:
    admin = a_caller(a_person(Duty.ADMIN, valid_to=NOW + 10 * DAY))
    clerk = a_person()
    with pytest.raises(NotAllowed, match="your own grant ends 2026-12-02 03:00 UTC"):
        actions.give(NewGrant(clerk, Duty.ACCEPTOR, area="3502"), by=admin, now=NOW)
    actions.give(NewGrant(clerk, Duty.ACCEPTOR, area="3502", valid_to=NOW + 9 * DAY), by=admin, now=NOW)
    assert held(clerk, NOW + 8 * DAY) == {("acceptor", "3502")}
    assert held(clerk, NOW + 9 * DAY) == set()


@pytest.mark.parametrize(
    ("new", "error", "sentence"),
    [
        (NewGrant(1, Duty.UNIT, area="3502"), Malformed, "needs the unit that it is for"),
        (
            NewGrant(1, Duty.ACCEPTOR, area="xiamen"),
            Malformed,
            "'xiamen' is no area; write the digits of a division code",
        ),
        (
            NewGrant(1, Duty.ACCEPTOR, area="3502", valid_to=NOW - DAY),
            Malformed,
            "the grant would end before it begins",
        ),
        (NewGrant(1, Duty.ACCEPTOR, area="3502", unit_id=10**9), NotFound, "there is no unit 1000000000"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(new: NewGrant, error: type[Exception], sentence: str) -> None:
    admin, clerk = a_caller(a_person(Duty.ADMIN)), a_person()
    with pytest.raises(error, match=sentence):
        actions.give(
            NewGrant(clerk, new.duty, area=new.area, unit_id=new.unit_id, valid_to=new.valid_to), by=admin, now=NOW
        )


def test_a_duty_is_handed_on_in_part_and_ends_with_its_source() -> None:
    boss, deputy, admin = a_person(Duty.SHIFT_LEADER, area="3502"), a_person(), a_caller(a_person(Duty.ADMIN))
    source = a_caller(boss).grants[0].id
    made = actions.delegate(
        source, NewGrant(deputy, Duty.CITIZEN, area="350203", valid_to=NOW + DAY), by=a_caller(boss), now=NOW
    )
    assert held(deputy) == {("shift_leader", "350203")}
    assert held(deputy, NOW + 2 * DAY) == set()
    (row,) = queries.grants_of(deputy, NOW)
    assert (row.id, row.delegated_from, row.granted_by) == (made, source, queries.person(boss).name)
    assert actions.revoke(source, by=admin, now=NOW) == 2
    assert held(deputy) == held(boss) == set()
    revoked = Pending.objects.filter(action="grant.revoked").values_list("subject", flat=True)
    assert set(revoked) == {f"grant:{source}", f"grant:{made}"}


def test_handing_on_has_its_limits() -> None:
    boss, deputy, third = a_person(Duty.SHIFT_LEADER, area="3502"), a_person(), a_person()
    me = a_caller(boss)
    source = me.grants[0].id
    tomorrow = NOW + DAY
    with pytest.raises(Malformed, match="a delegation needs its end"):
        actions.delegate(source, NewGrant(deputy, Duty.CITIZEN, area="3502"), by=me, now=NOW)
    with pytest.raises(NotAllowed, match="area '35' is not within your own '3502'"):
        actions.delegate(source, NewGrant(deputy, Duty.CITIZEN, area="35", valid_to=tomorrow), by=me, now=NOW)
    with pytest.raises(Refused, match="one cannot hand a duty to oneself"):
        actions.delegate(source, NewGrant(boss, Duty.CITIZEN, area="3502", valid_to=tomorrow), by=me, now=NOW)
    with pytest.raises(NotFound, match=f"you hold no grant {source} now"):
        actions.delegate(
            source, NewGrant(deputy, Duty.CITIZEN, area="3502", valid_to=tomorrow), by=a_caller(third), now=NOW
        )
    made = actions.delegate(source, NewGrant(deputy, Duty.CITIZEN, area="3502", valid_to=tomorrow), by=me, now=NOW)
    with pytest.raises(Refused, match="this duty was handed to you by a colleague"):
        actions.delegate(
            made, NewGrant(third, Duty.CITIZEN, area="3502", valid_to=tomorrow), by=a_caller(deputy), now=NOW
        )
    with pytest.raises(NotAllowed, match="only an administrator of the area"):
        actions.revoke(made, by=a_caller(third), now=NOW)
    assert actions.revoke(made, by=me, now=NOW) == 1


def test_units_stand_in_a_tree_whose_paths_are_prefixes() -> None:
    city = a_unit(area="3502", kind="city")
    team = a_unit(area="350203", parent_id=city)
    squad = a_unit(area="350203001", parent_id=team)
    path = queries.unit(city).path
    assert queries.unit(team).path == path + "0001"
    assert [one.id for one in queries.units_under(path)] == [city, team, squad]
    assert queries.unit_for_kind("sani", "350203001005").id == squad
    assert queries.unit_for_kind("sani", "350203999").id == team
    assert queries.unit_for_kind("sani", "3501") is None


def test_a_unit_needs_a_known_kind_a_free_code_and_an_administrator_there() -> None:
    with pytest.raises(Malformed, match="'wizards' is no kind of unit"):
        a_unit(kind="wizards")
    a_unit(code="X1")
    with pytest.raises(Refused, match="the code X1 is taken"):
        a_unit(code="X1")
    new = NewUnit("X2", "sani", "环卫", "Sanitation", area="3501")
    with pytest.raises(NotAllowed, match="area '3501' needs one of administrator; your grant covers '3502'"):
        actions.create_unit(new, by=a_caller(a_person(Duty.ADMIN, area="3502")), now=NOW)


def test_a_person_needs_a_free_login_and_an_administrator_of_the_unit() -> None:
    unit = a_unit(area="350203")
    admin = a_caller(a_person(Duty.ADMIN, area="3502"))
    made = actions.create_person(NewPerson("Zhou", "周", unit_id=unit, phone="13812345678"), by=admin, now=NOW)
    assert queries.person_by_login("zhou").id == made
    assert queries.contact(made).phone == "13812345678"
    with pytest.raises(Refused, match="the login zhou is taken"):
        actions.create_person(NewPerson("ZHOU", "周", unit_id=unit), by=admin, now=NOW)
    with pytest.raises(Refused, match="this telephone number belongs to another account"):
        actions.create_person(NewPerson("wu", "吴", unit_id=unit, phone="13812345678"), by=admin, now=NOW)
    with pytest.raises(NotAllowed, match="needs one of administrator"):
        actions.create_person(
            NewPerson("wu", "吴", unit_id=unit), by=a_caller(a_person(Duty.ADMIN, area="350206")), now=NOW
        )


def test_people_with_a_duty_are_found_by_area_and_unit() -> None:
    unit = a_unit()
    team = a_unit(parent_id=unit)
    city_wide = a_person(Duty.DISPATCHER, area="3502")
    a_person(Duty.DISPATCHER, area="350206")
    a_person(Duty.DISPATCHER, area="3502", now=NOW - 9 * DAY, valid_to=NOW - DAY)
    assert [one.id for one in queries.people_with(Duty.DISPATCHER, "350203")] == [city_wide]
    of_unit = a_person(Duty.UNIT, area="3502", grant_unit_id=unit)
    a_person(Duty.UNIT, area="3502", grant_unit_id=a_unit())
    assert [one.id for one in queries.people_with(Duty.UNIT, "3502", team)] == [of_unit]


def test_a_key_acts_for_its_owner_within_its_own_area_and_scopes() -> None:
    owner = a_person(Duty.INTEGRATOR, Duty.DISPATCHER, area="3502")
    made = actions.make_key(NewKey("hotline", frozenset({"open311"}), area="350203"), by=a_caller(owner), now=NOW)
    caller = actions.caller_from(session_token="", authorization=f"Bearer {made.token}", now=NOW)
    assert (caller.via, caller.scopes, caller.key_id) == ("api_key", {"open311"}, made.id)
    assert {grant.area for grant in caller.grants} == {"350203"}
    assert made.token not in str(queries.keys_within(owner, []))
    actions.withdraw_key(made.id, by=a_caller(owner), now=NOW)
    with pytest.raises(NotSignedIn, match="this API key is unknown, has ended or was withdrawn"):
        actions.caller_from(session_token="", api_key=made.token, now=NOW)


def test_a_key_is_found_by_one_statement_and_its_rate_is_held(django_assert_num_queries) -> None:
    owner = a_person(Duty.INTEGRATOR, area="3502")
    new = NewKey("hotline", frozenset({"open311"}), area="3502", rate_per_minute=40)
    token = actions.make_key(new, by=a_caller(owner), now=NOW).token
    actions.caller_from(session_token="", api_key=token, now=NOW)
    with django_assert_num_queries(1):
        actions.caller_from(session_token="", api_key=token, now=NOW)
    for _ in range(38):
        actions.caller_from(session_token="", api_key=token, now=NOW)
    with pytest.raises(TooMany, match="at most 40 in a minute"):
        actions.caller_from(session_token="", api_key=token, now=NOW)


def test_a_key_needs_scopes_that_exist_and_an_owner_who_may() -> None:
    owner = a_caller(a_person(Duty.INTEGRATOR, area="3502"))
    with pytest.raises(Malformed, match="cases:destroy: a key takes one or more of cases:read"):
        actions.make_key(NewKey("x", frozenset({"cases:destroy"}), area="3502"), by=owner, now=NOW)
    with pytest.raises(NotAllowed, match="a key for area '3501' needs the duty of a connected system"):
        actions.make_key(NewKey("x", frozenset({"open311"}), area="3501"), by=owner, now=NOW)


def test_the_platforms_own_jobs_may_do_what_they_must() -> None:
    person = a_person()
    actions.give(NewGrant(person, Duty.LEADER), by=system("import"), now=NOW)
    assert held(person) == {("leader", "")}
