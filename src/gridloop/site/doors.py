"""Signing in and the site's own facts: the addresses of the API that need several rooms at once.

A telephone code is made by `identity` and sent by `notices` in one transaction; a grant is kept by `identity` and its area
named by `places`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.identity.api.doors import set_session_cookie
from gridloop.identity.api.people import Area, Id, Made, Moment, Text
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DUTY_NAMES, Duty
from gridloop.kernel.permits import Permits, in_area, public, signed_in
from gridloop.notices import actions as notices
from gridloop.notices import queries as words
from gridloop.places import queries as places
from gridloop.site import facts

router = Router(tags=["session"])
PERMITS: Permits = {
    ("GET", "/site"): public(),
    ("GET", "/session"): public(),
    ("POST", "/session"): public(),
    ("DELETE", "/session"): public(),
    ("POST", "/session/phone"): public(),
    ("POST", "/session/phone/verify"): public(),
    ("GET", "/grants"): signed_in("people:read"),
    ("POST", "/grants"): in_area(Duty.ADMIN),
}
CODE_MINUTES = "5"


class SignInForm(Schema):
    """Login and password, and the six digits where a second factor is set up."""

    login: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)
    otp: str = Field("", max_length=10)


class PhoneForm(Schema):
    """A mobile number."""

    phone: str = Field(max_length=30)


class PhoneCodeForm(Schema):
    """A mobile number and the code that came to it."""

    phone: str = Field(max_length=30)
    code: str = Field(max_length=10)


class SignedInOut(Schema):
    """The signed-in person."""

    id: int
    name: str
    title: str
    totp: bool
    is_resident: bool
    name_en: str = ""


class GrantOut(Schema):
    """A grant in words of the request's language."""

    id: int
    person_id: int
    person_name: str
    duty: str
    duty_name: str
    area: str
    area_name: str
    unit_id: int | None
    unit_name: str | None
    purpose: str
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    granted_by: str | None
    delegated_from: int | None
    person_name_en: str = ""
    granted_by_en: str | None = None


class SessionOut(Schema):
    """Who is signed in, if anybody, and what they may."""

    person: SignedInOut | None
    grants: list[GrantOut]
    language: str


class GrantList(Schema):
    """A page of grants; `next` goes into `after`."""

    items: list[GrantOut]
    next: int | None


class GrantForm(Schema):
    """A new grant."""

    person_id: Id
    duty: Duty
    area: Area = ""
    unit_id: Id | None = None
    purpose: Text = ""
    valid_from: Moment | None = None
    valid_to: Moment | None = None


class GrantQuery(Schema):
    """Whose grants, and which page."""

    person: int | None = Field(None, ge=1, le=2**62)
    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100


@router.get("/site", response=dict[str, Any])
def site(request: Asked) -> dict[str, Any]:
    """What a page needs before anybody signs in; also sets the cookie `csrftoken`."""
    get_token(request)
    return facts.site_facts()


@router.get("/session", response=SessionOut)
def session(request: Asked) -> SessionOut:
    """Who is signed in; nobody is no error."""
    get_token(request)
    return _session(request.caller, clock.now())


@router.post("/session", response=SessionOut)
def sign_in(request: HttpRequest, form: SignInForm, response: HttpResponse) -> SessionOut:
    """Sign in by password."""
    now = clock.now()
    visitor = identity.visitor_of(request)
    signed_in_now = identity.sign_in(form.login, form.password, form.otp, visitor=visitor, now=now)
    return _welcome(request, response, signed_in_now, now)


@router.delete("/session", response={204: None})
def sign_out(request: Asked, response: HttpResponse) -> Status[None]:
    """End this session."""
    token = request.COOKIES.get(identity.SESSION_COOKIE, "")
    if token:
        identity.sign_out(token, by=request.caller, now=clock.now())
    response.delete_cookie(identity.SESSION_COOKIE, path="/", samesite="Lax")
    return Status(204, None)


@router.post("/session/phone", response={202: None})
def start_phone(request: HttpRequest, form: PhoneForm) -> Status[None]:
    """Have a code sent to a mobile number; the answer is the same whether anybody has it."""
    now = clock.now()
    visitor = identity.visitor_of(request)
    with transaction.atomic():
        made = identity.start_phone(form.phone, visitor=visitor, now=now)
        said = words.words("phone_code", {"code": made.code, "minutes": CODE_MINUTES}, clock.in_city(now).date())
        notices.tell_words(notices.Address("sms", made.phone, visitor.language), said, subject="", key=made.key)
    return Status(202, None)


@router.post("/session/phone/verify", response=SessionOut)
def verify_phone(request: HttpRequest, form: PhoneCodeForm, response: HttpResponse) -> SessionOut:
    """Sign a resident in by the code; the first time registers them."""
    now = clock.now()
    signed_in_now = identity.verify_phone(form.phone, form.code, visitor=identity.visitor_of(request), now=now)
    return _welcome(request, response, signed_in_now, now)


@router.get("/grants", response=GrantList)
def grants(request: Asked, wanted: Query[GrantQuery]) -> GrantList:
    """One's own grants, those one handed on, and for an administrator or auditor those of the area."""
    caller = request.caller
    areas = {grant.area for grant in caller.grants if grant.duty in {Duty.ADMIN, Duty.AUDITOR}}
    rows = people.grants_within(
        caller.person_id, areas, clock.now(), of=wanted.person, after=wanted.after, limit=wanted.limit
    )
    items = _named(rows, caller.language)
    return GrantList(items=items, next=items[-1].id if len(items) == wanted.limit else None)


@router.post("/grants", response={201: Made})
def give(request: Asked, form: GrantForm) -> Status[Made]:
    """Give a duty within one's own area, unit and time."""
    return Status(201, Made(id=identity.give(identity.NewGrant(**form.dict()), by=request.caller, now=clock.now())))


def _welcome(request: HttpRequest, response: HttpResponse, made: identity.SignedIn, now: dt.datetime) -> SessionOut:
    """The cookies and the answer of a fresh session."""
    set_session_cookie(response, request, made)
    get_token(request)
    caller = identity.caller_from(session_token=made.token, language=identity.visitor_of(request).language, now=now)
    return _session(caller, now)


def _session(caller: Caller, now: dt.datetime) -> SessionOut:
    """The session of this caller, or of nobody."""
    if caller.person_id is None:
        return SessionOut(person=None, grants=[], language=caller.language)
    person = people.me(caller.person_id)
    held = {grant.id for grant in caller.grants}
    rows = [row for row in people.grants_of(caller.person_id, now) if row.id in held]
    return SessionOut(
        person=SignedInOut.from_orm(person) if person else None,
        grants=_named(rows, caller.language),
        language=caller.language,
    )


def _named(rows: list[people.GrantRow], language: str) -> list[GrantOut]:
    """Grants with the names of their areas, units and duties."""
    zh = language.startswith("zh")
    names = places.names({row.area for row in rows if row.area})
    return [
        GrantOut(
            id=row.id,
            person_id=row.person_id,
            person_name=row.person_name,
            duty=row.duty,
            duty_name=DUTY_NAMES[Duty(row.duty)][0 if zh else 1],
            area=row.area,
            area_name=facts.area_name(row.area, names, zh=zh),
            unit_id=row.unit_id,
            unit_name=row.unit_zh if zh else row.unit_en,
            purpose=row.purpose,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            granted_by=row.granted_by,
            delegated_from=row.delegated_from,
            person_name_en=row.person_name_en,
            granted_by_en=row.granted_by_en,
        )
        for row in rows
    ]
