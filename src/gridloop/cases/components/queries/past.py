"""A component's card: register, warranty and past; two statements, however many cases it had."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

from gridloop.cases.components import sql
from gridloop.cases.components.rules import recurrence
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.intake import RECURRENCE
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed, NotFound
from gridloop.kernel.statements import run
from gridloop.places import queries as places
from gridloop.places.queries import ComponentView

SHOWN = 5
STAFF = frozenset(Duty) - {Duty.CITIZEN}


def component_card(code: str, *, by: Caller, now: dt.datetime) -> dict[str, Any]:
    """The card of a component for somebody who has a duty where it stands; NotAllowed elsewhere. Three statements."""
    found = places.component(code)
    if by.via != "system" and not any(one.duty in STAFF and found.place.startswith(one.area) for one in by.grants):
        raise NotAllowed(
            f"component {found.code} lies outside your area; an administrator of that area can grant a duty there",
            zh=f"部件 {found.code} 不在您的职责区域内;请由该区域管理员授权",
        )
    return _card(found, masters_now.current(now), now)


def component_of(facts: CaseFacts, masters: Masters, now: dt.datetime) -> dict[str, Any] | None:
    """The card of the component that a case is bound to, for somebody who sees the case; None where it is bound to none. Two statements."""
    if facts.component is None:
        return None
    try:
        found = places.component(facts.component)
    except NotFound:  # a register that was brought in anew may have lost it; the case keeps the code
        return None
    return _card(found, masters, now)


def _card(found: ComponentView, masters: Masters, now: dt.datetime) -> dict[str, Any]:
    state_zh, state_en = places.COMPONENT_STATES.get(found.state, (found.state, found.state))
    return {
        "code": found.code,
        "subclass": found.subclass,
        "name": found.name,
        "state": found.state,
        "state_zh": state_zh,
        "state_en": state_en,
        "lon": found.lon,
        "lat": found.lat,
        "owner": _unit(found.owner_unit_id),
        "maintainer": _unit(found.maintain_unit_id),
        "installed_on": found.installed_on,
        "surveyed_on": found.surveyed_on,
        "warranty": _warranty(found, in_city(now).date()),
        "synthetic": found.synthetic,
        **_past(found.code, masters, now),
    }


def _unit(unit_id: int | None) -> dict[str, Any] | None:
    unit = names.unit(unit_id)
    return {"id": unit.id, "zh": unit.name_zh, "en": unit.name_en} if unit else None


def _warranty(found: ComponentView, today: dt.date) -> dict[str, Any] | None:
    """Who repairs free of charge until when, as data and as a sentence; None where nothing is known."""
    if found.warranty_until is None:
        return None
    until, who = found.warranty_until, found.warranty_contractor
    runs = places.in_warranty(until, today)
    if runs:
        zh, en = (
            f"质保期至 {until}:由{who or '施工单位'}免费维修",
            f"in warranty until {until}: {who or 'the contractor'} repairs free of charge",
        )
    else:
        zh, en = (
            f"质保期已于 {until} 届满({who or '施工单位'})",
            f"out of warranty since {until} ({who or 'contractor'})",
        )
    return {"contractor": who, "until": until, "runs": runs, "zh": zh, "en": en}


def _past(code: str, masters: Masters, now: dt.datetime) -> dict[str, Any]:
    params = {
        "code": code, "most": recurrence.CASES_MAX, "shown": SHOWN, "no_failures": sorted(recurrence.NO_FAILURES),
        "recurrence": RECURRENCE, "quarter": now - recurrence.WINDOW, "year": now - recurrence.YEAR,
    }  # fmt: skip
    quarter, year, going, repairs, root = run(sql.text("past"), params, prepare=True)[0]
    return {
        "failures_90_days": quarter,
        "failures_12_months": year,
        "open": [_open(row, masters) for row in orjson.loads(going or "[]")],
        "repairs": [_repair(row, masters) for row in orjson.loads(repairs or "[]")],
        "root_cause": root,
    }


def _open(row: list[Any], masters: Masters) -> dict[str, Any]:
    number, state, kind, code, at = row
    state_zh, state_en = STATE_NAMES[State(state)]
    opened_at = dt.datetime.fromisoformat(at)
    return {
        "number": number,
        "state_zh": state_zh,
        "state_en": state_en,
        "opened_at": opened_at,
        **_class(kind, code, masters),
    }


def _repair(row: list[Any], masters: Masters) -> dict[str, Any]:
    number, kind, code, at, unit_id, note = row
    unit = names.unit(unit_id)
    return {
        "number": number, "closed_at": dt.datetime.fromisoformat(at), "said": note or "",
        "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "", **_class(kind, code, masters),
    }  # fmt: skip


def _class(kind: str | None, code: str | None, masters: Masters) -> dict[str, str]:
    found = masters.classes.get((kind or "", code or ""))
    return {"class_zh": found.zh if found else "", "class_en": found.en if found else ""}
