"""Places of a piece of the map: figures, lists and files of a layer, and the card of one of them."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from gridloop.cases.map.queries.marks import figures, part
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.queries.export import FORMATS, collection, plain_cell
from gridloop.cases.queries.filters import Filter
from gridloop.cases.queries.queue import queue
from gridloop.cases.rules.masters import Masters
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed
from gridloop.places import queries as places
from gridloop.places.queries import Mapped, Shape

STAFF = frozenset(Duty) - {Duty.CITIZEN}
STATUS = {"broken": "high", "lost": "critical", "moved": "info"}
"""How a component's state is drawn; an intact one has no mark."""
STATION_REACH_M = 300.0
NEWEST = 5
VILLAGE_DIGITS = names.VILLAGE_DIGITS
PAGE = 500
ROWS_MAX = 50_000
HEADS = {
    "code": ("代码", "code"), "zh": ("名称", "name (Chinese)"), "en": ("英文名", "name (English)"), "detail_zh": ("所在", "where (Chinese)"),
    "detail_en": ("所在(英文)", "where (English)"), "state": ("状态", "state"), "kind": ("类别", "kind"), "lon": ("经度", "lon"), "lat": ("纬度", "lat"),
}  # fmt: skip
BROKEN = ("破损或丢失", "broken or lost")


def areas_of(by: Caller) -> list[str] | None:
    """The areas of the caller's duties, None for everywhere."""
    areas = [grant.area for grant in by.grants if grant.duty in STAFF]
    return None if "" in areas else areas


def counted(shape: Shape, layers: Sequence[str], *, subclass: str, by: Caller, now: datetime) -> dict[str, Any]:
    """The figure of each layer; components by class and by state. Three statements at most."""
    found = places.counted(shape, layers, areas=areas_of(by), subclass=subclass)
    masters = masters_now.current(now)
    return {layer: _figure(one, masters) for layer, one in found.items()}


def page(
    layer: str, shape: Shape, *, subclass: str, after: str, limit: int, by: Caller, now: datetime
) -> dict[str, Any]:
    """One page of a layer, and the code to go on from; one statement, and one or two for names not known yet."""
    rows = places.listed(layer, shape, areas=areas_of(by), subclass=subclass, after=after, limit=limit + 1)
    return {"items": _named(rows[:limit], now), "next": rows[limit - 1].code if len(rows) > limit else None}


def exported(layer: str, shape: Shape, kind: str, *, subclass: str, by: Caller, now: datetime) -> Iterator[bytes]:
    """The whole list in parts of bytes, read page by page. Malformed for a kind that there is not."""
    if kind not in FORMATS:
        raise Malformed(
            f"there is no export as {kind[:10]}; there are csv, xlsx, geojson", zh="可导出 csv、xlsx、geojson"
        )
    first = page(layer, shape, subclass=subclass, after="", limit=PAGE, by=by, now=now)

    def rows() -> Iterator[dict[str, Any]]:
        found, count = first, 0
        while True:
            yield from ({name: row[name] for name in HEADS} for row in found["items"])
            count += len(found["items"])
            if found["next"] is None or count >= ROWS_MAX:
                return
            found = page(layer, shape, subclass=subclass, after=found["next"], limit=PAGE, by=by, now=now)

    if kind == "geojson":
        return collection(rows())
    return (_csv if kind == "csv" else _xlsx)(rows(), 0 if by.language.startswith("zh") else 1)


def card(layer: str, code: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """One place: its names and chain, who answers for it, what stands in it, which cases are open there, the newest of them.

    Seven statements at most, however much is there.
    """
    found = places.mapped(layer, code, areas=areas_of(by))
    masters = masters_now.current(now)
    shape = _shape(layer, found)
    asked = Filter(within=shape.wkt) if shape else Filter(place=_prefix(layer, found))
    counts = places.counted(shape, ["components"], areas=areas_of(by)) if shape else {}
    newest = queue(asked, by=by, now=now, limit=NEWEST)
    [named] = _named([found], now)
    return named | {
        "layer": layer, "area_m2": found.area_m2, "within_m": STATION_REACH_M if layer == "stations" else None,
        "units": _units(found.place, now), "components": _components(counts, masters), "cases": figures(asked, by=by, now=now), "newest": newest.items,
    }  # fmt: skip


def _shape(layer: str, found: Mapped) -> Shape | None:
    """What is counted round a point or in a square cell; divisions and grids are counted by their code."""
    if found.lon is None or found.lat is None:
        return None
    if layer == "stations":
        return places.around(found.lon, found.lat, STATION_REACH_M)
    if layer == "cells" and found.area_m2:
        return places.around(found.lon, found.lat, found.area_m2**0.5 / 2)
    return None


def _prefix(layer: str, found: Mapped) -> str:
    return found.code if layer in {"divisions", "cells"} else found.place


def _units(place: str, now: datetime) -> list[dict[str, Any]]:
    """The unit of each kind that answers here: what was said of the area goes before the areas of the units. Two statements."""
    said = places.area_units(in_city(now).date())
    working = {unit.id: unit for unit in identity.units()}
    chosen: dict[str, identity.UnitView] = {}
    for unit in sorted(working.values(), key=lambda one: (-len(one.area), one.path)):
        if unit.kind and unit.area and place.startswith(unit.area):
            chosen.setdefault(unit.kind, unit)
    for kind, areas in said.items():
        answering = next((unit_id for area, unit_id in areas if place.startswith(area)), None)
        if answering in working:
            chosen[kind] = working[answering]
    return [{"kind": kind, "zh": unit.name_zh, "en": unit.name_en} for kind, unit in sorted(chosen.items())]


def _components(counts: dict[str, places.Counted], masters: Masters) -> dict[str, Any] | None:
    found = counts.get("components")
    if found is None:
        return None
    made = _figure(found, masters)
    return {
        "n": made["n"],
        "broken": sum(found.states.get(state, 0) for state in ("broken", "lost")),
        "parts": made["parts"],
    }


def _figure(found: places.Counted, masters: Masters) -> dict[str, Any]:
    big = {one.code[:2]: (one.class_zh, one.class_en) for one in masters.classes.values() if one.kind == "component"}
    parts = [part(f"class:component:{code}", big.get(code, (code, code)), n) for code, n in found.classes.items()]
    if found.about:
        parts += [part("state:broken", BROKEN, n) for n in found.states.values()]
    else:
        parts += [part(f"state:{state}", places.COMPONENT_STATES[state], n) for state, n in found.states.items()]
    return {"n": found.n, "more": found.more, "about": found.about, "parts": parts}


def _named(rows: Sequence[Mapped], now: datetime) -> list[dict[str, Any]]:
    """Rows as lists and files show them; cells and components are named after their community and class."""
    masters = masters_now.current(now)
    known = names.places_named({row.place[:VILLAGE_DIGITS] for row in rows})
    return [_row(row, known.get(row.place[:VILLAGE_DIGITS], ("", "")), masters) for row in rows]


def _row(row: Mapped, where: tuple[str, str], masters: Masters) -> dict[str, Any]:
    zh, en = row.zh, row.en
    if row.kind == "cell":
        zh, en = f"{row.code[-3:]} 号单元网格", f"Cell {row.code[-3:]}"
    known = masters.classes.get(("component", row.kind))
    if known is not None:
        zh, en = zh or known.zh, known.en[:1].upper() + known.en[1:]
    state = places.COMPONENT_STATES.get(row.state, ("", ""))
    return {
        "code": row.code, "zh": zh, "en": en or zh, "detail_zh": " · ".join(one for one in (where[0], state[0]) if one),
        "detail_en": " · ".join(one for one in (where[1], state[1]) if one), "status": STATUS.get(row.state), "state": row.state, "kind": row.kind,
        "lon": row.lon, "lat": row.lat,
    }  # fmt: skip


def _csv(rows: Iterator[dict[str, Any]], language: int) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # so that office programs read it as UTF-8
    for row in ({name: words[language] for name, words in HEADS.items()}, *rows):
        line = io.StringIO()
        csv.writer(line).writerow([plain_cell("" if value is None else value) for value in row.values()])
        yield line.getvalue().encode()


def _xlsx(rows: Iterator[dict[str, Any]], language: int) -> Iterator[bytes]:
    """Written row by row to a temporary file, then sent from there."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet("map")
        sheet.write_row(0, 0, [words[language] for words in HEADS.values()])
        for at, row in enumerate(rows, start=1):
            sheet.write_row(at, 0, [plain_cell("" if value is None else value) for value in row.values()])
        book.close()
        file.seek(0)
        yield file.read()
