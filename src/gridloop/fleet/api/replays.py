"""How the web asks a rule of the past: a proposed version against the one in force, over the last days."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet.actions import replays as actions
from gridloop.fleet.actions.once import once
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.areas import RuleForm
from gridloop.fleet.api.asking import CodeInPath, Id, key_of
from gridloop.fleet.api.vehicles import VehicleListOut
from gridloop.fleet.queries import replays as queries
from gridloop.fleet.rules.replays import DAYS_MAX
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["fences and rules"])
ASKS = in_area(queries.ASKING)
PERMITS: Permits = {
    ("POST", "/fleet/rules/{code}/replay"): ASKS,
    ("GET", "/fleet/rules/{code}/replays"): ASKS,
    ("GET", "/fleet/replays/{replay_id}"): ASKS,
}


class ReplayForm(Schema):
    """How many days back, and what would be different of the rule (as of a change); kind and code stay."""

    model_config = ConfigDict(extra="forbid")
    days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = 14
    proposed: RuleForm


@router.post("/fleet/rules/{code}/replay", response={201: dict[str, Any]})
def ask(request: Asked, code: CodeInPath, form: ReplayForm) -> HttpResponse:
    """Ask what the rule would have told if it had been so; reckoned by a job, read the answer by its number."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        made = actions.ask(code, form.proposed.said(only_set=True), days=form.days, by=by, now=now)
        return queries.replay(made.pk, by=by, now=now), 201

    body, status = once(key_of(request), ["replay", code, form.dict(exclude_unset=True)], act, by=by, now=now)
    return written(body, status=status)


@router.get("/fleet/rules/{code}/replays", response=VehicleListOut)
def replays(request: Asked, code: CodeInPath) -> HttpResponse:
    """The newest questions about a rule, with their totals."""
    return written({"items": queries.replays(code, by=request.caller), "next": None})


@router.get("/fleet/replays/{replay_id}", response=dict[str, Any])
def replay(request: Asked, replay_id: Id) -> HttpResponse:
    """One question: how far it is, and per day, per vehicle and with examples what only the old, only the new, or both would have told."""
    return written(queries.replay(replay_id, by=request.caller, now=clock.now()))
