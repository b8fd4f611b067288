"""Asking a rule of the past: written down with who asked, reckoned by a job part by part, and kept with its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.fleet import sql
from gridloop.fleet.judge.replay import Difference, difference
from gridloop.fleet.judge.told import Told
from gridloop.fleet.models import Rule, RuleReplay, Vehicle
from gridloop.fleet.queries import replays as asked
from gridloop.fleet.queries.areas import RULE_COLUMNS, rule_now
from gridloop.fleet.queries.scope import areas_of, touching
from gridloop.fleet.rules import replays as rules
from gridloop.fleet.rules.areas import NewRule, checked_rule
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import GridloopError, NotFound
from gridloop.kernel.statements import run

Lines = dict[str, list[dict[str, Any]]]


def ask(code: str, said: Mapping[str, Any], *, days: int, by: Caller, now: datetime) -> RuleReplay:
    """Write down the question: the version in force against the same rule with `said`, over the last days, for vehicles of the asker's area."""
    span = rules.checked_days(days)
    with transaction.atomic():
        old = rule_now(code, now)
        areas = areas_of(by, asked.ASKING)
        if not Rule.objects.filter(touching(areas), pk=old.pk).exists():
            raise NotFound(f"there is no rule {code[:60]} in your area", zh=f"您的区域内没有规则 {code[:60]}")
        proposed = checked_rule(NewRule(**(_plain(old) | dict(said) | {"code": old.code, "kind": old.kind}))).said()
        made = RuleReplay.objects.create(
            code=old.code, version=old.version, said=proposed, since=now - span, until=now, areas=list(areas), by_id=by.person_id, at=now
        )  # fmt: skip
        ledger.record(
            by, "fleet.rule_replayed", f"rule:{old.code}", at=now, area=old.area, looked=True,
            detail={"replay": made.pk, "version": old.version, "days": days, "proposed": proposed},
        )  # fmt: skip
        run(sql.text("replay_defer"), {"replay_id": made.pk})
    return made


def reckon(replay_id: int, *, now: datetime) -> RuleReplay:
    """Judge the span twice, part by part, and keep the difference; one that is done stays as it is. What went wrong is kept in words."""
    row = RuleReplay.objects.get(pk=replay_id)
    if row.state in {"done", "failed"}:
        return row
    try:
        _reckon(row, now)
        row.state = "done"
    except GridloopError as wrong:
        row.state, row.error_en, row.error_zh = "failed", wrong.en, wrong.zh
    row.ended_at = now
    row.save()
    return row


def _reckon(row: RuleReplay, now: datetime) -> None:
    old = _plain(Rule.objects.get(code=row.code, version=row.version))
    vehicles = asked.vehicles_of(old, row.said, row.areas)
    counts = asked.fix_counts(sorted(vehicles), row.since, row.until)
    parts = rules.parts_of(counts, row.said["kind"])
    row.state, row.done, row.of, row.fixes = "running", 0, len(parts), sum(counts.values())
    row.save(update_fields=["state", "done", "of", "fixes"])
    lines: Lines = {side: [] for side in rules.SIDES}
    for number, part in enumerate(parts, start=1):
        mine = [vehicles[one] for one in part]
        before = asked.masters(old, row.version, mine, row.since, now)
        after = asked.masters(row.said, row.version + 1, mine, row.since, now)
        _add(lines, difference(before, after, asked.fixes(part, row.since, row.until)), vehicles)
        row.done = number
        row.save(update_fields=["done"])
    row.totals = {side: len(found) for side, found in lines.items()}
    row.figures = figures(lines)


def _add(lines: Lines, found: Difference, vehicles: Mapping[int, Vehicle]) -> None:
    for side in rules.SIDES:
        lines[side] += [_line(one, vehicles[one.vehicle]) for one in getattr(found, side)]


def figures(lines: Lines) -> dict[str, Any]:
    """Per day of the city, per vehicle (those that differ most first), and examples of each side with the positions that decided."""
    by_day: dict[str, Counter[str]] = {}
    by_vehicle: dict[tuple[int, str], Counter[str]] = {}
    for side, found in lines.items():
        for one in found:
            by_day.setdefault(one["day"], Counter())[side] += 1
            by_vehicle.setdefault((one["vehicle_id"], one["plate"]), Counter())[side] += 1
    days = [{"day": day, **_sides(counts)} for day, counts in sorted(by_day.items())]
    ranked = sorted(by_vehicle.items(), key=lambda item: (-item[1]["only_old"] - item[1]["only_new"], item[0][1]))
    return {
        "days": days,
        "vehicles": [{"vehicle_id": number, "plate": plate, **_sides(counts)} for (number, plate), counts in ranked[: rules.VEHICLES_SHOWN]],
        "examples": {side: sorted(found, key=lambda one: str(one["confirmed_at"]))[-rules.EXAMPLES_SHOWN :] for side, found in lines.items()},
    }  # fmt: skip


def _sides(counts: Counter[str]) -> dict[str, int]:
    return {side: counts[side] for side in rules.SIDES}


def _line(told: Told, vehicle: Vehicle) -> dict[str, Any]:
    suspected, confirmed = (_moment(one) for one in (told.suspected_ms, told.confirmed_ms or told.at_ms))
    return {
        "vehicle_id": vehicle.pk, "plate": vehicle.plate, "kind": vehicle.kind, "fence": told.fence.code if told.fence else "",
        "day": f"{in_city(suspected):%Y-%m-%d}", "suspected_at": suspected.isoformat(), "confirmed_at": confirmed.isoformat(),
        "lon": told.lon, "lat": told.lat, "positions": told.positions,
    }  # fmt: skip


def _plain(rule: Rule) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in RULE_COLUMNS:
        value = getattr(rule, name)
        found[name] = tuple(value) if isinstance(value, list) else value
    return found


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
