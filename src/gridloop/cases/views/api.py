"""How the web keeps named filters of the queue."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field, ValidationError

from gridloop.cases.api.answers import written
from gridloop.cases.api.lists import BIGGEST_ID, QueueQuery
from gridloop.cases.queries import filters
from gridloop.cases.views import actions, queries, rules
from gridloop.cases.views.models import SavedView
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permits, own

router = Router(tags=["saved views"])
PERMITS: Permits = {
    ("GET", "/views"): own("cases:read"),
    ("POST", "/views"): own("cases:write"),
    ("PATCH", "/views/{view_id}"): own("cases:write"),
    ("DELETE", "/views/{view_id}"): own("cases:write"),
}
ViewId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
Name = Annotated[str, Field(max_length=200)]
Unit = Annotated[int, Field(ge=0, le=BIGGEST_ID)]
Words = Annotated[dict[str, str | int | None], Field(max_length=len(rules.KEPT))]


class NewView(Schema):
    """A name and the parameters of `GET /cases`; with a unit its people see it too."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    query: Words
    unit_id: Unit | None = None


class ViewChange(Schema):
    """What shall be different; `unit_id` 0 shares it with nobody any more."""

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    query: Words | None = None
    unit_id: Unit | None = None


class ViewOut(Schema):
    """A saved view: `own` ones can be changed, the others are shared by somebody of one's unit."""

    id: int
    name: str
    query: dict[str, str]
    own: bool
    owner: str
    unit_id: int | None
    unit_zh: str
    unit_en: str


class OwnUnit(Schema):
    """A unit that the caller belongs to."""

    id: int
    zh: str
    en: str


class ViewList(Schema):
    """Own views first, and the units that one can share with."""

    items: list[ViewOut]
    units: list[OwnUnit]


@router.get("/views", response=ViewList)
def views(request: Asked) -> HttpResponse:
    """One's own views and those shared with one's units."""
    return written({"items": queries.views(request.caller), "units": queries.own_units(request.caller)})


@router.post("/views", response={201: ViewOut})
def save(request: Asked, form: NewView) -> HttpResponse:
    """Keep a filter of the queue under a name."""
    by = request.caller
    row = actions.save(form.name, _checked(form.query, by), form.unit_id, by=by, now=clock.now())
    return _shown(row, by, status=201)


@router.patch("/views/{view_id}", response=ViewOut)
def change(request: Asked, view_id: ViewId, form: ViewChange) -> HttpResponse:
    """Rename one's view, keep another filter in it, share it or share it no more."""
    by = request.caller
    query = None if form.query is None else _checked(form.query, by)
    row = actions.change(view_id, actions.Change(form.name, query, form.unit_id), by=by, now=clock.now())
    return _shown(row, by)


@router.delete("/views/{view_id}", response={204: None})
def delete(request: Asked, view_id: ViewId) -> HttpResponse:
    """Delete one's view."""
    actions.delete(view_id, by=request.caller, now=clock.now())
    return HttpResponse(status=204)


def _checked(query: dict[str, str | int | None], by: Caller) -> dict[str, str]:
    """The words if the queue itself would take them: the same form, the same filter."""
    words = rules.kept_words(query)
    try:
        wanted = QueueQuery.model_validate(words)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = str(wrong["loc"][0])
        raise Malformed(
            f"the queue does not understand '{name}': {wrong['msg']}",
            zh=f"案件列表无法识别“{name}”的取值",
            fields={name: wrong["msg"]},
        ) from error
    filters.where(wanted.filter(), by=by, now=clock.now())
    return words


def _shown(row: SavedView, by: Caller, *, status: int = 200) -> HttpResponse:
    answer: dict[str, Any] = queries.shown(row, by=by, owner=by.name)
    return written(answer, status=status)
