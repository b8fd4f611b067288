"""How the web asks for lists of vehicles, names them, says who is on them and ends them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet import actions
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.asking import CHANGES, LOOKS, Code, CodeInPath, Text, seen_version
from gridloop.fleet.api.vehicles import VehicleListOut
from gridloop.fleet.queries import lists as queries
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits

router = Router(tags=["vehicles"])
PERMITS: Permits = {
    ("GET", "/fleet/lists"): LOOKS,
    ("POST", "/fleet/lists/check"): CHANGES,
    ("GET", "/fleet/lists/{code}"): LOOKS,
    ("PUT", "/fleet/lists/{code}"): CHANGES,
    ("DELETE", "/fleet/lists/{code}"): CHANGES,
    ("PUT", "/fleet/lists/{code}/vehicles"): CHANGES,
}
LINES_MAX = 5_000


class ListForm(Schema):
    """What a list is called."""

    model_config = ConfigDict(extra="forbid")
    name_zh: Text
    name_en: Text = ""
    note: Text = ""


class ListedForm(Schema):
    """Plates, one a line; blank lines count for the numbers of lines only."""

    model_config = ConfigDict(extra="forbid")
    lines: Annotated[list[Text], Field(max_length=LINES_MAX)]


class ListedCheckForm(ListedForm):
    """The same, and the list that they are for where there is one already."""

    code: Code = ""


@router.get("/fleet/lists", response=VehicleListOut)
def lists(request: Asked) -> HttpResponse:
    """Lists of vehicles with how many stand on each and the rules that name it."""
    return written({"items": queries.lists(by=request.caller, now=clock.now()), "next": None})


@router.post("/fleet/lists/check", response=dict[str, Any])
def check(request: Asked, form: ListedCheckForm) -> HttpResponse:
    """Which lines name no registered vehicle of the caller's area, and who would come and go; nothing is written."""
    read = queries.read_plates(form.lines, request.caller)
    before, wanted = set(queries.own_plates(form.code, request.caller) if form.code else ()), set(read.plates)
    return written(
        {
            "vehicles": len(read.plates), "twice": read.twice, "added": len(wanted - before), "gone": len(before - wanted),
            "wrong_count": len(read.wrong), "wrong": [one.said() for one in read.wrong[: queries.TOLD_MAX]],
        }
    )  # fmt: skip


@router.get("/fleet/lists/{code}", response=dict[str, Any])
def card(request: Asked, code: CodeInPath) -> HttpResponse:
    """One list with the plates on it; who is on it as ETag."""
    body = queries.vehicle_list(code, by=request.caller, now=clock.now())
    return written(body, version=body["version"])


@router.put("/fleet/lists/{code}", response=dict[str, Any])
def put_list(request: Asked, code: CodeInPath, form: ListForm) -> HttpResponse:
    """Make a list or call it something else."""
    row = actions.put_list(code, form.name_zh, form.name_en, form.note, by=request.caller, now=clock.now())
    return written({"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en, "note": row.note})


@router.put("/fleet/lists/{code}/vehicles", response=dict[str, Any])
def fill(request: Asked, code: CodeInPath, form: ListedForm) -> HttpResponse:
    """Exactly these vehicles of the caller's area stand on it; refused while a line is wrong. `If-Match` names who was seen on it."""
    by, now = request.caller, clock.now()
    filled = actions.fill_list(code, form.lines, by=by, now=now, version=seen_version(request))
    body = queries.vehicle_list(code, by=by, now=now) | {"added": len(filled.added), "gone": len(filled.gone)}
    return written(body, version=body["version"])


@router.delete("/fleet/lists/{code}", response={204: None})
def drop(request: Asked, code: CodeInPath) -> HttpResponse:
    """End a list; refused while a rule in force names it or vehicles of other areas stand on it."""
    actions.drop_list(code, by=request.caller, now=clock.now())
    return HttpResponse(status=204)
