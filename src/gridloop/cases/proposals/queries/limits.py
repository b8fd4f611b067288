"""What other limits, hours, days or rungs would have done to the cases of the last 30 days, by the product's own clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from gridloop.cases.proposals.queries import asking
from gridloop.cases.proposals.queries.asking import EVERY, OPENED_KEEP, PAST, Lines, Wish
from gridloop.cases.proposals.rules import days
from gridloop.cases.proposals.rules.effect import Line, Lived, Stay, due_under, line, reached, share, share_lines
from gridloop.cases.proposals.rules.tables import CITY_HOURS
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import WORKING_DAY, Clock
from gridloop.cases.rules.masters import Escalation, Masters
from gridloop.kernel.clock import CITY_ZONE, in_city

TIER_COLUMNS = {"A": "tier_a", "B": "tier_b", "C": "tier_c"}
OWN_PAUSES = ("每件案件保留自己的停表和延期", "every case keeps its own pauses and delays")
TRIED_DAYS = (1, 3, 5, 7)
"""Limits in working days that are shown before and after other days of the calendar."""
Limit = Callable[[Lived], tuple[float, str]]


def of_rule(wish: Wish) -> Lines:
    """Open cases of the rule, cases of 30 days, and their on-time rate under the new limit."""
    kind, code, number = wish.key.split(":")
    params = {"kind": kind, "code": code, "number": int(number)}
    which = "c.class_kind = %(kind)s and c.class_code = %(code)s and c.rule_no = %(number)s"
    lines = asking.counts(wish, which, params)
    after = wish.after
    if after is None or wish.before is None:
        return asking.told(lines, OPENED_KEEP)
    past = asking.lived(wish, which, params)
    lines += _shares(
        past, wish, lambda one: (float(after[TIER_COLUMNS.get(one.tier, "limit_value")]), after["limit_unit"])
    )
    return asking.told(lines, PAST, OWN_PAUSES, OPENED_KEEP, rows=len(past))


def of_tier(wish: Wish) -> Lines:
    """Cases of the area, and their on-time rate under the limits of the new tier."""
    params = {"area": wish.key}
    which = "c.place >= %(area)s and c.place < %(area)s || '~' and c.class_code is not null"
    lines = asking.counts(wish, which, params)
    if wish.after is None:
        return asking.told(lines, OPENED_KEEP)
    column = wish.after["tier"]
    rules = masters_now.current(wish.now).rules
    values = {
        (rule.limit(tier), rule.limit_unit, tier): rule.limit(column) for rule in rules.values() for tier in rule.tiers
    }
    past = asking.lived(wish, which, params)
    lines += _shares(
        past,
        wish,
        lambda one: (values.get((one.limit_value, one.limit_unit, one.tier), one.limit_value), one.limit_unit),
    )
    note = ("按同值的立案条件推算", "worked out over filing rules of the same limit")
    return asking.told(lines, PAST, OWN_PAUSES, note, OPENED_KEEP, rows=len(past))


def _shares(
    past: list[Lived], wish: Wish, limit: Limit, clock: Callable[[Clock], Clock] = lambda same: same
) -> list[Line]:
    masters = masters_now.current(wish.now)
    was = [(one.finished_at, one.due_at) for one in past]
    would = []
    for one in past:
        old = masters.clock_of(one.unit_id)
        value, unit = limit(one)
        would.append((one.finished_at, due_under(one, value, unit, old, clock(old))))
    return share_lines(share(was, wish.now), share(would, wish.now))


def of_stage(wish: Wish) -> Lines:
    """Cases in the state, and how many stays of 30 days ended in time under the old and the new limit."""
    params = {"state": wish.key}
    lines = asking.counts(wish, "c.state = %(state)s", params)[:1]
    past = asking.stays(wish, "e.to_state = %(state)s", params)
    lines.append(
        line("stays", "最近 30 天进入该环节的次数", "times this state was entered in 30 days", "count", len(past), None)
    )
    masters = masters_now.current(wish.now)

    def shares(values: Mapping[str, Any]) -> Any:
        return share(
            (
                (
                    one.left_at,
                    masters.clock_of(one.unit_id).due(one.entered_at, values["limit_value"], values["limit_unit"]).at,
                )
                for one in past
            ),
            wish.now,
        )

    if wish.before is not None and wish.after is not None:
        lines += share_lines(shares(wish.before), shares(wish.after))
    note = ("已进入该环节的案件保留原到期时间", "a case that is in the state already keeps its deadline")
    return asking.told(lines, PAST, note, rows=len(past))


def of_rung(wish: Wish) -> Lines:
    """How many times the rung would have been reached in 30 days, as it is and as it shall be."""
    past = asking.stays(wish, EVERY, {}) if _about(wish) & {"stage"} else []
    whole = _whole(wish) if _about(wish) & {"whole"} else []
    values = [None if one is None else _rung(one) for one in (wish.before, wish.after)]
    told = [
        None if rung is None else reached(past if rung.about == "stage" else whole, rung, wish.now) for rung in values
    ]
    lines = [
        line("reached", "最近 30 天会通知的次数", "times told in the last 30 days", "count", told[0] or 0, told[1] or 0)
    ]
    note = ("按各案件当时的到期时间计算", "by the deadlines that the cases had")
    return asking.told(lines, PAST, note, rows=max(len(past), len(whole)))


def _about(wish: Wish) -> set[str]:
    return {str(values["about"]) for values in (wish.before, wish.after) if values is not None}


def _whole(wish: Wish) -> list[Any]:
    return [
        Stay(one.unit_id, one.dispatched_at, one.finished_at, None, one.due_at, one.dispatched_at)
        for one in asking.lived(wish, EVERY, {})
    ]


def _rung(values: Mapping[str, Any]) -> Escalation:
    return Escalation("", values["about"], values["moment"], values["minutes"], tuple(values["duties"]), values["level"], "", "")  # fmt: skip


def of_hours(wish: Wish) -> Lines:
    """Cases with a limit in working time, and their on-time rate under the new working hours."""
    unit = None if wish.key == CITY_HOURS else int(wish.key)
    masters = masters_now.current(wish.now)
    which = "c.limit_unit <> 'natural_hour' and " + (
        "c.unit_id = %(unit)s" if unit else "not (coalesce(c.unit_id, 0) = any(%(own)s))"
    )
    params = {"unit": unit, "own": list(masters.unit_clocks)}
    lines = asking.counts(wish, which, params)
    past = asking.lived(wish, which, params)
    periods = wish.after["periods"] if wish.after else _city_hours(masters)
    new = _with_hours(masters.clock, periods)
    lines += _shares(past, wish, lambda one: (one.limit_value, one.limit_unit), lambda _: new)
    note = ("只含按工作时间计时的案件", "only cases whose limit is counted in working time")
    return asking.told(lines, PAST, note, OWN_PAUSES, OPENED_KEEP, rows=len(past))


def _city_hours(masters: Masters) -> str:
    return ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in masters.clock.hours.periods)


def _with_hours(clock: Clock, periods: str) -> Clock:
    return Clock(clock.calendar, WorkHours.parsed(periods), clock.first, clock.last)


def of_days(wish: Wish) -> Lines:
    """What a limit of some working days that begins the day before the first changed day would end with, before and after."""
    changed = days.special((wish.after or {"days": []})["days"])
    masters = masters_now.current(wish.now)
    params = {"first": _midnight(min(changed)), "last": _midnight(max(changed) + timedelta(days=1))}
    within = "c.limit_unit <> 'natural_hour' and c.due_at >= %(first)s and c.due_at < %(last)s"
    lines = asking.counts(wish, within, params)[:1]
    lines[0] |= {
        "zh": "到期时间落在这些日期内的未结案件(不变)",
        "en": "open cases due within these days (they keep it)",
    }
    lines += asking.counts(wish, "c.limit_unit <> 'natural_hour'", {})[1:]
    lines[-1] |= {"zh": "最近 30 天按工作时间计时的案件", "en": "cases of the last 30 days counted in working time"}
    calendar = masters.clock.calendar
    other = WorkCalendar(calendar.code, {**calendar.special, **changed}, calendar.known, calendar.source)
    new = Clock(other, masters.clock.hours, masters.clock.first, masters.clock.last)
    start = _midnight(min(changed) - timedelta(days=1)) + timedelta(hours=10)
    for count in TRIED_DAYS:
        was, would = (clock.due(start, count, WORKING_DAY).at for clock in (masters.clock, new))
        zh, en = (
            f"{start:%m-%d} 10:00 起算 {count} 个工作日到期",
            f"{count} working {'day' if count == 1 else 'days'} from {start:%d %b} 10:00 end",
        )
        lines.append(line(f"due_{count}", zh, en, "moment", _said(was), _said(would)))
    return asking.told(lines, OPENED_KEEP)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE)


def _said(moment: datetime) -> str:
    return in_city(moment).strftime("%Y-%m-%d %H:%M")
