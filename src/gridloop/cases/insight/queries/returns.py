"""The ledger of returns: read in one statement, added up here, named, and handed on as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from typing import Any

from gridloop.cases.insight import sql
from gridloop.cases.insight.queries import asking, naming
from gridloop.cases.insight.queries.asking import About
from gridloop.cases.insight.rules import returns as rules
from gridloop.cases.insight.rules.returns import HOUR_S, Pair, Return, Total
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.export import FORMULA
from gridloop.cases.queries.filters import subtree
from gridloop.cases.rules.loop import VERBS
from gridloop.kernel.clock import in_city
from gridloop.kernel.statements import run

LIMIT_MAX = 500
PART_BYTES = 64 * 1024


def read(about: About, *, unit: int | None = None, rule: str = "") -> list[Return]:
    """Every return of the period, newest first; `unit` (with all under it) is who returned, `rule` the cited clause. One statement."""
    params = asking.params(asking.checked(about))
    narrowed = asking.narrowed(about, params)
    if unit is not None:
        params["returned_by"] = subtree(unit)
        narrowed += " and e.unit_id = any(%(returned_by)s::bigint[])"
    if rule:
        params["rule"] = rule
        narrowed += " and e.fields ->> 'return_rule' = %(rule)s"
    return [Return(*row) for row in run(sql.text("returns").format(narrowed=narrowed), params)]


def ledger(found: Sequence[Return], *, now: dt.datetime, cursor: str = "", limit: int = 100) -> dict[str, Any]:
    """One page of returns with the totals of all by unit and by cited rule; the totals come with the first page only."""
    shown, following = rules.page(found, cursor, max(1, min(limit, LIMIT_MAX)))
    by_unit = rules.totals(found, lambda one: str(one.unit_id or ""), now)
    by_rule = rules.totals(found, lambda one: one.rule, now)
    masters = masters_now.current(now)
    return {
        "count": len(found),
        "cases": len({one.number for one in found}),
        "hours_lost": _hours(sum(one.lost_s(now) for one in found)),
        "items": [_item(one, now) for one in shown],
        "next": following,
        "by_unit": [_total(one) for one in by_unit] if not cursor else [],
        "by_rule": [_total(one) for one in by_rule] if not cursor else [],
        "names": {
            "units": naming.units(_units(found)),
            "rules": naming.clauses((one.rule for one in found), dict(masters.return_rules)),
            "classes": naming.classes((_class(one) for one in shown), masters),
            "places": naming.places(one.place for one in shown),
            "verbs": {verb: list(VERBS[verb]) for verb in _verbs(shown)},
        },
    }


def to_and_fro(found: Sequence[Return], *, now: dt.datetime) -> dict[str, Any]:
    """Pairs of units between which cases went to and fro, and who handed on to whom how often."""
    pairs, moves = rules.pairs(found, now), rules.moves(found)
    told = {one for pair in pairs for one in (pair.low, pair.high, *pair.ruled)}
    told |= {one for source, target, _ in moves for one in (source, target)}
    return {
        "returns": len(found),
        "hours_lost": _hours(sum(pair.lost_s for pair in pairs)),
        "pairs": [_pair(pair) for pair in pairs],
        "moves": [{"from": source, "to": target, "count": count} for source, target, count in moves],
        "names": {"units": naming.units(told)},
    }


def _units(found: Sequence[Return]) -> set[int | None]:
    return {one for each in found for one in (each.unit_id, each.onward_unit_id, each.accepted_unit_id)}


def _verbs(found: Sequence[Return]) -> list[str]:
    said = {verb for one in found for verb in (one.sent_verb, one.onward_verb) if verb}
    return sorted(said & VERBS.keys())


def _class(one: Return) -> str:
    return f"{one.class_kind}:{one.class_code}" if one.class_code else ""


def _hours(seconds: int) -> float:
    return round(seconds / HOUR_S, 1)


def _item(one: Return, now: dt.datetime) -> dict[str, Any]:
    return {
        "key": one.key,
        "number": one.number,
        "title": one.title,
        "class": _class(one),
        "place": one.place,
        "state": one.state,
        "at": one.at,
        "unit_id": one.unit_id,
        "by": one.by,
        "rule": one.rule,
        "note": one.note,
        "to_arbiter": one.to_arbiter,
        "sent_verb": one.sent_verb,
        "sent_at": one.sent_at,
        "sent_by": one.sent_by,
        "onward_verb": one.onward_verb,
        "onward_at": one.onward_at,
        "onward_unit_id": one.onward_unit_id,
        "accepted_at": one.accepted_at,
        "accepted_unit_id": one.accepted_unit_id,
        "wait_hours": None if one.waited_s is None else _hours(one.waited_s),
        "hours_lost": _hours(one.lost_s(now)),
    }


def _total(one: Total) -> dict[str, Any]:
    wait = one.median_wait_s
    return {
        "group": one.group,
        "returns": one.returns,
        "cases": len(one.cases),
        "to_arbiter": one.to_arbiter,
        "back_again": one.back_again,
        "hours_lost": _hours(one.lost_s),
        "accepted": len(one.waits),
        "median_wait_hours": None if wait is None else _hours(wait),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "low": pair.low,
        "high": pair.high,
        "cases": len(pair.cases),
        "numbers": sorted(pair.cases, reverse=True)[:20],
        "low_first": pair.low_first,
        "back": pair.back,
        "arbiter": pair.arbiter,
        "hours_lost": _hours(pair.lost_s),
        "ruled": [{"unit_id": unit, "count": count} for unit, count in sorted(pair.ruled.items(), key=lambda kept: (-kept[1], kept[0]))],
    }  # fmt: skip


HEADS: tuple[tuple[str, str], ...] = (
    ("案件编号", "number"), ("标题", "title"), ("类别代码", "class code"), ("类别", "class"), ("位置代码", "place"), ("所在区域", "area"),
    ("派遣方式", "sent by step"), ("派遣人", "sent by"), ("派遣时间", "sent"), ("回退单位", "returned by unit"), ("回退人", "returned by"),
    ("回退时间", "returned"), ("引用条款", "rule"), ("条款内容", "rule text"), ("说明", "note"), ("提交裁决", "to the arbiter"),
    ("下一承办单位", "next unit"), ("转派时间", "sent on"), ("接单单位", "accepted by unit"), ("接单时间", "accepted"),
    ("回退至接单(小时)", "return to acceptance (h)"), ("往返耗时(小时)", "lost (h)"),
)  # fmt: skip


def as_csv(found: Sequence[Return], *, now: dt.datetime, language: str) -> Iterator[bytes]:
    """The whole ledger as a file for office programs, in parts; no cell is taken for a formula."""
    tongue = 0 if language.startswith("zh") else 1
    masters = masters_now.current(now)
    names = {
        "units": naming.units(_units(found)),
        "rules": naming.clauses((one.rule for one in found), dict(masters.return_rules)),
        "classes": naming.classes((_class(one) for one in found), masters),
        "places": naming.places(one.place for one in found),
    }
    yield b"\xef\xbb\xbf"  # so that office programs read it as UTF-8
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(heads[tongue] for heads in HEADS)
    for one in found:
        writer.writerow(_cell(value, tongue) for value in _line(one, names, tongue, now))
        if buffer.tell() > PART_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _line(one: Return, names: dict[str, dict[str, list[str]]], tongue: int, now: dt.datetime) -> list[object]:
    def named(kind: str, key: object) -> str:
        found = names[kind].get(str(key), ["", ""]) if key is not None else ["", ""]
        return found[tongue]

    verb = VERBS[one.sent_verb][tongue] if one.sent_verb in VERBS else ""
    return [
        one.number, one.title, _class(one), named("classes", _class(one)), one.place, named("places", one.place),
        verb, one.sent_by, one.sent_at, named("units", one.unit_id), one.by, one.at, one.rule, named("rules", one.rule), one.note, one.to_arbiter,
        named("units", one.onward_unit_id), one.onward_at, named("units", one.accepted_unit_id), one.accepted_at,
        None if one.waited_s is None else _hours(one.waited_s), _hours(one.lost_s(now)),
    ]  # fmt: skip


def _cell(value: object, tongue: int) -> object:
    if isinstance(value, bool):
        return (("是", "yes") if value else ("否", "no"))[tongue]
    if isinstance(value, dt.datetime):
        return in_city(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
