"""How the web asks for notices: the bell, preferences, and what could not be delivered."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.permits import Permits, in_area, own
from gridloop.notices import actions, queries

router = Router(tags=["notices"])
BIGINT_MAX = 2**63 - 1
PERMITS: Permits = {
    ("GET", "/notices"): own("notices:read"),
    ("POST", "/notices/{notice_id}/read"): own(),
    ("POST", "/notices/read-all"): own(),
    ("GET", "/notices/preferences"): own(),
    ("PUT", "/notices/preferences"): own(),
    ("GET", "/notices/dead"): in_area(Duty.ADMIN),
    ("POST", "/notices/dead/{delivery_id}/send-again"): in_area(Duty.ADMIN),
}
Position = Annotated[int, Field(ge=0, le=BIGINT_MAX)]


class NoticeRow(Schema):
    """One notice in the language of the request."""

    id: int
    kind: str
    subject: str
    title: str
    text: str
    at: dt.datetime
    read: bool


class NoticePage(Schema):
    """A page of notices; `next` is the value of `before` for the following one, or null."""

    items: list[NoticeRow]
    unread: int
    next: int | None


class Count(Schema):
    """How many it were."""

    count: int


class PreferenceForm(Schema):
    """What is to stay silent, an empty list mutes nothing; and whether one letter a day or a week takes the place of single e-mails.

    `digest` and `digest_hour` (an hour of the city) stay as they are when they are left out.
    """

    muted_channels: Annotated[list[str], Field(max_length=10)] = []
    muted_kinds: Annotated[list[str], Field(max_length=100)] = []
    digest: Literal["", "daily", "weekly"] | None = None
    digest_hour: Annotated[int, Field(ge=0, le=23)] | None = None


class Kind(Schema):
    """A kind of notice that can be muted."""

    kind: str
    zh: str
    en: str


class PreferenceCard(Schema):
    """What is silent, what could be, and the digest: "" is none."""

    muted_channels: list[str]
    muted_kinds: list[str]
    digest: Literal["", "daily", "weekly"]
    digest_hour: int
    kinds: list[Kind]


class DeadRow(Schema):
    """A delivery that failed for good; its address is not shown."""

    id: int
    channel: str
    kind: str
    subject: str
    attempts: int
    last_error: str
    created_at: dt.datetime


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    return caller


@router.get("/notices", response=NoticePage)
def bell(
    request: HttpRequest,
    *,
    unread: Annotated[bool, Query()] = False,
    before: Annotated[int, Query(ge=0, le=BIGINT_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=queries.PAGE_MAX)] = 50,
) -> NoticePage:
    """The caller's own notices, newest first."""
    by = _caller(request)
    found = queries.notices(by.person_id, by.language, unread_only=unread, before=before, limit=limit)
    rows = [NoticeRow.model_validate(one, from_attributes=True) for one in found]
    return NoticePage(items=rows, unread=queries.unread(by.person_id), next=rows[-1].id if len(rows) == limit else None)


@router.post("/notices/read-all", response=Count)
def read_all(request: HttpRequest) -> Count:
    """Mark everything as read."""
    return Count(count=actions.read_all(by=_caller(request), now=clock.now()))


@router.get("/notices/preferences", response=PreferenceCard)
def preferences(request: HttpRequest) -> PreferenceCard:
    """How the caller wants to be told."""
    return _card(_caller(request))


@router.put("/notices/preferences", response=PreferenceCard)
def prefer(request: HttpRequest, form: PreferenceForm) -> PreferenceCard:
    """Change how the caller wants to be told."""
    by = _caller(request)
    actions.prefer(
        form.muted_channels,
        form.muted_kinds,
        by=by,
        now=clock.now(),
        digest=form.digest,
        digest_hour=form.digest_hour,
    )
    return _card(by)


@router.get("/notices/dead", response=list[DeadRow])
def dead(
    request: HttpRequest,  # noqa: ARG001 - Ninja hands it to every view
    before: Annotated[int, Query(ge=0, le=BIGINT_MAX)] = 0,
    limit: Annotated[int, Query(ge=1, le=queries.PAGE_MAX)] = 50,
) -> list[DeadRow]:
    """What could not be delivered, for the administrator."""
    return [
        DeadRow.model_validate(one, from_attributes=True) for one in queries.dead_letters(before=before, limit=limit)
    ]


@router.post("/notices/dead/{delivery_id}/send-again", response={204: None})
def send_again(request: HttpRequest, delivery_id: Position) -> Status[None]:
    """Put a dead delivery back into the queue."""
    actions.send_again(delivery_id, by=_caller(request), now=clock.now())
    return Status(204, None)


@router.post("/notices/{notice_id}/read", response={204: None})
def read(request: HttpRequest, notice_id: Position) -> Status[None]:
    """Mark one of the caller's notices as read."""
    actions.read(notice_id, by=_caller(request), now=clock.now())
    return Status(204, None)


def _card(by: Caller) -> PreferenceCard:
    chosen = queries.preferences(by.person_id)
    return PreferenceCard.model_validate(
        {
            "muted_channels": list(chosen.muted_channels),
            "muted_kinds": list(chosen.muted_kinds),
            "digest": chosen.digest,
            "digest_hour": chosen.digest_hour,
            "kinds": [Kind(kind=kind, zh=zh, en=en) for kind, zh, en in queries.kinds()],
        }
    )
