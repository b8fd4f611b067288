"""How the web shows somebody the digest that they would get now."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from gridloop.cases.api.answers import written
from gridloop.cases.digest import actions, queries, rules
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, own
from gridloop.notices import queries as notices

router = Router(tags=["digest"])
PERMITS: Permits = {("GET", "/digest"): own()}


class DigestCounts(Schema):
    """Open cases of the person's scope; `mine` wait for their own duties, `stopped` have a clock that stands still."""

    open: int
    mine: int
    unacknowledged: int
    due_today: int
    late: int
    stopped: int


class DigestPeriod(Schema):
    """What came in and was closed in the days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date
    opened: int
    closed: int
    on_time: int


class DigestPreview(Schema):
    """The letter in the language of the request; `is_sent` is false where there would be none, because there is nothing to tell."""

    title: str
    text: str
    weekly: bool
    is_sent: bool
    counts: DigestCounts
    period: DigestPeriod


@router.get("/digest", response=DigestPreview)
def preview(request: Asked) -> HttpResponse:
    """One's own digest as it would be now: weekly for whoever has chosen that, else daily. Sends nothing and changes nothing."""
    by, now = request.caller, clock.now()
    how = notices.preferences(identity.require_person(by)).digest or rules.DAILY
    today = clock.in_city(now).date()
    found = queries.digest(how, queries.past(today, weekly=how == rules.WEEKLY), by=by, now=now)
    words = notices.words("digest", rules.spoken(found, actions.site_address()), today)
    zh = by.language.startswith("zh")
    answer: dict[str, Any] = {
        "title": words.title_zh if zh else words.title_en,
        "text": words.text_zh if zh else words.text_en,
        "weekly": found.weekly,
        "is_sent": bool(by.grants) and found.is_sent,
        "counts": asdict(found.counts),
        "period": asdict(found.period),
    }
    return written(answer)
