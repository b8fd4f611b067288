"""An answer as it leaves the house: the question, the figures, the names of the groups, and what the figures can be held to."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gridloop.audit import queries as ledger
from gridloop.cases.evaluation.queries import figures, statement
from gridloop.cases.evaluation.rules.indicators import ROLES
from gridloop.cases.evaluation.rules.question import Question, checked
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.identity import queries as identity

FORM = 1
"""Version of the form of a saved answer."""
NOT_KNOWN = ("未知", "not known")


def answer(kind: str, question: Question, *, at: dt.datetime, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Ask one question now; with what is needed to ask it again as of the same position of the ledger."""
    extra = dict(more or {})
    found, position = figures.ASKED[kind](checked(question), at=at, **extra)
    return {
        "form": FORM,
        "kind": kind,
        "question": question.written(),
        "more": extra,
        "cite": cited(question, position, at),
        "figures": found,
        "names": group_names(kind, question, found, at),
    }


def cited(question: Question, position: int, at: dt.datetime) -> dict[str, Any]:
    """What the figures can be held to. The checkpoint is the newest signed one that the ledger had; None before the first."""
    checkpoint = ledger.checkpoint()
    return {
        "ledger_position": position,
        "checkpoint_size": checkpoint.size if checkpoint else None,
        "checkpoint": base64.b64encode(checkpoint.root).decode() if checkpoint else None,
        "query_version": statement.query_version(),
        "from": question.since.isoformat(),
        "to": question.until.isoformat(),
        "computed_at": at.astimezone(dt.UTC).isoformat(),
    }


def group_names(kind: str, question: Question, found: Mapping[str, Any], at: dt.datetime) -> dict[str, list[str]]:
    """Chinese and English name of every group in the answer; not part of what is verified, because names change."""
    groups = {str(row["group"]) for row in found["rows"]}
    by = {"league": "unit", "stopclock": "unit", "heat": "area"}.get(kind, question.by)
    made: dict[str, tuple[str, str]] = _classes(groups, at) if by == "class" else {}
    if by in NAMED:
        made = NAMED[by](groups)
    if kind == "stopclock":
        made |= _reasons({str(row["reason"]) for row in found["rows"]}, at)
    return {name: list(pair) for name, pair in made.items()}


def _units(groups: Iterable[str]) -> dict[str, tuple[str, str]]:
    known = names.units([int(one) for one in groups if one])
    return {one: _unit(known.get(int(one))) if one else ("未派遣", "no unit yet") for one in groups}


def _unit(view: Any) -> tuple[str, str]:
    return (view.name_zh, view.name_en) if view else NOT_KNOWN


def _areas(groups: Iterable[str]) -> dict[str, tuple[str, str]]:
    wanted = list(groups)
    known = names.places_named(wanted)
    return {one: known.get(one[: names.VILLAGE_DIGITS], ("", "")) for one in wanted}


def _classes(groups: Iterable[str], at: dt.datetime) -> dict[str, tuple[str, str]]:
    masters = masters_now.current(at)
    found = {}
    for one in groups:
        kind, _, code = one.partition(":")
        known = masters.classes.get((kind, code))
        found[one] = (known.zh, known.en) if known else ("未定类别", "no class yet")
    return found


def _people(groups: Iterable[str]) -> dict[str, tuple[str, str]]:
    wanted = [one.partition(":") for one in groups]
    known = identity.person_names([int(person) for _, _, person in wanted if person])
    found = {}
    for role, colon, person in wanted:
        name = known.get(int(person), "?") if person else "?"
        found[role + colon + person] = (f"{name}({ROLES[role][0]})", f"{name} ({ROLES[role][1]})")
    return found


NAMED: Mapping[str, Callable[[Iterable[str]], dict[str, tuple[str, str]]]] = {
    "unit": _units,
    "area": _areas,
    "person": _people,
}
"""Who knows the names of which groups."""


def _reasons(codes: Iterable[str], at: dt.datetime) -> dict[str, tuple[str, str]]:
    masters = masters_now.current(at)
    plain = {
        "returned": ("已回退,待重新派遣", "returned, waiting for dispatch"),
        "arbitration": ("裁决中", "in arbitration"),
    }
    found = dict(plain)
    for code in codes:
        clause = masters.suspend_reasons.get(code)
        if clause is not None:
            found[code] = (clause.zh, clause.en)
    return found
