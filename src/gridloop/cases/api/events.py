"""The polling twin of the live feed, for clients that cannot hold a stream open."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.cases.queries import feed
from gridloop.kernel.caller import Caller
from gridloop.kernel.permits import Permits, signed_in

router = Router(tags=["events"])
PERMITS: Permits = {("GET", "/events"): signed_in("cases:read")}
BIGINT_MAX = 2**63 - 1


class EventItem(Schema):
    """Something happened to a case; where the case stands now."""

    position: int
    at: dt.datetime
    kind: str
    number: str
    version: int
    state: str
    urgency: str
    place: str
    unit_id: int | None
    lon: float
    lat: float
    due_at: dt.datetime | None
    stage_due_at: dt.datetime | None


class EventPage(Schema):
    """What happened, and the position to ask from next."""

    items: list[EventItem]
    position: int


@router.get("/events", response=EventPage)
def events(
    request: HttpRequest,
    after: Annotated[int | None, Query(ge=-1, le=BIGINT_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=feed.PAGE_MAX), Field()] = 100,
) -> EventPage:
    """What happened after a position of the ledger, within the caller's grants; without one, the present position."""
    by: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    if after is None:
        return EventPage(items=[], position=feed.head())
    lines, position = feed.happened(after, limit, by=by)
    return EventPage(items=[EventItem(**one.item()) for one in lines], position=position)
