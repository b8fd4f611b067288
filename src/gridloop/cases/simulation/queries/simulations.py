"""Former simulations, one with its result, and the cases that change hands; each a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gridloop.cases.insight.queries import naming
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.simulation.models import Simulation, SimulationChange
from gridloop.cases.simulation.queries import reading
from gridloop.cases.simulation.queries.scope import READERS, areas_of, covered
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import NotFound, Refused
from gridloop.places import queries as places

SHOWN = 50
LIMIT_MAX = 200
AREA_LEVELS = (3, 4)
"""Districts, and townships with subdistricts."""
LISTED = (
    "pk", "title", "at", "days", "by_name", "state", "done", "of", "ended_at", "position", "totals", "areas", "switch_from", "switch_asked_at",
    "switched_at",
)  # fmt: skip


def one_of(simulation_id: int, *, by: Caller) -> Simulation:
    """A simulation that read nothing beyond what the caller may read; NotFound for others. One statement."""
    held = areas_of(by, READERS)
    found = Simulation.objects.filter(pk=simulation_id).first()
    if found is None or not covered(found.areas, held):
        raise NotFound(f"there is no simulation {simulation_id} for you", zh=f"没有可查看的模拟 {simulation_id}")
    return found


def done_one(simulation_id: int, *, by: Caller) -> Simulation:
    """The same, once it has a result; Refused before."""
    found = one_of(simulation_id, by=by)
    if found.state != "done":
        raise Refused("the simulation has no result yet", zh="模拟尚无结果")
    return found


def listed(*, by: Caller, before: int | None) -> dict[str, Any]:
    """Simulations that the caller may read, newest first; one statement."""
    held = areas_of(by, READERS)
    rows = Simulation.objects.order_by("-pk")
    page = list((rows.filter(pk__lt=before) if before else rows).values(*LISTED)[: SHOWN + 1])
    items = [
        {**{name: one[name] for name in LISTED if name not in {"pk", "areas"}}, "id": one["pk"]}
        for one in page[:SHOWN]
        if covered(one["areas"], held)
    ]  # fmt: skip
    return {"items": items, "next": str(page[SHOWN - 1]["pk"]) if len(page) > SHOWN else None}


def told(found: Simulation, *, now: dt.datetime) -> dict[str, Any]:
    """One simulation with its proposal, figures and the names of what they speak of."""
    figures = {name: value for name, value in found.figures.items() if name != "ways"}
    return {
        "id": found.pk, "title": found.title, "at": found.at, "days": found.days, "by_name": found.by_name, "state": found.state, "done": found.done,
        "of": found.of, "ended_at": found.ended_at, "error_zh": found.error_zh, "error_en": found.error_en, "position": found.position,
        "masters_version": found.masters_version, "areas": found.areas, "proposal": found.proposal, "totals": found.totals, "figures": figures,
        "switch": _switch(found), "names": _names(found, now),
    }  # fmt: skip


def _switch(found: Simulation) -> dict[str, Any]:
    asked = found.switch_asked_at is not None
    return {
        "state": "done" if found.switched_at else "asked" if asked else "none", "from": found.switch_from, "why": found.switch_why,
        "asked_by": found.switch_asked_by, "asked_name": found.switch_asked_name, "asked_at": found.switch_asked_at, "by_name": found.switch_name,
        "at": found.switched_at, "two": bool(found.proposal.get("limits")),
    }  # fmt: skip


def _names(found: Simulation, now: dt.datetime) -> dict[str, dict[str, list[str]]]:
    figures, proposal = found.figures, found.proposal
    units: set[int | None] = {one["unit_id"] for one in figures.get("units", ())}
    units |= {
        one.get("unit")
        for name in ("routes_added", "boundaries")
        for one in proposal.get(name, ())
        if isinstance(one.get("unit"), int)
    }
    units |= {one.get(end) for one in proposal.get("mergers", ()) for end in ("from", "to")}
    areas = {one["group"] for one in figures.get("areas", ())}
    areas |= {one["area"] for name in ("routes_added", "boundaries") for one in proposal.get(name, ())}
    areas |= {one["area"] for one in figures.get("warnings", ()) if "area" in one}
    classes = {one["group"] for one in figures.get("classes", ())} | {
        f"{one['kind']}:{one['code']}" for one in proposal.get("limits", ())
    }
    return {
        "units": naming.units(units),
        "areas": naming.places(one for one in areas if one),
        "classes": naming.classes(classes, masters_now.current(now)),
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the cases that change hands; 0 means no unit, None any."""

    from_unit: int | None = None
    to_unit: int | None = None
    class_key: str = ""
    after: int = 0
    limit: int = SHOWN


def changes(found: Simulation, wanted: Wanted, *, now: dt.datetime) -> dict[str, Any]:
    """A page of the cases that change hands, in the order of their ids, with the rule and reason before and after."""
    rows = SimulationChange.objects.filter(simulation_id=found.pk, case_id__gt=wanted.after)
    for name, unit in (("from_unit", wanted.from_unit), ("to_unit", wanted.to_unit)):
        if unit is not None:
            rows = rows.filter(**{f"{name}__isnull": True}) if unit == 0 else rows.filter(**{name: unit})
    if wanted.class_key:
        rows = rows.filter(class_key=wanted.class_key)
    page = list(rows.order_by("case_id")[: wanted.limit + 1])
    items = [change(one, found.figures.get("ways", [])) for one in page[: wanted.limit]]
    return {
        "items": items,
        "next": str(page[wanted.limit - 1].case_id) if len(page) > wanted.limit else None,
        "names": change_names(page[: wanted.limit], now),
    }


def change(one: SimulationChange, ways: list[dict[str, Any]]) -> dict[str, Any]:
    """One case that changes hands, in plain values."""
    before, after = ways[one.before], ways[one.after]
    return {
        "number": one.number, "title": one.title, "class": one.class_key, "place": one.place, "opened_at": one.opened_at, "from": one.from_unit,
        "to": one.to_unit, "rule_before": before["rule"], "why_before_zh": before["zh"], "why_before_en": before["en"],
        "rule_after": after["rule"], "why_after_zh": after["zh"], "why_after_en": after["en"],
    }  # fmt: skip


def change_names(page: Iterable[SimulationChange], now: dt.datetime) -> dict[str, dict[str, list[str]]]:
    """Names of units, classes and places of these cases."""
    rows = list(page)
    return {
        "units": naming.units({unit for one in rows for unit in (one.from_unit, one.to_unit)}),
        "classes": naming.classes((one.class_key for one in rows), masters_now.current(now)),
        "places": naming.places(one.place for one in rows),
    }


def ground(*, by: Caller, now: dt.datetime) -> dict[str, Any]:
    """What the forms choose from: the routing rules in force, kinds of department, what was said of areas, and mergers."""
    areas_of(by, READERS)
    known = reading.ground(now)
    masters = known.masters
    routes: list[dict[str, Any]] = [
        {
            "id": one.id, "class_kind": one.kind, "class_prefix": one.code_prefix, "area": one.area, "unit_id": one.unit_id, "dept_kind": one.dept_kind,
            "priority": one.priority, "note_zh": one.note_zh, "note_en": one.note_en,
        }
        for one in masters.routes
    ]  # fmt: skip
    boundaries: list[dict[str, Any]] = [
        {"kind": kind, "area": area, "unit_id": unit} for kind, said in sorted(masters.answers.items()) for area, unit in said
    ]  # fmt: skip
    kinds = {one.dept_kind: [one.dept_zh, one.dept_en] for one in masters.classes.values()}
    return {
        "today": in_city(now).date(),
        "routes": routes,
        "kinds": [
            {"kind": kind, "zh": kinds.get(kind, [kind])[0], "en": kinds.get(kind, [kind])[-1]}
            for kind in sorted(known.kinds())
        ],
        "boundaries": boundaries,
        "areas": [
            {"area": one.area, "zh": one.name_zh, "en": one.name_en}
            for level in AREA_LEVELS
            for one in places.divisions(level=level)
        ],
        "mergers": [{"from": one, "to": to} for one, to in sorted(masters.successors.items())],
        "names": {
            "units": naming.units(
                {one["unit_id"] for one in (*routes, *boundaries)}
                | {unit for pair in masters.successors.items() for unit in pair}
            ),
            "areas": naming.places(one["area"] for one in (*routes, *boundaries) if one["area"]),
        },
    }
