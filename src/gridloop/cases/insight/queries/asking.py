"""Which cases an answer is about: the period, what was asked, and what the caller may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gridloop.cases.evaluation.queries.scope import Reach
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed

DAYS_MAX = 370
"""Longest period of one question: a year with its comparison day."""
LOOK_BACK = dt.timedelta(days=120)
"""A return or ruling is looked for in cases reported at most this long before the period: it comes hours after a dispatch, rarely weeks."""


@dataclass(frozen=True, slots=True)
class About:
    """A period in days of the city (both included) and whose cases; `reach` is what the caller may see."""

    first: dt.date
    last: dt.date
    reach: Reach
    place: str = ""
    class_kind: str = ""
    class_code: str = ""

    @property
    def since(self) -> dt.datetime:
        """Midnight at the beginning of the first day, in the city."""
        return dt.datetime.combine(self.first, dt.time(), CITY_ZONE)

    @property
    def until(self) -> dt.datetime:
        """Midnight at the end of the last day, in the city; not counted any more."""
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), CITY_ZONE)


def checked(about: About, longest: int = DAYS_MAX) -> About:
    """The question, if it makes sense; Malformed says what would."""
    if about.last < about.first:
        raise Malformed("'from' lies after 'to'", zh="开始日期晚于结束日期", fields={"from": "after to"})
    if (about.last - about.first).days >= longest:
        raise Malformed(
            f"at most {longest} days at once; ask for a shorter period",
            zh=f"一次最多查询 {longest} 天,请缩短周期",
            fields={"to": "too long"},
        )
    if not dt.date(1990, 1, 1) <= about.first <= about.last <= dt.date(2200, 1, 1):
        raise Malformed(
            "the period lies in a year that no case has", zh="日期超出范围", fields={"from": "out of reach"}
        )
    return about


def params(about: About) -> dict[str, Any]:
    """The moments of the period as the statements name them."""
    return {"since": about.since, "until": about.until, "reported_since": about.since - LOOK_BACK}


def narrowed(about: About, params: dict[str, Any]) -> str:
    """What the caller may see and what was asked, as a condition on the rows `c`; its values go into `params`.

    A unit reads the cases that it has and those that it had, as everywhere.
    """
    found = [_reach(about.reach, params)]
    if about.place:
        found.append(_within(about.place, "place", params))
    if about.class_kind:
        params["class_kind"] = about.class_kind
        found.append("c.class_kind = %(class_kind)s")
    if about.class_code:
        params |= {"class_code": about.class_code, "class_code_end": f"{about.class_code}~"}
        found.append("c.class_code >= %(class_code)s and c.class_code < %(class_code_end)s")
    return " and ".join(found)


def _reach(reach: Reach, params: dict[str, Any]) -> str:
    if reach.everywhere:
        return "true"
    found = [_within(area, f"reach{at}", params) for at, area in enumerate(reach.areas)]
    for at, (ids, area) in enumerate(reach.units):
        params[f"reach_units{at}"] = list(ids)
        within = _within(area, f"reach_unit_area{at}", params) if area else "true"
        mine = f"%(reach_units{at})s::bigint[]"
        found.append(f"((c.unit_id = any({mine}) or c.past_units && {mine}) and {within})")
    return f"({' or '.join(found)})" if found else "false"


def _within(area: str, name: str, params: dict[str, Any]) -> str:
    params |= {name: area, f"{name}_end": f"{area}~"}
    return f"(c.place >= %({name})s and c.place < %({name}_end)s)"
