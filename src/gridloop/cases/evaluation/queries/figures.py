"""Each question of the statistics, asked now or as of a position of the ledger; every answer is plain values without names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from gridloop.cases.evaluation.queries import statement, terms
from gridloop.cases.evaluation.rules import standing
from gridloop.cases.evaluation.rules.indicators import BY_ID, HIGH, INDICATORS, Indicator, value
from gridloop.cases.evaluation.rules.question import Question

Figures = tuple[dict[str, Any], int]
"""An answer and the position of the ledger that it is right for."""
STEP_OF_LIMIT = 0.05
STEPS_OF_LIMIT = 40  # up to twice the limit; what is later falls into the last one
NO_PERSON = ("由单位或区域负责,不归属个人", "a unit or area answers for it, not a single person")
OTHER_ROLE = ("此岗位不承担该指标", "not what this part of the work is judged by")
NOTHING = ("周期内没有应计案件", "no case of the period is to be counted")
UNCLOCKED = ("案件历史早于逐步时限的留存", "the history was written before each step kept its deadline")


def indicators(question: Question, *, at: datetime, position: int | None = None) -> Figures:
    """All 24 for each group."""
    told = statement.counts(question, at=at, position=position)
    rows = [
        {"group": row[0], "step": row[1], "cases": row[2], "indicators": _cells(question, row[0], row[3:])}
        for row in told.rows
    ]
    return {"rows": rows}, told.position


def _cells(question: Question, group: str, counts: tuple[int, ...]) -> dict[str, Any]:
    if question.by != "person":
        return {one.id: cell(one, *counts[3 * at : 3 * at + 3]) for at, one in enumerate(INDICATORS)}
    role = group.partition(":")[0]
    counted = {one.id: counts[3 * at : 3 * at + 3] for at, one in enumerate(one for one in INDICATORS if one.actor)}
    return {one.id: cell(one, *counted.get(one.id, (0, 0, 0)), role=role) for one in INDICATORS}


def cell(indicator: Indicator, numerator: int, denominator: int, unclocked: int, *, role: str = "") -> dict[str, Any]:
    """One figure with what it was made of; where there is none, why not (Chinese, English)."""
    if role and indicator.actor != role:
        return {
            "numerator": None,
            "denominator": None,
            "value": None,
            "why": list(OTHER_ROLE if indicator.actor else NO_PERSON),
        }
    made: dict[str, Any] = {"numerator": numerator, "denominator": denominator, "value": value(numerator, denominator)}
    if unclocked:
        made["unclocked"] = unclocked
    if not denominator:
        made["why"] = list(UNCLOCKED if unclocked else NOTHING)
    return made


def league(
    question: Question, indicator_id: str, *, at: datetime, position: int | None = None, least: int = 1
) -> Figures:
    """Units by one indicator, raw and corrected for their mix of classes; `least` leaves out units with fewer counted cases."""
    one = BY_ID[indicator_id]
    select = f"""select coalesce(f.unit_id, 0), coalesce(f.class_kind || ':' || f.class_code, ''),
    count(*) filter (where {terms.condition(one, "numerator")}), count(*)
from f where {terms.condition(one, "denominator")} group by 1, 2"""  # noqa: S608 - our own conditions
    told = statement.asked(question, select, {"at": at}, position=position)
    rows = [row for row in told.rows if row[0]]
    classes = {name: place for place, name in enumerate(sorted({row[1] for row in rows}))}
    units = sorted({row[0] for row in rows})
    trials = np.zeros((len(units), len(classes)), np.int64)
    done = np.zeros_like(trials)
    places = {unit: place for place, unit in enumerate(units)}
    for unit, name, numerator, denominator in rows:
        trials[places[unit], classes[name]] = denominator
        done[places[unit], classes[name]] = numerator
    kept = [place for place in range(len(units)) if trials[place].sum() >= least]
    found = standing.standings(trials[kept], done[kept], high_is_good=one.direction == HIGH) if kept else []
    lines = [
        {"group": str(units[place]), "numerator": int(done[place].sum()), "denominator": int(trials[place].sum())}
        | {name: getattr(its, name) for name in its.__slots__}
        for place, its in zip(kept, found, strict=True)
    ]
    lines.sort(key=lambda line: (line["rank"] is None, line["rank"] or line["raw_rank"], line["group"]))
    return {"indicator": one.id, "rows": lines}, told.position


def trend(question: Question, *, at: datetime, position: int | None = None) -> Figures:
    """All 24 for each day, week or month of the period."""
    return indicators(question, at=at, position=position)


def punctuality(question: Question, *, at: datetime, position: int | None = None) -> Figures:
    """For each group: which share of the cases due for handling was finished by each twentieth of its limit."""
    due = terms.SQL["handle_due"]
    share = "extract(epoch from f.finished_at - f.dispatched_at) / nullif(extract(epoch from f.due_at - f.dispatched_at), 0)"
    bucket = f"case when f.finished_at is null then {STEPS_OF_LIMIT} else least({STEPS_OF_LIMIT - 1}, greatest(0, ceil(({share}) / {STEP_OF_LIMIT}) - 1)) end"
    group = statement.GROUPED[question.by]
    select = f"select {group}, ({bucket})::int, count(*) from f where {due} group by 1, 2"  # noqa: S608 - our own conditions
    told = statement.asked(question, select, {"at": at}, position=position)
    counts: dict[str, list[int]] = {}
    for name, step, count in told.rows:
        if step is not None:
            counts.setdefault(name, [0] * (STEPS_OF_LIMIT + 1))[step] = count
    rows = [
        {
            "group": name,
            "due": sum(found),
            "unfinished": found[-1],
            "counts": found[:-1],
            "shares": standing.curve(found[:-1], sum(found)),
        }
        for name, found in sorted(counts.items())
    ]
    return {"step_of_limit": STEP_OF_LIMIT, "rows": rows}, told.position


def stopclock(question: Question, *, at: datetime, position: int | None = None) -> Figures:
    """Hours that the limit clock stood still, by unit and reason; a pause that goes on is counted up to the moment of the answer."""
    # the cases that ever stood still first, then the history of each by its key: joined at once, the whole history is read
    select = """select coalesce(p.unit_id, 0), p.reason, count(distinct p.case_id), count(*) filter (where p.began), round(sum(p.seconds))::bigint
from (
    select f.id as case_id, s.unit_id, s.began,
        case when s.to_state = 'suspended' then coalesce(said.fields ->> 'suspend_reason', 'suspended') else s.to_state end as reason,
        extract(epoch from s.next_at - s.at) as seconds
    from (select f.id, f.unit_id from f where f.stood offset 0) f
    left join cut on cut.case_id = f.id
    cross join lateral (
        select e.seq, e.at, e.to_state, coalesce(e.unit_id, f.unit_id) as unit_id, e.from_state is distinct from e.to_state as began,
            lead(e.at, 1, %(at)s) over (order by e.seq) as next_at
        from cases_event e where e.case_id = f.id and (cut.version is null or e.seq < cut.version)
    ) s
    left join lateral (
        select e.fields from cases_event e
        where s.to_state = 'suspended' and e.case_id = f.id and e.seq < s.seq and e.verb = 'ask_suspend' order by e.seq desc limit 1
    ) said on true
    where s.to_state in ('suspended', 'returned', 'arbitration')
) p
group by 1, 2"""
    told = statement.asked(question, select, {"at": at}, position=position)
    rows = [
        {
            "group": str(unit) if unit else "",
            "reason": reason,
            "cases": cases,
            "pauses": pauses,
            "hours": round(seconds / 3600, 2),
        }
        for unit, reason, cases, pauses, seconds in told.rows
    ]
    return {"rows": rows}, told.position


def heat(question: Question, *, at: datetime, position: int | None = None) -> Figures:
    """How many cases each area or cell has, how many of them were not finished in time, and the middle of them (WGS-84, about 10 m)."""
    late = f"{terms.SQL['handle_due']} and ({terms.SQL['finished_ontime']}) is not true"
    select = f"""select left(f.place, %(level)s), count(*), count(*) filter (where {late}),
    round(avg(f.lon)::numeric, 4)::float8, round(avg(f.lat)::numeric, 4)::float8
from f where length(f.place) >= %(level)s group by 1"""  # noqa: S608 - our own conditions
    told = statement.asked(question, select, {"at": at}, position=position)
    rows = [
        {"group": place, "cases": cases, "late": late, "lon": lon, "lat": lat}
        for place, cases, late, lon, lat in told.rows
    ]
    return {"rows": rows}, told.position


ASKED: dict[str, Callable[..., Figures]] = {
    "indicators": indicators,
    "league": league,
    "trend": trend,
    "punctuality": punctuality,
    "stopclock": stopclock,
    "heat": heat,
}
"""Every kind of answer; each takes (question, at=, position=) and what its kind needs."""
