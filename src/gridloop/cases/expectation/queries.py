"""How long cases of a class took in a township, else in its county, else in the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings

from gridloop.cases import sql
from gridloop.cases.expectation.rules import NEWEST, Expected, Life, cohort, expected
from gridloop.places import queries as places
from gridloop.places.queries import Name

CITY, COUNTY, TOWNSHIP = 4, 6, 9
Level = Literal["township", "county", "city"]
LEVELS: dict[int, Level] = {TOWNSHIP: "township", COUNTY: "county", CITY: "city"}
OF_CLASS = "class_code = %(class_code)s and class_kind = %(class_kind)s"
IN_COUNTY = "and left(place, 6) = %(county)s"
# No index goes by class and moment of closing. These walk an index backwards and read 500 rows of each half at most, however long the history is.
LIVES = f"""
(select id, place, opened_at, closed_at, state = 'closed' and dispatched_at is not null and (not synthetic or %(demo)s)
 from cases_case_closed where {OF_CLASS} %(inside)s order by id desc limit {NEWEST})
union all
(select id, place, opened_at, null, not synthetic or %(demo)s
 from cases_case_open where {OF_CLASS} %(inside)s order by id desc limit {NEWEST})
"""  # noqa: S608 - constants only
COUNTY_SQL, CITY_SQL = (LIVES.replace("%(inside)s", inside) for inside in (IN_COUNTY, ""))


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected, and the area that it was seen in."""

    level: Level
    area: str
    name: Name
    seen: Expected


def expectation(lon: float, lat: float, class_kind: str, class_code: str, *, now: datetime) -> Expectation | None:
    """From the smallest area round the point with 20 done cases of the class in 90 days; None where the whole city has fewer. Five statements at most."""
    here = places.at(lon, lat)
    if here.county is None:
        return None
    county = here.county.code
    demo = bool(getattr(settings, "GRIDLOOP_DEMO", False))
    asked: dict[str, object] = {"class_kind": class_kind, "class_code": class_code, "county": county, "demo": demo}
    near = _lives(COUNTY_SQL, asked, now)
    township = here.township.code if here.township else ""
    for area in (township, county):
        if area and (found := _seen([one for one in near if one.place.startswith(area)], area, now)):
            return found
    city = county[:CITY]
    return _seen([one for one in _lives(CITY_SQL, asked, now) if one.place.startswith(city)], city, now)


def _seen(lives: list[Life], area: str, now: datetime) -> Expectation | None:
    seen = expected(lives, now)
    if seen is None:
        return None
    return Expectation(LEVELS[len(area)], area, places.names([area]).get(area, Name("", "")), seen)


def _lives(statement: str, asked: dict[str, object], now: datetime) -> list[Life]:
    """The newest of both halves; made-up cases count only in the demo."""
    lives = [Life(*row) for row in sql.run(statement, asked)]
    closed = [one for one in lives if one.closed_at is not None]
    return cohort(closed, [one for one in lives if one.closed_at is None], now)
