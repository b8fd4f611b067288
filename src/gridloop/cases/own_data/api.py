"""How a resident asks for their own data and to be forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.db import transaction
from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.cases.own_data import actions, queries
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, own
from gridloop.notices import actions as notices
from gridloop.notices import queries as words

router = Router(tags=["session"])
PERMITS: Permits = {
    ("GET", "/own-data"): own(),
    ("POST", "/own-data"): own(),
    ("GET", "/own-data/file"): own(),
    ("POST", "/own-data/forget/code"): own(),
    ("POST", "/own-data/forget"): own(),
}
CODE_MINUTES = "5"


class FileOut(Schema):
    """The newest file: `done` of `total` reports are packed; `link` opens it for a quarter of an hour once it is ready."""

    state: str
    done: int
    total: int
    size_bytes: int
    asked_at: dt.datetime
    link: str


class OwnDataOut(Schema):
    """The newest file, or nothing; and how many reports the account has."""

    file: FileOut | None
    reports: int


class ForgetForm(Schema):
    """The code that came to one's own number."""

    code: Annotated[str, Field(max_length=10)]


@router.get("/own-data", response=OwnDataOut)
def look(request: Asked) -> OwnDataOut:
    """How one's own file comes along."""
    return _shown(identity.require_person(request.caller))


@router.post("/own-data", response={202: OwnDataOut})
def ask(request: Asked) -> Status[OwnDataOut]:
    """Have everything packed into one file."""
    actions.ask(by=request.caller, now=clock.now())
    return Status(202, _shown(identity.require_person(request.caller)))


@router.get("/own-data/file", response={200: None})
def fetch(request: Asked, token: Annotated[str, Query(max_length=200)]) -> HttpResponse:
    """The ZIP behind the link."""
    data = actions.fetch(token, by=request.caller, now=clock.now())
    response = HttpResponse(data, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.post("/own-data/forget/code", response={202: None})
def start_forgetting(request: Asked) -> Status[None]:
    """Have a code sent to one's own number, with which being forgotten is confirmed."""
    now, visitor = clock.now(), identity.visitor_of(request)
    with transaction.atomic():
        made = actions.start_forgetting(visitor=visitor, by=request.caller, now=now)
        said = words.words("phone_code", {"code": made.code, "minutes": CODE_MINUTES}, clock.in_city(now).date())
        notices.tell_words(notices.Address("sms", made.phone, visitor.language), said, subject="", key=made.key)
    return Status(202, None)


@router.post("/own-data/forget", response={204: None})
def forget(request: Asked, form: ForgetForm, response: HttpResponse) -> Status[None]:
    """Forget the account; cannot be taken back."""
    actions.forget(form.code, by=request.caller, now=clock.now())
    response.delete_cookie(identity.SESSION_COOKIE, path="/", samesite="Lax")
    return Status(204, None)


def _shown(person_id: int) -> OwnDataOut:
    row = queries.latest(person_id, clock.now())
    file = None
    if row is not None:
        link = f"/api/v1/own-data/file?token={actions.link_of(row.pk, person_id)}" if row.state == "ready" else ""
        file = FileOut(
            state=row.state, done=row.done, total=row.total, size_bytes=row.size_bytes, asked_at=row.asked_at, link=link
        )
    return OwnDataOut(file=file, reports=len(queries.numbers(person_id)))
