"""How the web asks for fences, rules and occasions, draws and writes them, and decides on what waits for a second person."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet import actions
from gridloop.fleet.actions.once import once
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.asking import (
    CHANGES,
    LOOKS,
    Code,
    CodeInPath,
    Codes,
    Cursor,
    Id,
    Limit,
    Metres,
    Moment,
    Search,
    Text,
    file_of,
    key_of,
    seen_version,
)
from gridloop.fleet.api.vehicles import VehicleListOut
from gridloop.fleet.queries import areas as queries
from gridloop.fleet.queries import exports
from gridloop.fleet.rules.areas import checked_rule
from gridloop.fleet.rules.borders import checked_border
from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.fleet.rules.words import rule_words
from gridloop.identity import queries as people
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permits

router = Router(tags=["fences and rules"])
PERMITS: Permits = {
    ("GET", "/fleet/fences"): LOOKS,
    ("POST", "/fleet/fences"): CHANGES,
    ("POST", "/fleet/fences/check"): LOOKS,
    ("GET", "/fleet/fences/export.geojson"): LOOKS,
    ("GET", "/fleet/fences/{code}"): LOOKS,
    ("PATCH", "/fleet/fences/{code}"): CHANGES,
    ("POST", "/fleet/fences/{code}/end"): CHANGES,
    ("GET", "/fleet/rules"): LOOKS,
    ("POST", "/fleet/rules"): CHANGES,
    ("POST", "/fleet/rules/preview"): LOOKS,
    ("GET", "/fleet/rules/{code}"): LOOKS,
    ("PATCH", "/fleet/rules/{code}"): CHANGES,
    ("POST", "/fleet/rules/{code}/end"): CHANGES,
    ("GET", "/fleet/rule-proposals"): LOOKS,
    ("POST", "/fleet/rule-proposals/{proposal_id}/{verdict}"): CHANGES,
    ("GET", "/fleet/occasions"): LOOKS,
    ("PUT", "/fleet/occasions/{code}"): CHANGES,
    ("DELETE", "/fleet/occasions/{code}"): CHANGES,
}
Geometry = dict[str, Any]


class ShapeForm(Schema):
    """A shape: GeoJSON polygon, point with a radius, or line with a full width; WGS-84."""

    model_config = ConfigDict(extra="forbid")
    shape: Literal["area", "circle", "corridor"]
    geometry: Geometry
    radius_m: Metres | None = None
    width_m: Metres | None = None


class FenceForm(ShapeForm):
    """A fence to draw."""

    code: Code
    name_zh: Text
    name_en: Text = ""
    area: Code = ""
    note: Text = ""
    valid_to: Moment | None = None


class FenceChange(Schema):
    """What shall be different from now on."""

    model_config = ConfigDict(extra="forbid")
    shape: Literal["area", "circle", "corridor"] | None = None
    geometry: Geometry | None = None
    radius_m: Metres | None = None
    width_m: Metres | None = None
    name_zh: Text | None = None
    name_en: Text | None = None
    area: Code | None = None
    note: Text | None = None
    valid_to: Moment | None = None


class FenceQuery(Schema):
    """Part of a code or name; `state` is now, over or any."""

    q: Search = ""
    shape: Literal["", "area", "circle", "corridor"] = ""
    state: Literal["now", "over", "any"] = "now"
    limit: Annotated[int, Field(ge=1, le=queries.FENCES_MAX)] = 200
    cursor: Cursor = ""


class EndForm(Schema):
    """Why it ends."""

    model_config = ConfigDict(extra="forbid")
    why: Text


class RuleForm(Schema):
    """A rule, and why it is written or changed; of a change, what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    code: Code = ""
    kind: Code = ""
    name_zh: Text = ""
    name_en: Text = ""
    fences: Codes = []
    kinds: Codes = []
    firms: Annotated[list[Text], Field(max_length=200)] = []
    lists: Codes = []
    plates: Codes = []
    params: Annotated[dict[Code, Any], Field(max_length=20)] = {}
    weekly: Annotated[list[Any], Field(max_length=100)] = []
    holidays: Code = ""
    occasion: Code = ""
    permit_kinds: Codes = []
    severity: Code = "high"
    case_class: Code = ""
    source: Text = ""
    confidence: Code = "local"
    area: Code = ""
    valid_to: Moment | None = None
    why: Text = ""

    def said(self, *, only_set: bool = False) -> dict[str, Any]:
        """The words of the rule, lists as tuples."""
        plain = self.dict(exclude_unset=only_set, exclude={"why"})
        return {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}


class RuleQuery(Schema):
    """Part of a code or name, a kind, a fence that it names; `state` is now, over or any."""

    q: Search = ""
    kind: Code = ""
    fence: Code = ""
    state: Literal["now", "over", "any"] = "now"
    limit: Limit = 100
    cursor: Cursor = ""


class EndingNoteForm(Schema):
    """What is said to the proposer."""

    model_config = ConfigDict(extra="forbid")
    note: Text = ""


class OccasionForm(Schema):
    """A one-off event: spans are [[from, to], ...], ISO moments."""

    model_config = ConfigDict(extra="forbid")
    name_zh: Text
    name_en: Text = ""
    spans: Annotated[list[Any], Field(max_length=200)]


@router.get("/fleet/fences", response=VehicleListOut)
def fences(request: Asked, asked: Query[FenceQuery]) -> HttpResponse:
    """Fences that concern the caller's area, by code, with the rules that name them."""
    page = queries.fences(
        by=request.caller, now=clock.now(), q=asked.q, shape=asked.shape, state=asked.state, limit=asked.limit, cursor=asked.cursor
    )  # fmt: skip
    return written({"items": page.items, "next": page.next})


@router.get("/fleet/fences/export.geojson", response={200: bytes})
def export(request: Asked, asked: Query[FenceQuery]) -> StreamingHttpResponse:
    """The same as GeoJSON, which `import fences` reads again."""
    by, now = request.caller, clock.now()
    rows = exports.paged(
        lambda cursor: queries.fences(
            by=by, now=now, q=asked.q, shape=asked.shape, state=asked.state, limit=500, cursor=cursor
        )
    )
    return file_of("fences", "geojson", exports.shapes(rows))


@router.post("/fleet/fences/check", response=dict[str, Any])
def check(request: Asked, form: ShapeForm) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """Whether this can be a fence, how large it is, and what is odd about it; nothing is written."""
    border = checked_border(
        ShapeKind(form.shape), form.geometry, radius_m=form.radius_m, width_m=form.width_m, city=queries.city_box()
    )
    return written({"area_m2": round(border.area_m2, 1), "notes": _notes(border.notes)})


@router.post("/fleet/fences", response={201: dict[str, Any]})
def draw(request: Asked, form: FenceForm) -> HttpResponse:
    """Draw a fence; it holds from now on."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        drawn = actions.draw_fence(actions.NewFence(**form.dict()), by=by, now=now)
        return queries.fence(drawn.row.code, by=by, now=now) | {"notes": _notes(drawn.notes)}, 201

    body, status = once(key_of(request), ["draw", form.dict()], act, by=by, now=now)
    return written(body, status=status, version=body["version"])


@router.get("/fleet/fences/{code}", response=dict[str, Any])
def fence(request: Asked, code: CodeInPath) -> HttpResponse:
    """One fence with its versions and the rules that name it; the version as ETag."""
    body = queries.fence(code, by=request.caller, now=clock.now())
    return written(body, version=body["version"])


@router.patch("/fleet/fences/{code}", response=dict[str, Any])
def change_fence(request: Asked, code: CodeInPath, form: FenceChange) -> HttpResponse:
    """Another border or other words from now on, as a new version; `If-Match` names the version that was seen."""
    now = clock.now()
    may_be_null = {"radius_m", "width_m", "valid_to"}
    said = {
        name: value for name, value in form.dict(exclude_unset=True).items() if value is not None or name in may_be_null
    }
    drawn = actions.change_fence(code, said, by=request.caller, now=now, version=seen_version(request))
    body = queries.fence(code, by=request.caller, now=clock.now()) | {"notes": _notes(drawn.notes)}
    return written(body, version=body["version"])


@router.post("/fleet/fences/{code}/end", response=dict[str, Any])
def end_fence(request: Asked, code: CodeInPath, form: EndForm) -> HttpResponse:
    """The fence holds no more; refused while a rule names it."""
    actions.end_fence(code, form.why, by=request.caller, now=clock.now(), version=seen_version(request))
    body = queries.fence(code, by=request.caller, now=clock.now())
    return written(body, version=body["version"])


@router.get("/fleet/rules", response=VehicleListOut)
def rules(request: Asked, asked: Query[RuleQuery]) -> HttpResponse:
    """Rules that concern the caller's area, by code, each with its sentence."""
    page = queries.rules(
        by=request.caller, now=clock.now(), q=asked.q, kind=asked.kind, fence_code=asked.fence, state=asked.state, limit=asked.limit,
        cursor=asked.cursor,
    )  # fmt: skip
    return written({"items": page.items, "next": page.next})


@router.post("/fleet/rules/preview", response=dict[str, Any])
def preview(request: Asked, form: RuleForm) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """The rule in words, with the usual numbers filled in, and how many vehicles it concerns; nothing is written."""
    row = checked_rule(actions.NewRule(**form.said()))
    said = row.said()
    zh, en = rule_words(said, queries.names_for(row.fences, [row.occasion], clock.now()))
    return written({"rule": said, "words_zh": zh, "words_en": en, "concerned": queries.concerned(said)})


@router.post("/fleet/rules", response={201: dict[str, Any], 202: dict[str, Any]})
def write(request: Asked, form: RuleForm) -> HttpResponse:
    """Write a rule: 201 in force, 202 where it is critical and waits for a second person."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        made = actions.write_rule(actions.NewRule(**form.said()), form.why, by=by, now=now)
        return _said(request, form.code.strip(), made.waits), 202 if made.waits else 201

    body, status = once(key_of(request), ["write", form.dict()], act, by=by, now=now)
    return written(body, status=status)


@router.get("/fleet/rules/{code}", response=dict[str, Any])
def rule(request: Asked, code: CodeInPath) -> HttpResponse:
    """One rule in words with its versions and proposals; the version as ETag."""
    body = _named(queries.rule(code, by=request.caller, now=clock.now()))
    return written(body, version=body["version"])


@router.patch("/fleet/rules/{code}", response={200: dict[str, Any], 202: dict[str, Any]})
def change_rule(request: Asked, code: CodeInPath, form: RuleForm) -> HttpResponse:
    """Something else from now on, as a new version; 202 where it is critical and waits. `If-Match` names the version that was seen."""
    made = actions.change_rule(
        code, form.said(only_set=True), form.why, by=request.caller, now=clock.now(), version=seen_version(request)
    )
    return written(_said(request, code, made.waits), status=202 if made.waits else 200)


@router.post("/fleet/rules/{code}/end", response={200: dict[str, Any], 202: dict[str, Any]})
def end_rule(request: Asked, code: CodeInPath, form: EndForm) -> HttpResponse:
    """The rule holds no more; 202 where it is critical and waits."""
    made = actions.end_rule(code, form.why, by=request.caller, now=clock.now(), version=seen_version(request))
    return written(_said(request, code, made.waits), status=202 if made.waits else 200)


@router.get("/fleet/rule-proposals", response=VehicleListOut)
def proposals(
    request: Asked, state: Literal["", "proposed", "confirmed", "rejected", "withdrawn"] = "proposed"
) -> HttpResponse:
    """Changes of critical rules that wait for a second person."""
    found = _named({"proposals": queries.proposals(by=request.caller, state=state)})["proposals"]
    return written({"items": found, "next": None})


@router.post("/fleet/rule-proposals/{proposal_id}/{verdict}", response=dict[str, Any])
def decide(request: Asked, proposal_id: Id, verdict: CodeInPath, form: EndingNoteForm) -> HttpResponse:
    """`confirm` or `reject` (another person than the proposer), or `withdraw` (the proposer)."""
    made = actions.decide(proposal_id, verdict, form.note, by=request.caller, now=clock.now())
    if made.waits is None:
        raise Malformed("nothing was decided; look at the proposal again", zh="未作处理,请重新查看该提案")
    return written(queries.proposal_line(made.waits))


@router.get("/fleet/occasions", response=VehicleListOut)
def occasions(request: Asked) -> HttpResponse:
    """One-off events with the rules that name them."""
    return written({"items": queries.occasions(by=request.caller, now=clock.now()), "next": None})


@router.put("/fleet/occasions/{code}", response=dict[str, Any])
def put_occasion(request: Asked, code: CodeInPath, form: OccasionForm) -> HttpResponse:
    """Set an event and its spans."""
    row = actions.put_occasion(code, form.name_zh, form.name_en, form.spans, by=request.caller, now=clock.now())
    return written({"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en, "spans": row.spans})


@router.delete("/fleet/occasions/{code}", response={204: None})
def drop_occasion(request: Asked, code: CodeInPath) -> HttpResponse:
    """Take an event away; refused while a rule in force names it."""
    actions.drop_occasion(code, by=request.caller, now=clock.now())
    return HttpResponse(status=204)


def _said(request: Asked, code: str, waits: Any) -> dict[str, Any]:
    """The rule's card, or nothing but the proposal where a new rule waits."""
    if waits is not None and waits.base_version is None:
        return {"rule": None, "proposal": queries.proposal_line(waits)}
    card = _named(queries.rule(code, by=request.caller, now=clock.now()))
    return {"rule": card, "proposal": queries.proposal_line(waits) if waits else None}


def _named(card: dict[str, Any]) -> dict[str, Any]:
    """Proposals with the names of who proposed and decided; one statement."""
    ids = {one[who] for one in card["proposals"] for who in ("by_id", "decided_by_id") if one[who] is not None}
    names = people.person_names(ids) if ids else {}
    for one in card["proposals"]:
        one["by"], one["decided_by"] = names.get(one["by_id"], ""), names.get(one["decided_by_id"], "")
    return card


def _notes(notes: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"en": en, "zh": zh} for en, zh in notes]
