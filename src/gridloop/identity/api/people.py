"""Units, people, duties and keys, each within the asker's own area."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.identity import actions, queries
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.permits import Permits, in_area, own, signed_in

router = Router(tags=["people"])
LOOKERS = (Duty.ADMIN, Duty.AUDITOR, Duty.SUPERVISOR)
STAFF = tuple(duty for duty in Duty if duty is not Duty.CITIZEN)
PERMITS: Permits = {
    ("GET", "/units"): signed_in("people:read"),
    ("POST", "/units"): in_area(Duty.ADMIN),
    ("GET", "/people"): in_area(*LOOKERS, api_scope="people:read"),
    ("POST", "/people"): in_area(Duty.ADMIN),
    ("GET", "/people/names"): signed_in("people:read"),
    ("POST", "/people/{person_id}/name"): in_area(Duty.ADMIN),
    ("POST", "/people/{person_id}/active"): in_area(Duty.ADMIN),
    ("DELETE", "/grants/{grant_id}"): own(),
    ("POST", "/grants/{grant_id}/delegate"): own(),
    ("GET", "/keys"): own(),
    ("POST", "/keys"): in_area(Duty.INTEGRATOR, Duty.ADMIN),
    ("DELETE", "/keys/{key_id}"): own(),
}
Id = Annotated[int, Field(ge=1, le=2**62)]
Area = Annotated[str, Field(pattern=r"^[0-9]{0,15}$")]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Some = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Moment = Annotated[dt.datetime, Field(description="with its offset, such as 2026-12-31T18:00:00+08:00")]


class UnitOut(Schema):
    """One unit."""

    id: int
    code: str
    path: str
    kind: str
    name_zh: str
    name_en: str
    area: str
    parent_id: int | None


class UnitList(Schema):
    """Every unit that works now, in the order of the tree."""

    items: list[UnitOut]


class UnitForm(Schema):
    """A new unit."""

    code: Some
    kind: Some
    name_zh: Some
    name_en: Some
    area: Area = ""
    parent_id: Id | None = None
    phone: Text = ""
    email: Text = ""


class PersonOut(Schema):
    """One person."""

    id: int
    login: str | None
    name: str
    title: str
    unit_id: int | None
    unit_zh: str | None
    unit_en: str | None
    active: bool
    totp: bool
    name_en: str = ""


class PersonList(Schema):
    """A page of people; `next` goes into `after`."""

    items: list[PersonOut]
    next: int | None


class PeopleQuery(Schema):
    """Which page."""

    q: Text = ""
    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class PersonForm(Schema):
    """A new person."""

    login: Some
    name: Some
    title: Text = ""
    unit_id: Id | None = None
    password: Text = ""
    phone: Text = ""
    email: Text = ""
    language: Text = "zh"
    name_en: Text = ""


class NamesOut(Schema):
    """English by Chinese names; a name that two people write differently is left out."""

    names: dict[str, str]


class NameForm(Schema):
    """How the name is written in English; empty: it is not."""

    name_en: Text


class ActiveForm(Schema):
    """Open or closed."""

    active: bool


class DelegationForm(Schema):
    """A part of one's own grant for somebody else, until a date; without an area, all of one's own."""

    person_id: Id
    area: Area | None = None
    unit_id: Id | None = None
    purpose: Text = ""
    valid_from: Moment | None = None
    valid_to: Moment


class Made(Schema):
    """The id of what was made."""

    id: int


class Ended(Schema):
    """How many grants ended: the one named, and those handed on from it."""

    ended: int


class KeyOut(Schema):
    """A key without its token."""

    id: int
    prefix: str
    name: str
    person_id: int
    unit_id: int | None
    scopes: list[str]
    area: str
    rate_per_minute: int
    created_at: dt.datetime
    valid_to: dt.datetime | None
    revoked_at: dt.datetime | None


class KeyList(Schema):
    """One's own keys, and for an administrator those of the area."""

    items: list[KeyOut]


class KeyForm(Schema):
    """A new key."""

    name: Some
    scopes: list[Some] = Field(max_length=20)
    area: Area = ""
    unit_id: Id | None = None
    valid_to: Moment | None = None
    rate_per_minute: int = Field(600, ge=1, le=60_000)


class KeyMadeOut(Schema):
    """The key, shown this once."""

    id: int
    token: str
    prefix: str


@router.get("/units", response=UnitList)
def units(request: Asked) -> dict[str, list[queries.UnitView]]:  # noqa: ARG001 - Ninja's signature
    """Every unit that works now."""
    return {"items": queries.units()}


@router.post("/units", response={201: Made})
def create_unit(request: Asked, form: UnitForm) -> Status[Made]:
    """Add a unit within one's area."""
    made = actions.create_unit(actions.NewUnit(**form.dict()), by=request.caller, now=clock.now())
    return Status(201, Made(id=made))


@router.get("/people", response=PersonList)
def people(request: Asked, wanted: Query[PeopleQuery]) -> PersonList:
    """People of the units within one's area."""
    listed = queries.people_within(areas_of(request.caller), q=wanted.q, after=wanted.after, limit=wanted.limit)
    items = [PersonOut.from_orm(one) for one in listed]
    return PersonList(items=items, next=items[-1].id if len(items) == wanted.limit else None)


@router.post("/people", response={201: Made})
def create_person(request: Asked, form: PersonForm) -> Status[Made]:
    """Add a person to a unit within one's area."""
    made = actions.create_person(actions.NewPerson(**form.dict()), by=request.caller, now=clock.now())
    return Status(201, Made(id=made))


@router.get("/people/names", response=NamesOut)
def names(request: Asked) -> NamesOut:
    """How the names of those who work here are written in English; residents learn none."""
    return NamesOut(names=queries.names_en() if request.caller.holds(*STAFF) else {})


@router.post("/people/{int:person_id}/name", response={204: None})
def set_name(request: Asked, person_id: int, form: NameForm) -> Status[None]:
    """Say how a person's name is written in English."""
    actions.set_name_en(person_id, form.name_en, by=request.caller, now=clock.now())
    return Status(204, None)


@router.post("/people/{int:person_id}/active", response={204: None})
def set_active(request: Asked, person_id: int, form: ActiveForm) -> Status[None]:
    """Close an account, or open it again."""
    actions.set_active(person_id, active=form.active, by=request.caller, now=clock.now())
    return Status(204, None)


@router.delete("/grants/{int:grant_id}", response=Ended)
def revoke(request: Asked, grant_id: int) -> Ended:
    """Take a grant back, with what was handed on from it."""
    return Ended(ended=actions.revoke(grant_id, by=request.caller, now=clock.now()))


@router.post("/grants/{int:grant_id}/delegate", response={201: Made})
def delegate(request: Asked, grant_id: int, form: DelegationForm) -> Status[Made]:
    """Hand a part of one's own grant on until a date."""
    own_area = next((grant.area for grant in request.caller.grants if grant.id == grant_id), "")
    new = actions.NewGrant(
        person_id=form.person_id,
        duty=Duty.CITIZEN,  # the source's duty counts
        area=own_area if form.area is None else form.area,
        unit_id=form.unit_id,
        purpose=form.purpose,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
    )
    return Status(201, Made(id=actions.delegate(grant_id, new, by=request.caller, now=clock.now())))


@router.get("/keys", response=KeyList)
def keys(request: Asked) -> dict[str, list[queries.KeyRow]]:
    """One's own keys, and those of the area one administers."""
    areas = {grant.area for grant in request.caller.grants if grant.duty is Duty.ADMIN}
    return {"items": queries.keys_within(request.caller.person_id, areas)}


@router.post("/keys", response={201: KeyMadeOut})
def make_key(request: Asked, form: KeyForm) -> Status[actions.KeyMade]:
    """Make a key; its token is in this answer and nowhere else."""
    new = actions.NewKey(
        name=form.name,
        scopes=frozenset(form.scopes),
        area=form.area,
        unit_id=form.unit_id,
        valid_to=form.valid_to,
        rate_per_minute=form.rate_per_minute,
    )
    return Status(201, actions.make_key(new, by=request.caller, now=clock.now()))


@router.delete("/keys/{int:key_id}", response={204: None})
def withdraw_key(request: Asked, key_id: int) -> Status[None]:
    """End a key at once."""
    actions.withdraw_key(key_id, by=request.caller, now=clock.now())
    return Status(204, None)


def areas_of(caller: Caller) -> tuple[str, ...]:
    """The areas whose people this caller may list."""
    return tuple(sorted({grant.area for grant in caller.grants if grant.duty in LOOKERS}))
