"""Cases of a piece of the map: as marks that cluster by the square, and as figures by state and class."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gridloop.cases import sql as statements
from gridloop.cases.map import sql
from gridloop.cases.queries import filters
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import Filter
from gridloop.cases.queries.tiles import WORLD_M
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.kernel.caller import Caller
from gridloop.places import queries as places

READ_MAX = 20_000
"""More cases than this are not gathered for one screen: the newest are, and the answer says so."""
SQUARES_ACROSS = 24  # squares of 50 to 80 pixels on a desk's screen
SQUARE_ZOOM = 3  # the world is 512 pixels wide at zoom 0, and 2^3 squares of 64
FINER_MOST = 2
DEGREES = 360.0
NARROWEST_DEG = 1e-5
KINDS = {"component": ("部件", "component"), "event": ("事件", "event"), "": ("未定类别", "no class yet")}


def marks(asked: Filter, shape: places.Shape, *, zoom: int | None = None, by: Caller, now: datetime) -> dict[str, Any]:
    """Marks [lon, lat, n, weight, number, title] of the cases in a shape, with `n` of them all and whether only the newest were read.

    One statement, and one when the masters have changed.
    """
    rows = _run("marks", asked, {"side_m": side_m(shape, zoom)}, by=by, now=now)
    masters = masters_now.current(now)
    found = [
        [round(lon, 6), round(lat, 6), n, weight, number, _title(title, masters, kind, code, by.language)]
        for lon, lat, n, weight, number, title, kind, code in rows
    ]
    n = sum(mark[2] for mark in found)
    return {"marks": found, "n": min(n, READ_MAX), "cut": n > READ_MAX}


def figures(asked: Filter, *, by: Caller, now: datetime) -> dict[str, Any]:
    """How many cases are in the piece that the filter names, late ones, and parts by state and by class; one statement."""
    rows = _run("counts", asked, {"now": now}, by=by, now=now)
    n = sum(row[3] for row in rows)
    masters = masters_now.current(now)
    states = _summed((row[0], row[3]) for row in rows)
    classes = _summed((f"{row[1]}:{row[2]}", row[3]) for row in rows)
    big = {f"{one.kind}:{one.code[:2]}": (one.class_zh, one.class_en) for one in masters.classes.values()}
    parts = [part(f"state:{state}", STATE_NAMES[State(state)], states[state]) for state in State if state in states]
    parts += [
        part(f"class:{key}", big.get(key) or KINDS.get(key.partition(":")[0], KINDS[""]), classes[key])
        for key in sorted(classes)
    ]
    return {
        "n": min(n, READ_MAX),
        "more": n > READ_MAX,
        "about": False,
        "late": sum(row[4] for row in rows),
        "parts": parts,
    }


def side_m(shape: places.Shape, zoom: int | None = None) -> float:
    """Side of the squares that cases are gathered in, web Mercator metres: a power of two of the world, so that marks stay when the map is moved.

    Where the zoom of the map is known, 64 to 128 of its pixels; never so fine that the marks of a wide piece could not be drawn.
    """
    fine = math.log2(DEGREES * SQUARES_ACROSS / max(shape.width_deg, NARROWEST_DEG))
    if zoom is not None:
        fine = min(zoom + SQUARE_ZOOM, fine + FINER_MOST)
    return WORLD_M / 2.0 ** round(fine)


def part(key: str, words: tuple[str, str], n: int) -> dict[str, Any]:
    """One part of a figure, named in both languages."""
    return {"key": key, "zh": words[0], "en": words[1], "n": n}


def _run(name: str, asked: Filter, more: dict[str, Any], *, by: Caller, now: datetime) -> list[tuple[Any, ...]]:
    scope = filters.scope_terms(by)
    if not scope:
        return []
    made = filters.where(asked, by=by, now=now)
    for _, own in scope:
        made.params |= own
    text = (
        sql.text(name)
        .replace("{table}", made.table)
        .replace("{where}", made.text())
        .replace("{scope}", " or ".join(f"({term})" for term, _ in scope))
    )
    return statements.run(text, made.params | more | {"most": READ_MAX + 1})


def _title(title: str, masters: Masters, kind: str | None, code: str | None, language: str) -> str:
    """What the case is called in the reader's language: titles are Chinese, classes are known in both."""
    known = masters.classes.get((kind or "", code or ""))
    if language.startswith("zh") or known is None or not known.en:
        return title
    return known.en[0].upper() + known.en[1:]


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return found
