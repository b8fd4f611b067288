"""A rule asked of the past: the masters of its old and its proposed version, the fixes of a span, and the questions that were asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import chinese_calendar
import numpy as np
import numpy.typing as npt
import shapely

from gridloop.fleet import sql
from gridloop.fleet.judge.masters import Masters, masters_of
from gridloop.fleet.judge.rows import FenceRow, OccasionRow, PermitRow, RouteRow, RuleRow, VehicleRow
from gridloop.fleet.models import DeclaredRoute, Fence, Occasion, Permit, RuleReplay, Vehicle
from gridloop.fleet.queries import archive
from gridloop.fleet.queries.areas import about, in_force, names_for
from gridloop.fleet.queries.past import fixes_of, shape_of
from gridloop.fleet.queries.scope import areas_of, within
from gridloop.fleet.queries.tracks import away
from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.fleet.rules.words import rule_words
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound
from gridloop.kernel.statements import run

ASKING = Duty.SUPERVISOR
SHOWN_MAX = 20
Plain = Mapping[str, Any]
"""A rule as plain values under the names of its columns."""


def replays(code: str, *, by: Caller) -> list[dict[str, Any]]:
    """The newest questions about a rule that lie in the caller's area, without their figures; two statements."""
    rows = [row for row in RuleReplay.objects.filter(code=code).order_by("-pk")[: 5 * SHOWN_MAX] if _sees(by, row)]
    people = identity.person_names(row.by_id for row in rows[:SHOWN_MAX])
    return [line(row, people) for row in rows[:SHOWN_MAX]]


def replay(replay_id: int, *, by: Caller, now: datetime) -> dict[str, Any]:
    """One question with its figures and the proposed rule in words; four statements. NotFound outside the caller's area."""
    row = RuleReplay.objects.filter(pk=replay_id).first()
    if row is None or not _sees(by, row):
        raise NotFound(f"there is no replay {replay_id} in your area", zh=f"您的区域内没有回放 {replay_id}")
    names = names_for(row.said["fences"], [row.said["occasion"]] if row.said["occasion"] else [], now)
    zh, en = rule_words(row.said, names)
    return line(row, identity.person_names([row.by_id])) | {
        "said": row.said, "words_zh": zh, "words_en": en, "figures": row.figures,
    }  # fmt: skip


def line(row: RuleReplay, people: Mapping[int, str]) -> dict[str, Any]:
    """A question for the web."""
    return {
        "id": row.pk, "code": row.code, "version": row.version, "since": row.since, "until": row.until, "at": row.at,
        "by": people.get(row.by_id or 0, ""), "state": row.state, "done": row.done, "of": row.of, "fixes": row.fixes,
        "ended_at": row.ended_at, "error_zh": row.error_zh, "error_en": row.error_en, "totals": row.totals,
    }  # fmt: skip


def _sees(by: Caller, row: RuleReplay) -> bool:
    mine = areas_of(by, ASKING)
    return all(any(area.startswith(own) for own in mine) for area in row.areas) and bool(row.areas)


def vehicles_of(old: Plain, new: Plain, areas: Sequence[str]) -> dict[int, Vehicle]:
    """Vehicles in service in these areas that one of the two is about; one statement."""
    found = Vehicle.objects.filter(about(old)) | Vehicle.objects.filter(about(new))
    return {one.pk: one for one in found.filter(within(tuple(areas)), in_service=True).order_by("pk")}


def fix_counts(vehicles: Sequence[int], since: datetime, until: datetime) -> dict[int, int]:
    """How many fixes there are of each vehicle; two statements, and files for days that have left the database."""
    asked = {"vehicles": list(vehicles), "since": since, "until": until}
    found: Counter[int] = Counter(dict(run(sql.text("replay_counts"), asked)))
    for one in away(since, until):
        found += archive.counts(one.day, vehicles, since, until)
    return dict(found)


def fixes(vehicles: Sequence[int], since: datetime, until: datetime) -> npt.NDArray[np.void]:
    """The fixes of these vehicles as the judge takes them; two statements, and files for days that have left the database."""
    rows = run(sql.text("replay_fixes"), {"vehicles": list(vehicles), "since": since, "until": until})
    for one in away(since, until):
        rows += archive.rows_of(one.day, vehicles, since, until)
    return fixes_of(rows)


def masters(rule: Plain, version: int, vehicles: Sequence[Vehicle], since: datetime, now: datetime) -> Masters:
    """One rule as if it had held since before `since`, its fences as they are now; permits, routes and events with their own times; four statements."""
    start_ms = _ms(since) - 86_400_000
    ids = [one.pk for one in vehicles]
    drawn = Fence.objects.filter(in_force(now), code__in=rule["fences"])
    permits = Permit.objects.filter(vehicle_id__in=ids, kind__in=rule["permit_kinds"], valid_to__gt=since)
    routes = DeclaredRoute.objects.filter(vehicle_id__in=ids, ends_at__gt=since)
    events = Occasion.objects.filter(code=rule["occasion"]) if rule["occasion"] else []
    return masters_of(
        [VehicleRow(one.pk, one.plate, one.kind, one.firm, tuple(one.lists), one.area, one.speed_limit_kmh) for one in vehicles],
        [FenceRow(one.pk, one.code, one.version, _shape(one), start_ms, None) for one in drawn],
        [_rule(rule, version, start_ms)],
        [_permit(one) for one in permits],
        [_route(one) for one in routes],
        [OccasionRow(one.code, tuple((_ms_of(begin), _ms_of(end)) for begin, end in one.spans)) for one in events],
        version=version,
        holidays=frozenset(chinese_calendar.holidays),
    )  # fmt: skip


def _rule(rule: Plain, version: int, start_ms: int) -> RuleRow:
    fences, kinds, firms, lists, plates, permit_kinds = (
        tuple(rule[name]) for name in ("fences", "kinds", "firms", "lists", "plates", "permit_kinds")
    )
    return RuleRow(
        version, rule["code"], version, rule["kind"], fences=fences, kinds=kinds, firms=firms, lists=lists, plates=plates,
        params=rule["params"], weekly=_weekly(rule["weekly"]), holidays=rule["holidays"], occasion=rule["occasion"],
        permit_kinds=permit_kinds, severity=rule["severity"], valid_from_ms=start_ms, valid_to_ms=None,
    )  # fmt: skip


def _permit(one: Permit) -> PermitRow:
    revoked = _ms(one.revoked_at) if one.revoked_at else None
    return PermitRow(
        one.number, one.kind, one.vehicle_id, tuple(one.fences), _weekly(one.weekly), _ms(one.valid_from), _ms(one.valid_to), revoked
    )  # fmt: skip


def _route(one: DeclaredRoute) -> RouteRow:
    return RouteRow(
        one.number, one.vehicle_id, np.asarray(one.line.coords, np.float64), one.width_m, _ms(one.starts_at), _ms(one.ends_at)
    )  # fmt: skip


def _shape(one: Fence) -> Any:
    return shape_of(ShapeKind(one.shape), shapely.from_wkb(bytes(one.geom.wkb)), one.radius_m, one.width_m)


def _weekly(rows: Sequence[Sequence[Any]]) -> tuple[tuple[int, str, str], ...]:
    return tuple((int(day), str(begins), str(ends)) for day, begins, ends in rows)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _ms_of(text: str) -> int:
    return _ms(datetime.fromisoformat(text))
