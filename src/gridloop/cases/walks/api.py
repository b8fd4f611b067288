"""How the web begins and ends a shift on foot, sends positions, sees who is out, and asks where to patrol."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, ConfigDict, Field

from gridloop.cases.api.answers import written
from gridloop.cases.walks import actions, queries
from gridloop.cases.walks.rules import POSITIONS_MAX, WATCHING, Fix
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import Duty
from gridloop.kernel.permits import Permits, in_area, own

router = Router(tags=["walks"])
PERMITS: Permits = {
    ("POST", "/walks"): in_area(Duty.COLLECTOR),
    ("GET", "/walks/mine"): own(),
    ("GET", "/walks/mine/looks"): own(),
    ("GET", "/walks/out"): in_area(*WATCHING),
    ("POST", "/walks/{key}/positions"): own(),
    ("POST", "/walks/{key}/end"): own(),
    ("GET", "/patrols"): in_area(Duty.COLLECTOR),
    ("POST", "/patrols/{cell}"): in_area(Duty.COLLECTOR),
}
Key = Annotated[str, Path(max_length=64)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


class BeginForm(Schema):
    """The key that the phone made up for this shift, and when it began there."""

    model_config = ConfigDict(extra="forbid")
    key: Annotated[str, Field(max_length=64)]
    at: AwareDatetime | None = None


class MomentForm(Schema):
    """When it happened, by the phone's clock; now, if nothing is said."""

    model_config = ConfigDict(extra="forbid")
    at: AwareDatetime | None = None


class PositionForm(Schema):
    """Where the phone was (WGS-84) and how exactly it knew, metres."""

    at: AwareDatetime
    lon: Lon
    lat: Lat
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)]


class PositionsForm(Schema):
    """A batch of positions of one shift."""

    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[PositionForm], Field(min_length=1, max_length=POSITIONS_MAX)]


class WalkOut(Schema):
    """A shift; open while `ended_at` is empty. `dropped` positions were sent with a time outside it."""

    key: str
    area: str
    begun_at: dt.datetime
    ended_at: dt.datetime | None
    by_hours: bool
    dropped: int
    runs_out_at: dt.datetime


class MineAnswer(Schema):
    """The newest shift of the caller, and what is agreed about shifts."""

    walk: WalkOut | None
    shift_hours: int
    position_days: int


class PushedAnswer(Schema):
    """How many were kept now, and how many had a time outside the shift."""

    kept: int
    dropped: int


class WorkerOut(Schema):
    """Somebody on shift with their last position, if there is one yet."""

    person_id: int
    name: str
    area: str
    begun_at: dt.datetime
    at: dt.datetime | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None


class WorkerList(Schema):
    """Who is on shift now."""

    items: list[WorkerOut]


class LookOut(Schema):
    """Somebody looked at where the caller was; `position` is the entry's place in the ledger."""

    at: dt.datetime
    name: str
    purpose: str
    position: int


class LookList(Schema):
    """Looks, newest first."""

    items: list[LookOut]


class PatrolOut(Schema):
    """A cell that wants a patrol: reports of the last half year, and when somebody was last there."""

    cell: str
    zh: str
    en: str
    lon: float
    lat: float
    reports: int
    seen_at: dt.datetime | None


class PatrolList(Schema):
    """Cells that nobody was in for `days`, best first."""

    days: int
    items: list[PatrolOut]


class SeenAnswer(Schema):
    """When somebody was last in the cell."""

    cell: str
    seen_at: dt.datetime


@router.post("/walks", response=WalkOut)
def begin(request: Asked, form: BeginForm) -> HttpResponse:
    """Begin a shift; who is on one already gets that one."""
    now = clock.now()
    return written(queries.shown(actions.begin(form.key, form.at, by=request.caller, now=now), now=now))


@router.get("/walks/mine", response=MineAnswer)
def mine(request: Asked) -> HttpResponse:
    """The caller's newest shift."""
    return written(queries.mine(by=request.caller, now=clock.now()))


@router.get("/walks/mine/looks", response=LookList)
def looks(request: Asked, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> HttpResponse:
    """Who looked at where the caller was, from the ledger."""
    return written({"items": queries.looks(by=request.caller, limit=limit)})


@router.get("/walks/out", response=WorkerList)
def out(request: Asked) -> HttpResponse:
    """Who is on shift in the caller's areas now, with last positions; the look goes into the ledger."""
    return written({"items": actions.look_out(by=request.caller, now=clock.now())})


@router.post("/walks/{key}/positions", response=PushedAnswer)
def push(request: Asked, key: Key, form: PositionsForm) -> HttpResponse:
    """Send positions of the own open shift; a batch that is sent again changes nothing."""
    fixes = [Fix(one.at, one.lon, one.lat, one.accuracy_m) for one in form.items]
    return written(actions.push(key, fixes, by=request.caller, now=clock.now()))


@router.post("/walks/{key}/end", response=WalkOut)
def end(request: Asked, key: Key, form: MomentForm) -> HttpResponse:
    """End the own shift."""
    now = clock.now()
    return written(queries.shown(actions.end(key, form.at, by=request.caller, now=now), now=now))


@router.get("/patrols", response=PatrolList)
def patrols(
    request: Asked,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> HttpResponse:
    """Cells near a spot, within the caller's areas, that nobody has been in lately."""
    return written(queries.patrols(lon, lat, by=request.caller, now=clock.now(), limit=limit))


@router.post("/patrols/{cell}", response=SeenAnswer)
def looked_at(request: Asked, cell: Annotated[str, Path(max_length=20)], form: MomentForm) -> HttpResponse:
    """Say that a cell was looked through and nothing was found."""
    found: dict[str, Any] = {
        "cell": cell,
        "seen_at": actions.looked_at(cell, form.at, by=request.caller, now=clock.now()),
    }
    return written(found)
