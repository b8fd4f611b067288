"""What other routes or classes would have done: which cases of the last 30 days would go to another unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from gridloop.cases import models
from gridloop.cases.proposals import sql
from gridloop.cases.proposals.queries import asking
from gridloop.cases.proposals.queries.asking import PAST, ROWS_MAX, Lines, Wish
from gridloop.cases.proposals.rules.effect import Line, line
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.queries.suggestions import unit_of_kind
from gridloop.cases.rules.masters import Masters, Route
from gridloop.cases.rules.routing import ordered, routed
from gridloop.kernel.statements import run

SAMPLE = 10
CLASSED = "c.class_kind = %(kind)s and c.class_code = %(code)s"


def of_route(wish: Wish) -> Lines:
    """How many cases of 30 days would go elsewhere, and some of them."""
    priority, kind, prefix, area = wish.key.split(":")
    named = (int(priority), kind, prefix, area)
    masters = masters_now.current(wish.now)
    kept = [one for one in masters.routes if (one.priority, one.kind, one.code_prefix, one.area) != named]
    if wish.after is not None:
        newest = max((one.id for one in masters.routes), default=0) + 1
        kept.append(_route(newest, named, wish.after))
    other = replace(masters, routes=ordered(tuple(kept)))
    which = "(%(kind)s = '' or c.class_kind = %(kind)s) and starts_with(c.class_code, %(prefix)s) and starts_with(c.place, %(area)s)"
    lines, sample, rows = _elsewhere(wish, masters, other, which, {"kind": kind, "prefix": prefix, "area": area})
    return asking.told(lines, PAST, sample=sample, rows=rows)


def _route(route_id: int, named: tuple[int, str, str, str], values: Mapping[str, Any]) -> Route:
    priority, kind, prefix, area = named
    return Route(
        id=route_id, version=1, priority=priority, kind=kind, code_prefix=prefix, area=area, unit_id=values["unit_id"], dept_kind=values["dept_kind"],
        note_zh=values["note_zh"], note_en=values["note_en"],
    )  # fmt: skip


def of_class(wish: Wish) -> Lines:
    """Of an ended class: open cases, and the rules and routes that name it. Of a changed one: which cases would go elsewhere."""
    kind, code = wish.key.split(":")
    params = {"kind": kind, "code": code}
    lines = asking.counts(wish, CLASSED, params)
    masters = masters_now.current(wish.now)
    if wish.after is None:
        return asking.told([*lines, *_naming(kind, code, masters)], *_left(lines))
    there = masters.classes.get((kind, code))
    if wish.before is None or there is None or wish.before["dept_kind"] == wish.after["dept_kind"]:
        return asking.told(lines)
    changed = replace(there, dept_kind=wish.after["dept_kind"])
    other = replace(masters, classes={**masters.classes, (kind, code): changed})
    moved, sample, rows = _elsewhere(wish, masters, other, CLASSED, params)
    return asking.told([*lines, *moved], PAST, sample=sample, rows=rows)


def _naming(kind: str, code: str, masters: Masters) -> list[Line]:
    rules = models.FilingRule.objects.filter(kind=kind, code=code, valid_to__isnull=True).count()
    routes = sum(one.kind == kind and one.code_prefix == code for one in masters.routes)
    return [
        line("rules", "引用它的立案条件", "filing rules that name it", "count", rules, None),
        line("routes", "引用它的路由规则", "routes that name it", "count", routes, None),
    ]


def _left(lines: list[Line]) -> list[tuple[str, str]]:
    notes = [("停用后不能再选择该类别,已有案件不变", "it cannot be chosen any more; cases that have it keep it")]
    if lines[0]["before"]:
        notes.append(("仍有未结案件属于该类别", "there are open cases of it still"))
    return notes


def _elsewhere(
    wish: Wish, masters: Masters, other: Masters, which: str, params: Mapping[str, Any]
) -> tuple[list[Line], list[dict[str, Any]], int]:
    """How many cases go elsewhere under the other masters, a sample of them, and how many were looked at."""
    rows = run(sql.text("routed").format(which=which), {**params, "since": wish.since, "most": ROWS_MAX})

    @cache
    def ways(place: str, kind: str, code: str, owner: int | None) -> tuple[int | None, int | None]:
        was, would = (
            routed(one, one.classes.get((kind, code)), place, owner_unit=owner, unit_for_kind=unit_of_kind).unit_id
            for one in (masters, other)
        )
        return was, would

    moved = []
    for number, title, place, kind, code, owner in rows:
        was, would = ways(place, kind, code, owner)
        if was != would:
            moved.append((number, title, was, would))
    lines = [
        line("looked", "最近 30 天相关的案件", "cases of the last 30 days it speaks about", "count", len(rows), None),
        line("elsewhere", "其中将派往其他单位", "of them to another unit", "count", None, len(moved)),
    ]
    known = names.units(unit for one in moved[:SAMPLE] for unit in one[2:])
    sample = [{"number": one[0], "title": one[1], **_unit("before", known.get(one[2] or 0)), **_unit("after", known.get(one[3] or 0))} for one in moved[:SAMPLE]]  # fmt: skip
    return lines, sample, len(rows)


def _unit(stem: str, unit: Any) -> dict[str, str]:
    return {f"{stem}_zh": unit.name_zh if unit else "无单位", f"{stem}_en": unit.name_en if unit else "no unit"}
