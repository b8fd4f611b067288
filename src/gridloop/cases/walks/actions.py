"""A shift on foot begins, positions come in while it is open, it ends; looks are written down; old positions go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql as statements
from gridloop.cases.walks import queries, rules, sql
from gridloop.cases.walks.models import CellVisit, Walk, WalkPosition
from gridloop.cases.walks.queries.walks import LOOKED
from gridloop.cases.walks.rules import Fix
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.places import queries as places

SWEEP_MAX = 20_000
CLOCK = "walks"


def begin(key: str, said: dt.datetime | None, *, by: Caller, now: dt.datetime) -> Walk:
    """Begin a shift, at the moment the phone said. Who is on shift already gets that one; the same key again is the same shift."""
    person, area = identity.require_person(by), rules.area_of(by)
    rules.checked_key(key)
    before = _standing(person, key, now=now)
    if before is not None:
        return before
    begun = rules.beginning(said, now, hours=queries.terms().shift_hours)
    try:
        with transaction.atomic():
            made = Walk.objects.create(person_id=person, area=area, key=key, begun_at=begun)
            ledger.record(by, "walk.begun", f"walk:{made.pk}", at=now, area=area, detail={"people": [person]})
    except IntegrityError:  # the same tap came twice at once
        return Walk.objects.filter(person_id=person).latest("id")
    return made


def _standing(person: int, key: str, *, now: dt.datetime) -> Walk | None:
    """The shift of this key, or the one that is open; one that ran out is ended first."""
    for walk in Walk.objects.filter(person_id=person, ended_at__isnull=True):
        _run_out(walk, now=now)
    mine = Walk.objects.filter(person_id=person)
    return mine.filter(key=key).first() or mine.filter(ended_at__isnull=True).first()


def push(key: str, fixes: Sequence[Fix], *, by: Caller, now: dt.datetime) -> dict[str, int]:
    """Keep positions of the own open shift; those whose time lies outside it are dropped and counted. Refused once it has ended.

    A batch that comes again changes nothing. One row is locked, one statement keeps the positions and marks the cells.
    """
    if len(fixes) > rules.POSITIONS_MAX:
        raise Malformed(
            f"a batch has at most {rules.POSITIONS_MAX} positions; send the rest in another",
            zh=f"每批最多 {rules.POSITIONS_MAX} 个位置,其余请分批发送",
            fields={"items": "too many"},
        )
    walk = _own(key, by=by)
    _run_out(walk, now=now)
    with transaction.atomic():
        walk = Walk.objects.select_for_update().get(pk=walk.pk)
        if walk.ended_at is not None:
            raise rules.over(walk.ended_at, clock.in_city(walk.ended_at))
        kept = rules.inside(fixes, walk.begun_at, now)
        dropped = len(fixes) - len(kept)
        rows = [(0,)]
        if kept:
            rows = statements.run(sql.text("keep"), _columns(walk, kept))
        if dropped:
            walk.dropped += dropped
            walk.save(update_fields=["dropped"])
    return {"kept": rows[0][0], "dropped": dropped}


def _columns(walk: Walk, fixes: Sequence[Fix]) -> dict[str, Any]:
    return {
        "walk": walk.pk,
        "at": [fix.at for fix in fixes],
        "lon": [fix.lon for fix in fixes],
        "lat": [fix.lat for fix in fixes],
        "accuracy_m": [fix.accuracy_m for fix in fixes],
        "exact_m": rules.VISIT_ACCURACY_M,
    }


def end(key: str, said: dt.datetime | None, *, by: Caller, now: dt.datetime) -> Walk:
    """End the own shift at the moment the phone said; a shift that has ended stays as it is. Positions after the end go."""
    walk = _own(key, by=by)
    _run_out(walk, now=now)
    with transaction.atomic():
        walk = Walk.objects.select_for_update().get(pk=walk.pk)
        if walk.ended_at is None:
            at = rules.ending(said, walk.begun_at, now, hours=queries.terms().shift_hours)
            _close(walk, at, by=by, now=now)
    return walk


def look_out(*, by: Caller, now: dt.datetime) -> list[dict[str, Any]]:
    """Who is on shift in the caller's areas; the look is written down with everybody whose position was shown."""
    with transaction.atomic():
        found = queries.out(by=by, now=now)
        seen = [one["person_id"] for one in found if one["at"] is not None]
        if seen:
            area = rules.watched_areas(by)[0]
            ledger.record(by, LOOKED, f"walks:{area}", at=now, area=area, detail={"people": seen}, looked=True)
    return found


def looked_at(cell: str, said: dt.datetime | None, *, by: Caller, now: dt.datetime) -> dt.datetime:
    """Somebody looked through a cell and found nothing to report; returns when. Saying it again changes nothing."""
    identity.require_grant(by, Duty.COLLECTOR, area=cell)
    if places.mapped("cells", cell, areas=None).code != cell:
        raise NotFound(f"there is no cell {cell}", zh=f"没有单元网格 {cell}")
    at = min(said or now, now)
    with transaction.atomic():
        visit, made = CellVisit.objects.select_for_update().get_or_create(pk=cell, defaults={"at": at})
        if made or visit.at < at:
            CellVisit.objects.filter(pk=cell).update(at=at)
            ledger.record(by, "patrol.looked", f"cell:{cell}", at=now, area=cell)
    return max(visit.at, at)


def end_by_the_clock(now: dt.datetime) -> int:
    """End the shifts that nobody ended; returns how many."""
    line = now - dt.timedelta(hours=queries.terms().shift_hours)
    late = Walk.objects.filter(ended_at__isnull=True, begun_at__lte=line)
    return sum(_run_out(walk, now=now) for walk in late[:SWEEP_MAX])


def let_go(now: dt.datetime) -> int:
    """Remove positions older than the configured days, and shifts that ended before; returns how many positions."""
    line = now - dt.timedelta(days=queries.terms().position_days)
    gone, _ = WalkPosition.objects.filter(at__lt=line).delete()
    Walk.objects.filter(ended_at__lt=line).delete()
    return gone


def _own(key: str, *, by: Caller) -> Walk:
    found = Walk.objects.filter(person_id=identity.require_person(by), key=key).first()
    if found is None:
        raise NotFound(
            "there is no such shift of yours; begin one first, positions are taken only within it",
            zh="您没有这个班次,请先上岗;只接收在岗期间的位置",
        )
    return found


def _run_out(walk: Walk, *, now: dt.datetime) -> bool:
    """End a shift whose hours are over; whether it was."""
    end_at = rules.runs_out(walk.begun_at, hours=queries.terms().shift_hours)
    if end_at > now:
        return False
    with transaction.atomic():
        found = Walk.objects.select_for_update().filter(pk=walk.pk, ended_at__isnull=True).first()
        if found is None:
            return False
        found.by_hours = True
        _close(found, end_at, by=system(CLOCK), now=now)
    return True


def _close(walk: Walk, at: dt.datetime, *, by: Caller, now: dt.datetime) -> None:
    """Write the end down, and let go of what a phone noted after it."""
    walk.ended_at = at
    walk.save(update_fields=["ended_at", "by_hours"])
    WalkPosition.objects.filter(walk=walk, at__gt=at).delete()
    detail = {"people": [walk.person_id], "by_hours": walk.by_hours}
    ledger.record(by, "walk.ended", f"walk:{walk.pk}", at=now, area=walk.area, detail=detail)
