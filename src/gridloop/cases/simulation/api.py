"""How the web has a proposal simulated, reads what it would change, and puts it into force with a date."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.cases.api.answers import written
from gridloop.cases.simulation.actions import running, switching
from gridloop.cases.simulation.models import Simulation
from gridloop.cases.simulation.queries import files, simulations
from gridloop.cases.simulation.queries.reading import DAYS_MAX
from gridloop.cases.simulation.queries.scope import READERS, RUNNERS
from gridloop.cases.simulation.queries.simulations import LIMIT_MAX, Wanted
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import Duty
from gridloop.kernel.permits import Permit, Permits, in_area

router = Router(tags=["simulations"])
READ: Permit = in_area(*sorted(READERS), api_scope="cases:read")
RUN: Permit = in_area(*sorted(RUNNERS))
ADMIN: Permit = in_area(Duty.ADMIN)
PERMITS: Permits = {
    ("GET", "/simulations"): READ,
    ("GET", "/simulations/ground"): READ,
    ("POST", "/simulations"): RUN,
    ("GET", "/simulations/{simulation_id}"): READ,
    ("GET", "/simulations/{simulation_id}/changes"): READ,
    ("GET", "/simulations/{simulation_id}/file.{kind}"): READ,
    ("POST", "/simulations/{simulation_id}/switch"): ADMIN,
    ("POST", "/simulations/{simulation_id}/switch/confirm"): ADMIN,
    ("POST", "/simulations/{simulation_id}/switch/withdraw"): ADMIN,
}
BIGGEST_ID = 2**63 - 1
SimulationId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
Pairs = dict[str, dict[str, list[str]]]
"""What an answer speaks of -> code -> Chinese and English name."""


class SimulationForm(Schema):
    """How many whole days before today (and today so far) are replayed, and what shall be different; the how-to page tells the form of a proposal."""

    model_config = ConfigDict(extra="forbid")
    days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = 30
    proposal: dict[str, Any]


class SwitchForm(Schema):
    """From which day on, after today, and why."""

    model_config = ConfigDict(extra="forbid")
    valid_from: dt.date
    why: Annotated[str, Field(min_length=1, max_length=switching.WHY_MAX, pattern=r"^[^\x00]*$")]


class Listing(Schema):
    """A page of former simulations; `cursor` is the `next` of the page before."""

    cursor: Annotated[str, Field(pattern=r"^([1-9][0-9]{0,17})?$")] = ""


class Changing(Listing):
    """Which of the cases that change hands: from or to a unit (0: none), of a class."""

    from_: Annotated[int | None, Field(alias="from", ge=0, le=BIGGEST_ID)] = None
    to: Annotated[int | None, Field(ge=0, le=BIGGEST_ID)] = None
    class_: Annotated[str, Field(alias="class", pattern=r"^((component|event):[0-9]{4})?$")] = ""
    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 50


class Replayed(Schema):
    """What is said of a simulation everywhere: `done` of `of` cases were read; `position` is the ledger's when it was reckoned."""

    id: int
    title: str
    at: dt.datetime
    days: int
    by_name: str
    state: str
    done: int
    of: int
    ended_at: dt.datetime | None
    position: int | None
    totals: dict[str, Any]


class Listed(Replayed):
    """One simulation in the list."""

    switch_from: dt.date | None
    switch_asked_at: dt.datetime | None
    switched_at: dt.datetime | None


class SimulationList(Schema):
    """Newest first."""

    items: list[Listed]
    next: str | None


class SwitchOut(Schema):
    """How far the switch is: none, asked (waits for another administrator; `two` says that it needs one), done."""

    state: str
    from_: Annotated[dt.date | None, Field(alias="from")]
    why: str
    asked_by: int | None
    asked_name: str
    asked_at: dt.datetime | None
    by_name: str
    at: dt.datetime | None
    two: bool


class SimulationOut(Replayed):
    """One simulation; figures once it is done."""

    error_zh: str
    error_en: str
    masters_version: int | None
    areas: list[str]
    proposal: dict[str, Any]
    figures: dict[str, Any]
    switch: SwitchOut
    names: Pairs


class ChangeOut(Schema):
    """A case that changes hands, with the rule ("" for none) and reason before and after."""

    number: str
    title: str
    class_: Annotated[str, Field(alias="class")]
    place: str
    opened_at: dt.datetime
    from_: Annotated[int | None, Field(alias="from")]
    to: int | None
    rule_before: str
    why_before_zh: str
    why_before_en: str
    rule_after: str
    why_after_zh: str
    why_after_en: str


class ChangePage(Schema):
    """A page of them."""

    items: list[ChangeOut]
    next: str | None
    names: Pairs


class GroundOut(Schema):
    """What a proposal can speak of: routing rules in force, kinds of department, boundaries, mergers."""

    today: dt.date
    routes: list[dict[str, Any]]
    kinds: list[dict[str, str]]
    boundaries: list[dict[str, Any]]
    areas: list[dict[str, str]]
    mergers: list[dict[str, int]]
    names: Pairs


@router.get("/simulations", response=SimulationList)
def list_simulations(request: Asked, asking: Query[Listing]) -> HttpResponse:
    """Former simulations, newest first."""
    return written(simulations.listed(by=request.caller, before=int(asking.cursor) if asking.cursor else None))


@router.get("/simulations/ground", response=GroundOut)
def ground(request: Asked) -> HttpResponse:
    """What the forms of a proposal choose from, as it stands today."""
    return written(simulations.ground(by=request.caller, now=clock.now()))


@router.post("/simulations", response={202: SimulationOut}, by_alias=True)
def simulate(request: Asked, form: SimulationForm) -> HttpResponse:
    """Have a proposal simulated; a job reckons it. A faulty proposal is refused with every fault by its place."""
    made = running.ask(form.proposal, days=form.days, by=request.caller, now=clock.now())
    return _told(made, status=202)


@router.get("/simulations/{simulation_id}", response=SimulationOut, by_alias=True)
def one(request: Asked, simulation_id: SimulationId) -> HttpResponse:
    """How far it is, and its result."""
    return _told(simulations.one_of(simulation_id, by=request.caller))


@router.get("/simulations/{simulation_id}/changes", response=ChangePage, by_alias=True)
def changes(request: Asked, simulation_id: SimulationId, asking: Query[Changing]) -> HttpResponse:
    """The cases that would change hands, in the order in which they were reported."""
    found = simulations.one_of(simulation_id, by=request.caller)
    wanted = Wanted(asking.from_, asking.to, asking.class_, int(asking.cursor or 0), asking.limit)
    return written(simulations.changes(found, wanted, now=clock.now()))


@router.get("/simulations/{simulation_id}/file.{kind}", response={200: bytes})
def file(
    request: Asked, simulation_id: SimulationId, kind: Annotated[Literal["csv", "xlsx"], Path()]
) -> StreamingHttpResponse:
    """The cases that change hands as CSV, or everything as a workbook."""
    found = simulations.done_one(simulation_id, by=request.caller)
    parts = files.KINDS[kind](found, language=request.caller.language, now=clock.now())
    response = StreamingHttpResponse(parts, content_type=files.CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="simulation-{found.pk}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.post("/simulations/{simulation_id}/switch", response=SimulationOut, by_alias=True)
def switch(request: Asked, simulation_id: SimulationId, form: SwitchForm) -> HttpResponse:
    """Put the proposal into force from a later day on; where limits change, another administrator confirms first."""
    return _told(switching.ask_switch(simulation_id, form.valid_from, form.why, by=request.caller, now=clock.now()))


@router.post("/simulations/{simulation_id}/switch/confirm", response=SimulationOut, by_alias=True)
def confirm(request: Asked, simulation_id: SimulationId) -> HttpResponse:
    """Say yes to another administrator's switch."""
    return _told(switching.confirm(simulation_id, by=request.caller, now=clock.now()))


@router.post("/simulations/{simulation_id}/switch/withdraw", response=SimulationOut, by_alias=True)
def withdraw(request: Asked, simulation_id: SimulationId) -> HttpResponse:
    """Take back a switch that waits for its confirmation."""
    return _told(switching.withdraw(simulation_id, by=request.caller, now=clock.now()))


def _told(found: Simulation, *, status: int = 200) -> HttpResponse:
    return written(simulations.told(found, now=clock.now()), status=status)
