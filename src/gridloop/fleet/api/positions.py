"""How another system pushes positions in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from gridloop.fleet.actions import positions as actions
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.asking import NO_NUL
from gridloop.fleet.queries.scope import CHANGING
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["vehicle positions"])
PERMITS: Permits = {("POST", "/fleet/positions"): in_area(*sorted(CHANGING), api_scope="fleet:write")}
SOCKET = Path("fleet/push.sock")
BATCH_MAX = 5_000
Name = Annotated[str, Field(max_length=60, pattern=NO_NUL)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class PositionIn(Schema):
    """One position: of a terminal of the protocol `http` (`id`) or a vehicle (`plate`); WGS-84 degrees; time ISO 8601 with zone, or seconds or milliseconds since 1970."""

    id: Name = ""
    plate: Name = ""
    time: Annotated[str, Field(max_length=40)] | int | Finite
    lon: Finite
    lat: Finite
    speed_kmh: Finite = 0.0
    heading: Finite = 0.0
    altitude_m: Finite = 0.0
    serial: int = Field(0, ge=0, lt=2**31)
    acc: bool = True


class BatchIn(Schema):
    """Up to 5,000 positions."""

    positions: list[PositionIn] = Field(min_length=1, max_length=BATCH_MAX)


class RefusalOut(Schema):
    """Why the position of this index was not taken."""

    index: int
    en: str
    zh: str


class PushedOut(Schema):
    """How many are stored now, and which were refused."""

    stored: int
    refused: list[RefusalOut]


@router.post("/fleet/positions", response=PushedOut)
def push(request: Asked, form: BatchIn) -> HttpResponse:
    """Stores positions; the answer comes after their commit, so what is answered is safe. The same batch again changes nothing."""
    rows: list[dict[str, Any]] = [one.dict() for one in form.positions]
    return written(actions.push_positions(rows, socket=Path(settings.VAR) / SOCKET, by=request.caller))
