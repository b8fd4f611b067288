"""One page about why a case is where it is, from its history, today's masters, the forecast, and finished simulations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gridloop.cases.forecast.rules.reasons import in_words
from gridloop.cases.models import Event
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import names, suggestions
from gridloop.cases.queries.card import segments
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.masters import Masters
from gridloop.cases.simulation.models import SimulationChange
from gridloop.cases.why import rules
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DUTY_NAMES, Duty
from gridloop.kernel.statements import run

SENDING = ("dispatch", "redispatch", "rule", "reopen")
"""Steps by which a case is given to a unit."""
FORECAST_SQL = "select p, why, at from cases_forecast where case_id = %(id)s"
CHANGES_MAX = 20
READS_SIMULATIONS = (Duty.LEADER, Duty.SUPERVISOR, Duty.ADMIN)


def why(number: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The page; NotFound for a case that the caller does not see. A handful of statements, one more for each time it was sent."""
    known = facts_now.known(number, by=by, now=now)
    facts, masters = known.facts, known.masters
    history = list(
        Event.objects.filter(case_id=facts.id)
        .order_by("seq")
        .values("seq", "at", "verb", "from_state", "to_state", "by_id", "by_name", "duty", "grant_id", "unit_id", "note", "fields")
    )  # fmt: skip
    events = [[one["seq"], one["at"], one["verb"], one["from_state"], one["to_state"]] for one in history]
    return {
        "number": facts.number,
        "title": facts.title,
        "at": now,
        "masters_version": masters.version,
        "sent": [_sent(one) for one in history if one["verb"] in SENDING and one["unit_id"] is not None],
        "ways": _ways(facts, masters),
        "segments": segments(events),
        "forecast": _forecast(facts.id),
        "replays": _replays(facts.id) if by.holds(*READS_SIMULATIONS) else [],
    }


def _sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """One time that somebody gave the case to a unit, with the grant they did it under as it held then."""
    unit = names.unit(event["unit_id"])
    duty_zh, duty_en = DUTY_NAMES[Duty(event["duty"])] if event["duty"] else ("", "")
    held = people.grants_of(event["by_id"], event["at"]) if event["by_id"] is not None else []
    grant = next((one for one in held if one.id == event["grant_id"]), None)
    return {
        "at": event["at"], "verb": event["verb"], "by": event["by_name"], "duty_zh": duty_zh, "duty_en": duty_en, "note": event["note"],
        "unit_id": event["unit_id"], "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "",
        "grant_id": event["grant_id"], "grant_area": grant.area if grant else None, "grant_from": grant.valid_from if grant else None,
        "grant_to": grant.valid_to if grant else None,
    }  # fmt: skip


def _ways(facts: CaseFacts, masters: Masters) -> list[dict[str, Any]]:
    found = rules.ways(
        masters, masters.classes.get((facts.class_kind or "", facts.class_code or "")), facts.place,
        owner_unit=facts.routing.get("owner_unit"), unit_for_kind=suggestions.unit_of_kind,
    )  # fmt: skip
    units = names.units([way.unit_id for way in found])
    return [
        {
            "kind": way.kind, "decides": way.decides, "rule": way.rule_id, "version": way.version, "priority": way.priority, "area": way.area,
            "pattern": way.pattern, "dept_kind": way.dept_kind, "note_zh": way.note_zh, "note_en": way.note_en, "unit_id": way.unit_id,
            "unit_zh": units[way.unit_id].name_zh if way.unit_id in units else "",
            "unit_en": units[way.unit_id].name_en if way.unit_id in units else "", "chosen": way.unit_id is not None and way.unit_id == facts.unit_id,
        }
        for way in found
    ]  # fmt: skip


def _forecast(case_id: int) -> dict[str, Any] | None:
    rows = run(FORECAST_SQL, {"id": case_id})
    if not rows:
        return None
    p, kept, at = rows[0]
    reasons = [{"code": one.code, "zh": one.zh, "en": one.en} for one in in_words(kept)]
    return {"late_probability": round(p, 4), "at": at, "why": reasons}


def _replays(case_id: int) -> list[dict[str, Any]]:
    """Simulations under whose proposal the case would have gone elsewhere, newest first."""
    rows = SimulationChange.objects.filter(case_id=case_id, simulation__ended_at__isnull=False)
    found = list(rows.select_related("simulation").order_by("-simulation_id")[:CHANGES_MAX])
    units = names.units([unit for row in found for unit in (row.from_unit, row.to_unit)])

    def named(unit_id: int | None, language: str) -> str:
        return units[unit_id].name(language) if unit_id in units else ""

    return [
        {
            "simulation": row.simulation_id, "title": row.simulation.title, "at": row.simulation.at, "from_zh": named(row.from_unit, "zh"),
            "from_en": named(row.from_unit, "en"), "to_zh": named(row.to_unit, "zh"), "to_en": named(row.to_unit, "en"),
        }
        for row in found
    ]  # fmt: skip
