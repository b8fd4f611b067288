"""A small town without a database: three kinds of department, two districts, and cases of any sort."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.cases.rules.masters import CaseClass, FilingRule, Masters, Route
from gridloop.cases.simulation.rules import figures, proposed
from gridloop.cases.simulation.rules.columns import Told
from gridloop.cases.simulation.rules.proposal import Ground, Proposal
from gridloop.cases.simulation.rules.replay import Replay
from gridloop.cases.simulation.rules.rows import Row

AT = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
START = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)  # nine on a Monday
SANI_EAST, SANI_WEST, ROADS, GARDENS = 1, 2, 3, 4
KINDS = {SANI_EAST: "sani", SANI_WEST: "sani", ROADS: "road", GARDENS: "garden"}
AREAS = {SANI_EAST: "350203", SANI_WEST: "350206", ROADS: "3502", GARDENS: "3502"}
PLACES = ("350203001001001", "350203002001", "350206001001001", "350206", "3502")
CLASSES = (
    ("event", "0101", "sani"),
    ("event", "0102", "sani"),
    ("event", "0301", "road"),
    ("component", "0501", "garden"),
)


def of_kind(kind: str, place: str) -> int | None:
    """The unit of a kind with the narrowest area round the place."""
    mine = sorted((unit for unit, one in KINDS.items() if one == kind), key=lambda unit: (-len(AREAS[unit]), unit))
    return next((unit for unit in mine if place.startswith(AREAS[unit])), None)


def masters(**more: Any) -> Masters:
    """The town's masters: one rule for each class, one working day, and one routing rule."""
    clock = Clock(WorkCalendar("town", {}, frozenset({2026})), WorkHours(), dt.date(2026, 1, 1), dt.date(2027, 12, 31))
    classes = {
        (kind, code): CaseClass(kind, code, code, code, "", "", dept, dept, dept, "normal", "point", "", "")
        for kind, code, dept in CLASSES
    }  # fmt: skip
    rules = {
        (kind, code, 1): FilingRule(kind, code, 1, "", "", 1.0, "working_day", {"A": 1.0, "B": 1.0, "C": 1.0}, "normal", "", "", "", 1)
        for kind, code, _ in CLASSES
    }  # fmt: skip
    routes = (Route(7, 1, 100, "event", "0102", "350203", ROADS, "", "", ""),)
    return Masters(**{"version": 5, "clock": clock, "classes": classes, "rules": rules, "routes": routes} | more)


def ground(**more: Any) -> Ground:
    """What proposals of the town can speak of."""
    return Ground(masters(**more), KINDS, {"EAST": SANI_EAST, "WEST": SANI_WEST, "ROADS": ROADS, "GARDENS": GARDENS})


def a_row(number: int, **more: Any) -> Row:
    """A finished case of litter in the east; dispatched at once, done after two hours."""
    opened = START + dt.timedelta(hours=number % 200)
    said: dict[str, Any] = {
        "id": number, "number": f"20261102-{number:06d}", "title": "", "place": PLACES[0], "class_kind": "event", "class_code": "0101", "rule_no": 1,
        "opened_at": opened, "unit_id": SANI_EAST, "state": "closed", "dispatched_at": opened, "finished_at": opened + dt.timedelta(hours=2),
        "closed_at": opened + dt.timedelta(hours=3), "due_at": None, "owner_unit": None, "trail": (),
    }  # fmt: skip
    return Row(**said | more)


def replayed(
    wanted: Proposal, rows: list[Row], *, portion: int = 1000, base: Masters | None = None
) -> tuple[Told, Replay]:
    """The rows in portions under the town's masters and the proposed ones."""
    before = proposed.today_for_all(base or masters())
    after = proposed.applied(before, wanted)
    known = proposed.prefixes(before) | proposed.prefixes(after) | set(AREAS.values())
    replay = Replay(before, after, unit_for_kind=of_kind, prefixes=known, at=AT)
    for at in range(0, len(rows), portion):
        replay.add(rows[at : at + portion])
    return replay.told(), replay


def result(wanted: Proposal, rows: list[Row], *, portion: int = 1000, seed: int = 11) -> dict[str, Any]:
    """The figures of such a replay."""
    told, _ = replayed(wanted, rows, portion=portion)
    return figures.figures(told, days=18, seed=seed)
