"""A person as a caller outside a request: what jobs read with on their behalf."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.identity import queries
from gridloop.identity.models import Grant, Person
from gridloop.kernel.duties import Duty
from tests.builders import NOW, a_caller, a_person, a_unit

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_it_holds_the_same_grants_as_a_session_of_theirs() -> None:
    unit = a_unit()
    person = a_person(Duty.UNIT, Duty.DISPATCHER, grant_unit_id=unit)
    with CaptureQueriesContext(connection) as spent:
        found = queries.caller_of_person(person, NOW)
    assert found == a_caller(person)
    assert found is not None
    assert found.via == "session"  # never the platform itself, which sees everything
    assert len(spent) == 1


def test_grants_that_ended_or_have_not_begun_do_not_count() -> None:
    person = a_person(Duty.LEADER, valid_to=NOW + DAY)
    for moment, held in ((NOW - DAY, 0), (NOW, 1), (NOW + 2 * DAY, 0)):
        found = queries.caller_of_person(person, moment)
        assert found is not None
        assert len(found.grants) == held
    Grant.objects.filter(person_id=person).update(revoked_at=NOW)
    ended = queries.caller_of_person(person, NOW)
    assert ended is not None
    assert ended.grants == ()


def test_who_left_and_who_never_was_is_nobody() -> None:
    person = a_person(Duty.LEADER)
    Person.objects.filter(pk=person).update(active=False)
    assert queries.caller_of_person(person, NOW) is None
    assert queries.caller_of_person(10**12, NOW) is None
