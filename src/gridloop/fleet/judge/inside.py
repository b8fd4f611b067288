"""From the events of the fence engine and the moments that are due to the watches of area rules."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import CONFIRM_FIXES, Kind
from gridloop.fleet.judge.areas import Event, walk
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.held import Held, Recent
from gridloop.fleet.judge.look import Look, Sights
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.teller import Teller
from gridloop.fleet.judge.told import Position
from gridloop.fleet.judge.watches import Editing, Key, Watch, next_wake
from gridloop.fleet.judge.within import walk_within
from gridloop.fleet.rules.kinds import RuleKind

BEGINNINGS = (Kind.SUSPECTED_IN, Kind.CONFIRMED_IN)
Happened = dict[int, dict[Key, list[Event]]]


def judge_areas(look: Look, teller: Teller, held: Held, editing: Editing) -> tuple[NDArray[np.int64], Recent]:
    """Take all area watches through the window: (wake afterwards, recent fixes afterwards)."""
    recent, wake = held.recent, held.wake
    for late in (False, True):
        chosen = look.late if late else look.good
        if not chosen.any():
            continue
        happened = _happened(look, late=late)
        who = set(happened)
        if late:
            who |= {vehicle for vehicle in set(look.vehicle[chosen].tolist()) if _has_late(editing, vehicle)}
        else:
            due = chosen & (look.time >= wake[look.vehicle])
            who |= set(look.vehicle[due].tolist()) | _newcomers(look, editing)
        who |= _attended(look, recent, chosen, late=late)
        recent = _walked(look, teller, editing, happened, who, recent, late=late)
    if editing.touched:
        wake = wake.copy()
        for vehicle in editing.touched:
            wake[vehicle] = next_wake(editing.of(vehicle))
    return wake, recent


def concerned(
    masters: Masters, vehicle: NDArray[np.int64], fence: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which area rules concern these vehicles (rows) at these fences (ids): pairs (place, number of the line)."""
    column = masters.index.columns_of(fence)
    first = np.where(column >= 0, masters.start[column], 0)
    size = np.where(column >= 0, masters.start[column + 1] - first, 0)
    place = np.repeat(np.arange(len(fence)), size)
    line = masters.line[np.repeat(first - np.cumsum(size) + size, size) + np.arange(int(size.sum()))]
    mine = masters.concern[line, vehicle[place]]
    return place[mine], line[mine]


def _happened(look: Look, *, late: bool) -> Happened:
    """The events of a window by vehicle and watch."""
    events = look.events[look.events["late"] == late]
    place, line = concerned(look.masters, events["vehicle"], events["fence"])
    found: Happened = {}
    columns = zip(
        *(
            events[name][place].tolist()
            for name in ("vehicle", "time", "fence", "kind", "stage", "since", "confirmed", "left")
        ),
        events["deciding"][place, -1].tolist(),
        line.tolist(),
        strict=True,
    )
    for vehicle, time, fence, kind, stage, since, confirmed, left, row, number in columns:
        rule = look.masters.lines[number]
        key = Key(rule.code, NO_FENCE if rule.kind is RuleKind.STAY_WITHIN else fence, late)
        event = Event(time, fence, kind, stage, since, confirmed, left, row)
        found.setdefault(vehicle, {}).setdefault(key, []).append(event)
    return found


def _newcomers(look: Look, editing: Editing) -> set[int]:
    """Vehicles seen for the first time that must stay within something get a watch now."""
    found: set[int] = set()
    unseen = look.before.live.last.time[look.vehicle] == NEVER
    for number, line in look.masters.lines_of(RuleKind.STAY_WITHIN):
        new = look.good & look.masters.concern[number][look.vehicle] & unseen
        for vehicle in set(look.vehicle[new].tolist()):
            key = Key(line.code, NO_FENCE, late=False)
            if editing.open(vehicle, key) is None:
                editing.keep(Watch(key, vehicle))
                found.add(vehicle)
    return found


def _attended(look: Look, recent: Recent, chosen: NDArray[np.bool_], *, late: bool) -> set[int]:
    """Vehicles of whom something is suspected and whose fixes are among the chosen ones."""
    if not recent:
        return set()
    suspects = np.fromiter((vehicle for vehicle, of_late in recent if of_late is late), np.int64)
    wanted = np.zeros(len(look.masters.whom), np.bool_)
    wanted[suspects] = True
    return set(look.vehicle[chosen & wanted[look.vehicle]].tolist())


def _has_late(editing: Editing, vehicle: int) -> bool:
    return any(key.late for key in editing.of(vehicle))


def _walked(
    look: Look,
    teller: Teller,
    editing: Editing,
    happened: Happened,
    who: Collection[int],
    recent: Recent,
    *,
    late: bool,
) -> Recent:
    """Walk the watches of these vehicles; returns the recent fixes of those of whom something is suspected now."""
    sights = look.rows_of(who, late=late)
    recent = dict(recent)
    for vehicle, seen in sights.items():
        earlier = recent.pop((vehicle, late), ())
        mine = happened.get(vehicle, {})
        due = [key for key, watch in editing.of(vehicle).items() if key.late is late and watch.wake <= seen.times[-1]]
        for key in dict.fromkeys([*mine, *due]):
            _walk_one(look, teller, editing, (vehicle, key), mine.get(key, []), sights=seen, earlier=earlier)
        if any(_uncertain(watch) for key, watch in editing.of(vehicle).items() if key.late is late):
            recent[vehicle, late] = look.positions(seen, seen.times[-1], earlier)
    return recent


def _walk_one(
    look: Look,
    teller: Teller,
    editing: Editing,
    which: tuple[int, Key],
    events: list[Event],
    *,
    sights: Sights,
    earlier: tuple[Position, ...],
) -> None:
    vehicle, key = which
    watch = editing.open(vehicle, key)
    within = key.fence == NO_FENCE
    if watch is None:
        if not within and not any(event.kind in BEGINNINGS for event in events):
            return
        watch = Watch(key, vehicle)
        if within:
            watch.fixes = CONFIRM_FIXES  # an event says that it is known where the vehicle is
    if within:
        walk_within(look, teller, watch, events, sights, earlier)
    else:
        walk(look, teller, watch, events, sights, earlier)
    if watch.level or within:
        editing.keep(watch)
    else:
        editing.drop(vehicle, key)


def _uncertain(watch: Watch) -> bool:
    return watch.level == 1 or watch.doubt != NEVER
