"""The open data feed: the month's cases for everybody, without a person, a word of text, or a place finer than its cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import Any

from gridloop.cases.evaluation.rules import question as questions
from gridloop.cases.evaluation.rules.question import Question
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.queries.export import collection
from gridloop.cases.queries.rows import is_late
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import Malformed
from gridloop.kernel.statements import run

PAGE = 2000
VILLAGE_DIGITS = 12
GRID_DEG = 0.002
"""Positions are moved to the middle of a lattice of about 200 m, so that no house can be told."""
FORMATS = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}
COLUMNS = (
    "number", "reported_on", "closed_on", "state", "class_kind", "class_code", "class_zh", "class_en", "village", "village_zh", "village_en",
    "unit_zh", "unit_en", "source", "on_time", "lon", "lat", "synthetic",
)  # fmt: skip
SQL_COLUMNS = """c.id, c.number, c.opened_at, c.closed_at, c.state, c.class_kind, c.class_code, c.place, c.unit_id, c.source, c.due_at,
    c.finished_at, c.paused_at, c.lon, c.lat, c.synthetic"""
SQL = f"""
select {SQL_COLUMNS}
from cases_case c
where c.opened_at >= %(since)s and c.opened_at < %(until)s and c.id > %(after)s and c.state <> 'withdrawn'
order by c.id limit %(limit)s
"""  # noqa: S608 - our own pieces


def feed(month: str, kind: str, *, now: dt.datetime) -> Iterator[bytes]:
    """The feed of one month in parts of bytes; Malformed for a month or a kind that there is not."""
    if kind not in FORMATS:
        raise Malformed(
            "the feed comes as csv or geojson", zh="开放数据提供 csv 与 geojson", fields={"kind": "unknown"}
        )
    first, last = questions.month(month)
    rows = _rows(questions.checked(Question(first, last)), now)
    return _csv(rows) if kind == "csv" else collection(rows)


def _rows(question: Question, now: dt.datetime) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        page = run(SQL, {"since": question.since, "until": question.until, "after": after, "limit": PAGE})
        yield from told(page, now)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def told(page: Sequence[tuple[Any, ...]], now: dt.datetime) -> Iterator[dict[str, Any]]:
    """Rows of `SQL_COLUMNS` as everybody may see them."""
    masters = masters_now.current(now)
    units = names.units({row[8] for row in page})
    places = names.places_named({row[7][:VILLAGE_DIGITS] for row in page})
    for row in page:
        yield _told(row, units, places, masters, now)


def _told(
    row: tuple[Any, ...], units: dict[int, Any], places: dict[str, tuple[str, str]], masters: Any, now: dt.datetime
) -> dict[str, Any]:
    _, number, opened, closed, state, kind, code, place, unit_id, source, due, finished, paused, lon, lat, synthetic = (
        row
    )
    village = place[:VILLAGE_DIGITS]
    known, unit = masters.classes.get((kind or "", code or "")), units.get(unit_id)
    zh, en = places.get(village, ("", ""))
    judged = finished is not None or (due is not None and due < now)
    return {
        "number": number,
        "reported_on": in_city(opened).date().isoformat(),
        "closed_on": in_city(closed).date().isoformat() if closed else None,
        "state": STATE_NAMES[State(state)][1],
        "class_kind": kind,
        "class_code": code,
        "class_zh": known.zh if known else "",
        "class_en": known.en if known else "",
        "village": village,
        "village_zh": zh,
        "village_en": en,
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
        "source": source,
        "on_time": not is_late(State(state), due, finished, paused, now) if judged else None,
        "lon": coarse(lon),
        "lat": coarse(lat),
        "synthetic": synthetic,
    }


def coarse(degrees: float) -> float:
    """The middle of the lattice cell that holds a coordinate, degrees."""
    return round((degrees // GRID_DEG + 0.5) * GRID_DEG, 4)


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # so that office programs read it as UTF-8
    yield (",".join(COLUMNS) + "\r\n").encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(["" if row[name] is None else row[name] for name in COLUMNS])
        yield line.getvalue().encode()
