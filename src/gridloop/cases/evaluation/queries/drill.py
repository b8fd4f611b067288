# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""From a figure to its cases: pages of the very cases that were counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.cases.evaluation import sql
from gridloop.cases.evaluation.queries import scope, statement, terms
from gridloop.cases.evaluation.rules.indicators import Indicator
from gridloop.cases.evaluation.rules.question import Question, checked
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.rows import SELECTED, shown

PARTS = ("numerator", "denominator", "rest")
LIMIT_MAX = 200
ROWS = "c.reworks::int as reworks, c.suspensions::int as suspensions, c.rating::int as rating"
HINTS = {
    "wrongly_returned": "c.unit_id = any(c.past_units)",
    "delayed": "c.delays > 0",
    "was_suspended": "c.suspensions > 0",
    "reworked": "c.reworks > 0",
    "rated": "c.rating is not null",
    "dispatched": "c.dispatched_at is not null",
    "handle_due": "c.dispatched_at is not null",
    "finished_late": "c.finished_at > c.due_at",
    "unfinished": "c.finished_at is null",
    "by_collector": "c.source = 'collector'",
    "component": "c.class_kind = 'component'",
    "self_handled": "(c.dispatched_at is null or c.disputes > 0)",
}
"""What the row of a case alone says of a condition: true for every case that fulfils it, so that the history of the others is not read."""

REST_HINTS = {
    "valid": "c.dispatched_at is null",
    "dispatched": "c.dispatched_at is null",
    "accepted": "(c.finished_at is null or c.state not in ('checked', 'closed', 'disputed'))",
    "closed": "(c.state <> 'closed' or c.finished_at is null or c.finished_at > c.due_at)",
    "finished_ontime": "(c.state <> 'closed' or c.finished_at is null or c.finished_at > c.due_at)",
}
"""The same for cases that are counted below and not above, by the condition that they fail."""


AGAIN = f"""(select count(*) from (select from cases_case m
    where m.place = c.place and m.class_kind = c.class_kind and m.class_code = c.class_code
        and m.opened_at >= %(since)s and m.opened_at < %(until)s
        and m.id between (select min(id) from month) and (select max(id) from month) and exists (
            select from cases_event e where e.case_id = m.id and e.verb = 'file' and not exists (
                select from cases_event b where b.case_id = e.case_id and b.seq = e.seq + 1 and b.verb = 'take_back'))
    limit {terms.REPEATS}) filed)"""
"""How many cases of one cell and class were filed in the period, counted as far as it matters, by the index of places. A cell has a hundred cases of
all years and three of a month, so the ids of the period bound the walk."""


@dataclass(frozen=True, slots=True)
class Drill:
    """Which cases: an indicator's `numerator`, `denominator` or `rest`, of one group, a page after `cursor` (an id, newest first)."""

    indicator: Indicator
    part: str = "numerator"
    group: str = ""
    cursor: int | None = None
    limit: int = 50


def cases(question: Question, drill: Drill, *, at: datetime) -> dict[str, Any]:
    """One page and the cursor of the next; the history of a case is read only until the page is full."""
    params: dict[str, Any] = {
        "at": at,
        "since": checked(question).since,
        "until": question.until,
        "level": question.level,
    }
    condition = terms.condition(drill.indicator, drill.part)
    limit = max(1, min(drill.limit, LIMIT_MAX))
    params |= {"limit": limit + 1, "cursor": drill.cursor if drill.cursor is not None else 2**63 - 1}
    reach = scope.Reach(question.areas, question.units)
    place = scope.place_bounds(reach, question.place, params)
    narrowed, group = statement.narrowed(question, params), _group(question, drill, params)
    names = (*drill.indicator.denominator, *(drill.indicator.numerator if drill.part == "numerator" else ()))
    hinted = [HINTS[name] for name in names if name in HINTS]
    if drill.part == "rest":
        hinted += [REST_HINTS[name] for name in drill.indicator.numerator[:1] if name in REST_HINTS]
    hinted += [_of_row(one) for one in (narrowed, "true" if question.by == "person" else group)]
    text = _statement(
        f"({condition}) and ({narrowed}) and ({group})", place, " and ".join(hinted), again="f.again" in condition
    )
    rows = statement.planned(text, params)
    page = rows[:limit]
    following = page[-1][0] if len(rows) > limit else None
    return {
        "items": shown(page, masters_now.current(at), at),
        "next": str(following) if following is not None else None,
    }


def _of_row(condition: str) -> str:
    """A condition on the facts `f` that asks only for place, unit and class, as one on the row `c`: no history is read of what it leaves out."""
    return re.sub(r"\bf\.", "c.", condition)


def _statement(wanted: str, place: str, hints: str, *, again: bool) -> str:
    """The ids of the period by its index of days; then newest first, the row and trail of each case by its key, as far as the page needs it.

    again: cases of a class in a cell are counted, for each case that is looked at: of a month's, a seventh come again, so a page is found soon.
    Ids and days are no order of each other (an imported history has new ids), so walking down the ids would end at the city's first case.
    """
    return f"""with month as materialized (
    select c.id, ({hints}) as hinted from cases_case c where c.opened_at >= %(since)s and c.opened_at < %(until)s and {place}
), here as (select id from month where hinted and id < %(cursor)s)
select {SELECTED} from (select id from here order by id desc offset 0) h
cross join lateral (select * from cases_case c where c.id = h.id offset 0) c
cross join lateral ({sql.text("trail")} from cases_event e where e.case_id = c.id
    and e.verb <> 'take_back' and not exists (
        select from cases_event b where b.case_id = e.case_id and b.seq = e.seq + 1 and b.verb = 'take_back') group by e.case_id) t
cross join lateral (select c.id, c.number, c.opened_at, c.place, c.source, c.unit_id, c.class_kind, c.class_code, c.state, c.due_at,
    c.finished_at, c.dispatched_at, {ROWS}, {AGAIN if again else 0} as again, t.*) f
where {wanted}
order by h.id desc limit %(limit)s"""


def _group(question: Question, drill: Drill, params: dict[str, Any]) -> str:
    """The chosen row of the table: a unit, an area, a class, or a person in a part."""
    if not drill.group:
        return "true"
    params["group"] = drill.group
    if question.by == "person":
        role, _, person = drill.group.partition(":")
        params["group"] = int(person) if person.isdigit() and len(person) < 19 else -1
        return f"f.{drill.indicator.actor} = %(group)s::bigint" if role == drill.indicator.actor else "false"
    if question.by == "all":
        return "true"
    return f"{statement.GROUPED[question.by]} = %(group)s"
