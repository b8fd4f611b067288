"""Open cases as features for everybody, by the rules of the open data feed: no person, no text, no place finer than its lattice.

Boxes and days are compared with what is published, not with what is kept: else many small questions would find the house and the minute.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from gridloop.cases.evaluation.queries.opendata import GRID_DEG, SQL_COLUMNS, told
from gridloop.cases.queries.filters import OPEN_STATES
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.statements import run

COUNTED_MAX = 100_000
Box = tuple[float, float, float, float]
Days = tuple[dt.date | None, dt.date | None]


def open_cases(
    *, boxes: tuple[Box, ...] = (), days: Days = (None, None), after: int = 0, limit: int = 100, now: dt.datetime
) -> list[tuple[int, dict[str, Any]]]:
    """Open cases by their order from `after` on: (order, published row); one statement, and a few for names not known yet."""
    terms, params = _terms(boxes, days)
    text = (
        f"select {SQL_COLUMNS} from cases_case_open c where {terms} and c.id > %(after)s order by c.id limit %(limit)s"  # noqa: S608 - our own pieces
    )
    rows = run(text, params | {"after": after, "limit": limit})
    return list(zip((row[0] for row in rows), told(rows, now), strict=True))


def open_case(number: str, *, now: dt.datetime) -> dict[str, Any] | None:
    """One open case by its number, as it is published; None where it is not open or not there."""
    terms, params = _terms((), (None, None))
    text = f"select {SQL_COLUMNS} from cases_case_open c where {terms} and c.number = %(number)s"  # noqa: S608 - as above
    return next(iter(told(run(text, params | {"number": number.replace("\x00", "")}), now)), None)


def open_cases_counted(*, boxes: tuple[Box, ...] = (), days: Days = (None, None)) -> int | None:
    """How many there are, or None above 100,000; one statement."""
    terms, params = _terms(boxes, days)
    text = f"select count(*)::int from (select 1 from cases_case_open c where {terms} limit %(most)s) found"  # noqa: S608 - as above
    n = int(run(text, params | {"most": COUNTED_MAX + 1})[0][0])
    return n if n <= COUNTED_MAX else None


def _terms(boxes: tuple[Box, ...], days: Days) -> tuple[str, dict[str, Any]]:
    terms: list[str] = ["c.state = any(%(states)s)"]
    params: dict[str, Any] = {"states": OPEN_STATES}
    near = []
    for at, (west, south, east, north) in enumerate(boxes):
        near.append(
            f"(c.lon >= %(west{at})s and c.lon < %(east{at})s and c.lat >= %(south{at})s and c.lat < %(north{at})s and c.geom &&"
            f" st_expand(st_transform(st_makeenvelope(%(west{at})s, %(south{at})s, %(east{at})s, %(north{at})s, 4326), 3857), 1))"
        )
        params |= {
            f"west{at}": lower(west),
            f"south{at}": lower(south),
            f"east{at}": upper(east),
            f"north{at}": upper(north),
        }
    if near:
        terms.append(f"({' or '.join(near)})")
    first, last = days
    if first is not None:
        terms.append("c.opened_at >= %(first)s")
        params["first"] = dt.datetime.combine(first, dt.time(), CITY_ZONE)
    if last is not None:
        terms.append("c.opened_at < %(last)s")
        params["last"] = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), CITY_ZONE)
    return " and ".join(terms), params


def lower(degrees: float) -> float:
    """Where the first square of the lattice begins whose middle lies at or above a coordinate."""
    return _edge(math.ceil(round(degrees / GRID_DEG - 0.5, 6)))


def upper(degrees: float) -> float:
    """Where the last square ends whose middle lies at or below a coordinate."""
    return _edge(math.floor(round(degrees / GRID_DEG - 0.5, 6)) + 1)


def _edge(square: int) -> float:
    """The smallest number that `coarse` puts into this square: the product alone may be one step of a double off."""
    edge = square * GRID_DEG
    while edge // GRID_DEG < square:
        edge = math.nextafter(edge, math.inf)
    while math.nextafter(edge, -math.inf) // GRID_DEG >= square:
        edge = math.nextafter(edge, -math.inf)
    return edge
