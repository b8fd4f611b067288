"""The cases of the days, read in pages by their key, and what a proposal can speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.states import PAUSED
from gridloop.cases.simulation import sql
from gridloop.cases.simulation.rules.proposal import Ground
from gridloop.cases.simulation.rules.rows import Row, Trail
from gridloop.identity import queries as identity
from gridloop.kernel.clock import CITY_ZONE, in_city
from gridloop.kernel.statements import run
from gridloop.places import queries as places

PAGE = 20_000
DAYS_MAX = 92
COUNT = "select count(*) from cases_case c where c.opened_at >= %(since)s and c.opened_at < %(until)s and {narrowed}"
POSITION = "select coalesce(max(position), -1) from audit_entry"


@dataclass(frozen=True, slots=True)
class Period:
    """The days up to a moment, within these areas (prefixes; "" is everywhere)."""

    at: dt.datetime
    days: int
    areas: tuple[str, ...]

    @property
    def since(self) -> dt.datetime:
        """Midnight in the city, `days` days before the moment's own day."""
        first = in_city(self.at).date() - dt.timedelta(days=self.days)
        return dt.datetime.combine(first, dt.time(), CITY_ZONE)

    def asked(self, params: dict[str, Any]) -> str:
        """The areas as a condition on `c`; its values and the moments go into `params`."""
        params |= {"since": self.since, "until": self.at}
        if "" in self.areas:
            return "true"
        found = []
        for place, area in enumerate(self.areas):
            params |= {f"area{place}": area, f"area{place}_end": f"{area}~"}
            found.append(f"(c.place >= %(area{place})s and c.place < %(area{place}_end)s)")
        return f"({' or '.join(found)})" if found else "false"


def ground(now: dt.datetime) -> Ground:
    """What a proposal can speak of now; at most two statements while the masters stand."""
    units = identity.units()
    return Ground(
        masters_now.current(now), {one.id: one.kind for one in units}, {one.code: one.id for one in units}
    )  # fmt: skip


def unit_areas() -> frozenset[str]:
    """The areas of all working units; one statement."""
    return frozenset(one.area for one in identity.units())


def count(period: Period) -> int:
    """How many cases the period has; one statement."""
    params: dict[str, Any] = {}
    narrowed = period.asked(params)
    return int(run(COUNT.format(narrowed=narrowed), params)[0][0])


def position() -> int:
    """The newest position of the ledger, -1 while it is empty."""
    return int(run(POSITION)[0][0])


def pages(period: Period, *, size: int = PAGE) -> Iterator[list[Row]]:
    """All cases of the period; three statements a page at most."""
    params: dict[str, Any] = {"after": 0, "limit": size}
    text = sql.text("cases").format(narrowed=period.asked(params))
    while True:
        found = run(text, params)
        if found:
            yield _rows(found)
        if len(found) < size:
            return
        params["after"] = found[-1][0]


def _rows(found: Sequence[Sequence[Any]]) -> list[Row]:
    trails = _trails([row[0] for row in found if row[16]])
    wanted = {row[14] for row in found if row[14] and row[15] is None}
    owners = places.owners(wanted) if wanted else {}
    made = []
    for row in found:
        component, owner = row[14], row[15]
        owner = owners.get(component or "") if owner is None else owner
        made.append(Row._make((*row[:14], owner, trails.get(row[0], ()))))
    return made


def _trails(ids: list[int]) -> dict[int, tuple[Trail, ...]]:
    if not ids:
        return {}
    found: dict[int, list[Trail]] = {}
    for case_id, at, verb, start, to, hours in run(sql.text("trail"), {"ids": ids, "paused": sorted(PAUSED)}):
        found.setdefault(case_id, []).append(Trail(at, verb, start, to, float(hours)))
    return {case_id: tuple(trail) for case_id, trail in found.items()}
