"""The only builders of the tests: each makes one thing of the city through the rooms' own actions."""

from __future__ import annotations

import datetime as dt
import itertools

from django.test import Client

from gridloop.identity import actions as identity
from gridloop.identity.actions.sign_in import open_session
from gridloop.identity.models import Person
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.duties import Duty

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
PASSWORD = "correct-horse-battery"
BUILDER = system("builder")
_numbers = itertools.count(1)


def a_unit(*, kind: str = "sani", area: str = "3502", parent_id: int | None = None, code: str = "", now: dt.datetime = NOW) -> int:
    """A unit; returns its id."""
    number = next(_numbers)
    new = identity.NewUnit(code or f"U{number}", kind, f"单位{number}", f"Unit {number}", area=area, parent_id=parent_id)
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
    return open_session(Person.objects.get(pk=person_id), "password", visitor=identity.Visitor("127.0.0.1"), now=moment).token


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
