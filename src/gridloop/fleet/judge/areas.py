"""Rules over being in a fence: no-go and dwell, from the events of the fence engine and from moments at which a rule begins or ends to hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from gridloop.engines.fences.calendars import FAR
from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import Kind, Stage
from gridloop.fleet.judge.gate import Gate
from gridloop.fleet.judge.look import Look, Sights
from gridloop.fleet.judge.teller import Spot, Teller
from gridloop.fleet.judge.told import Position, listed
from gridloop.fleet.judge.watches import Watch
from gridloop.fleet.rules.kinds import RuleKind


class Event(NamedTuple):
    """An event of the engine, as plain numbers; row: of the fix that decided it."""

    time: int
    fence: int
    kind: int
    stage: int
    since: int
    confirmed: int
    left: int
    row: int


def walk(
    look: Look, teller: Teller, watch: Watch, events: list[Event], sights: Sights, earlier: tuple[Position, ...]
) -> None:
    """Take a watch through its events and the fixes at which it has to be looked at, in the order of time."""
    place = after = 0
    while True:
        event_ms = events[place].time if place < len(events) else FAR
        stop = max(after, sights.first_from(watch.wake))
        woken = stop < len(sights.times) and sights.times[stop] < event_ms
        if woken:
            row, after = sights.rows[stop], stop + 1
        elif place < len(events):
            row = events[place].row
        else:
            return
        spot = look.spot(row)
        pass_time(teller, watch, spot.at_ms, spot)
        if not woken:
            take(teller, watch, events[place], spot, partial(look.positions, sights, spot.at_ms, earlier))
            place += 1
        settle(teller, watch, spot)


def take(teller: Teller, watch: Watch, event: Event, spot: Spot, positions: Callable[[], tuple[Position, ...]]) -> None:
    """What one event makes of a watch; `positions` are the last ones up to it."""
    if event.kind == Kind.SUSPECTED_IN:
        teller.end(watch, event.since, spot, {"why": "gap"})  # a stretch of late fixes that had no end
        watch.level, watch.since, watch.doubt = 1, event.since, NEVER
        watch.positions = positions()[-1:]
    elif event.kind == Kind.CONFIRMED_IN:
        watch.level, watch.since = 2, event.since
        watch.positions = positions()
    elif event.kind == Kind.SUSPECTED_OUT:
        watch.doubt = event.left
    elif event.kind == Kind.WITHDRAWN and event.stage == Stage.IN:
        watch.doubt = NEVER
    else:
        over = event.kind == Kind.CONFIRMED_OUT
        ended_by = listed(positions() if over else positions()[-1:])
        teller.end(watch, event.left if over else spot.at_ms, spot, {"why": "left", "ended_by": ended_by})
        watch.level, watch.doubt = 0, NEVER


def pass_time(teller: Teller, watch: Watch, at_ms: int, spot: Spot) -> None:
    """Let the rule begin and end to hold for the watch up to a moment; the ends are told, with the moment they came."""
    if watch.gate_until == NEVER:
        _heed(teller, watch, at_ms)
    while watch.gate_until <= at_ms:
        moment = watch.gate_until
        found = _heed(teller, watch, moment)
        if found.closed_by:
            teller.end(watch, moment, Spot(moment, spot.lon, spot.lat), {"why": found.closed_by})


def settle(teller: Teller, watch: Watch, spot: Spot) -> None:
    """Tell what a fix inside makes true, and say when to look again."""
    holds = watch.open_from != NEVER and watch.open_from <= spot.at_ms
    begin = max(watch.since, watch.open_from)
    if holds and watch.level and watch.doubt == NEVER:
        if teller.line(watch.key.line).kind is RuleKind.DWELL:
            if watch.level == 2 and not watch.stage and spot.at_ms >= begin + watch.limit_ms:
                watch.detail = {"limit_s": watch.limit_ms // 1000, "since_ms": watch.since}
                teller.begin(watch, 2, begin, spot)
        elif watch.stage < watch.level:
            teller.begin(watch, watch.level, begin, spot)
    watch.wake = wake_of(teller, watch, begin)


def wake_of(teller: Teller, watch: Watch, begin: int) -> int:
    """When the watch is to be looked at again without an event."""
    waiting = watch.open_from != NEVER and watch.level > watch.stage and watch.doubt == NEVER
    if waiting and teller.line(watch.key.line).kind is RuleKind.DWELL:
        waiting, begin = watch.level == 2 and not watch.stage, begin + watch.limit_ms
    return min(watch.gate_until, begin) if waiting else watch.gate_until


def _heed(teller: Teller, watch: Watch, at_ms: int) -> Gate:
    found = teller.look(watch, at_ms)
    if found.version is not None and found.version.row.kind == RuleKind.DWELL:
        watch.limit_ms = round(float(found.version.row.params.get("limit_s", 0)) * 1000)
    return found
