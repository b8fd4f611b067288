"""How a city edits its answer templates and routing rules directly; each change a version from a day on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from gridloop.cases.actions import editing
from gridloop.cases.actions import masters as routes
from gridloop.cases.queries import names
from gridloop.cases.queries import versions as queries
from gridloop.cases.rules.loop import VERBS
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.errors import Malformed, Refused
from gridloop.kernel.permits import Permit, Permits, Scope, in_area

router = Router(tags=["masters"])
READERS = Permit(Scope.SIGNED_IN, frozenset(DESK | {Duty.ADMIN, Duty.AUDITOR}))
PERMITS: Permits = {
    ("GET", "/templates"): READERS,
    ("POST", "/templates"): in_area(*editing.TEMPLATE_DUTIES),
    ("PATCH", "/templates/{code}"): in_area(*editing.TEMPLATE_DUTIES),
    ("DELETE", "/templates/{code}"): in_area(*editing.TEMPLATE_DUTIES),
    ("GET", "/masters/versions"): READERS,
    ("POST", "/masters/routes"): in_area(Duty.ADMIN),
    ("DELETE", "/masters/routes/{route_id}"): in_area(Duty.ADMIN),
}
CLEAN = r"^[^\x00]*$"
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Title = Annotated[str, Field(min_length=1, max_length=100, pattern=CLEAN)]
Words = Annotated[str, Field(min_length=1, max_length=1000, pattern=CLEAN)]


class TemplateForm(Schema):
    """A new answer template."""

    model_config = ConfigDict(extra="forbid")
    code: Code
    verb: Annotated[str, Field(max_length=40)]
    title_zh: Title
    title_en: Title
    text_zh: Words
    text_en: Words


class TemplateChange(Schema):
    """What shall be different."""

    model_config = ConfigDict(extra="forbid")
    verb: Annotated[str, Field(max_length=40)] | None = None
    title_zh: Title | None = None
    title_en: Title | None = None
    text_zh: Words | None = None
    text_en: Words | None = None


class TemplateOut(Schema):
    """A template in force."""

    code: str
    verb: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    version: int
    valid_from: dt.date
    source: str
    confidence: str


class TemplateList(Schema):
    """The templates in force."""

    items: list[TemplateOut]


class RouteForm(Schema):
    """A routing rule from today on: which class (empty is any) where goes to which unit or kind of department."""

    model_config = ConfigDict(extra="forbid")
    area: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")]
    class_kind: Literal["", "component", "event"] = ""
    class_prefix: Annotated[str, Field(pattern=r"^[0-9]{0,4}$")] = ""
    unit_id: Annotated[int, Field(ge=1, le=2**62)] | None = None
    dept_kind: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
    priority: Annotated[int, Field(ge=0, le=1000)] = 100
    note_zh: Annotated[str, Field(max_length=200, pattern=CLEAN)] = ""
    note_en: Annotated[str, Field(max_length=200, pattern=CLEAN)] = ""


class VersionOut(Schema):
    """One version of one row of the masters."""

    table: str
    key: str
    version: int
    valid_from: dt.date
    valid_to: dt.date | None
    what: dict[str, Any]
    confidence: str
    source: str


class VersionList(Schema):
    """The number of the masters now, and the versions, newest first."""

    version: int
    items: list[VersionOut]


class RouteMade(Schema):
    """The new routing rule."""

    id: int


def _known(verb: str | None) -> None:
    if verb is not None and verb not in VERBS:
        raise Malformed(
            f"there is no verb '{verb}' in the loop", zh=f"没有“{verb}”这个步骤", fields={"verb": "unknown"}
        )


@router.get("/templates", response=TemplateList)
def templates(request: Asked, verb: Annotated[str, Query(max_length=40)] = "") -> dict[str, Any]:  # noqa: ARG001 - Ninja's signature
    """The answer templates in force, of one verb or of all."""
    return {"items": queries.templates(clock.now(), verb=verb)}


@router.post("/templates", response={201: TemplateOut})
def add_template(request: Asked, form: TemplateForm) -> Status[dict[str, Any]]:
    """A new answer template, from today on."""
    _known(form.verb)
    row = editing.add_template(editing.NewTemplate(**form.dict()), by=request.caller, now=clock.now())
    return Status(201, queries.template(row))


@router.patch("/templates/{code}", response=TemplateOut)
def change_template(request: Asked, code: Annotated[str, Path(max_length=40)], form: TemplateChange) -> dict[str, Any]:
    """A new version of a template, from today on."""
    _known(form.verb)
    changes = {name: value for name, value in form.dict().items() if value is not None}
    return queries.template(editing.change_template(code, changes, by=request.caller, now=clock.now()))


@router.delete("/templates/{code}", response={204: None})
def end_template(request: Asked, code: Annotated[str, Path(max_length=40)]) -> Status[None]:
    """End a template; its versions stay."""
    editing.end_template(code, by=request.caller, now=clock.now())
    return Status(204, None)


@router.get("/masters/versions", response=VersionList)
def versions(request: Asked) -> dict[str, Any]:  # noqa: ARG001 - Ninja's signature
    """What was changed in limits, routes and templates, with the days from and until which each version holds."""
    number, items = queries.versions(clock.now())
    return {"version": number, "items": items}


@router.post("/masters/routes", response={201: RouteMade})
def add_route(request: Asked, form: RouteForm) -> Status[RouteMade]:
    """A routing rule from today on; one for the same class, area and priority is ended and followed."""
    identity.require_grant(request.caller, Duty.ADMIN, area=form.area)
    if form.unit_id is not None and names.unit(form.unit_id) is None:
        raise Refused(
            f"there is no unit {form.unit_id}",
            zh=f"没有编号为 {form.unit_id} 的单位",
            fields={"unit_id": "not on the list"},
        )
    return Status(201, RouteMade(id=routes.add_route(**form.dict(), by=request.caller, now=clock.now())))


@router.delete("/masters/routes/{route_id}", response={204: None})
def end_route(request: Asked, route_id: Annotated[int, Path(ge=1, le=2**62)]) -> Status[None]:
    """A routing rule holds no more from today on."""
    identity.require_grant(request.caller, Duty.ADMIN, area=queries.route_area(route_id))
    routes.end_route(route_id, by=request.caller, now=clock.now())
    return Status(204, None)
