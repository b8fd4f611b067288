"""Rules over staying within fences: a vehicle is astray when it is in none of those that the rule names."""

from __future__ import annotations

from gridloop.engines.fences.calendars import FAR
from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import CONFIRM_FIXES, Stage
from gridloop.fleet.judge.areas import Event, pass_time
from gridloop.fleet.judge.gate import valid
from gridloop.fleet.judge.look import Look, Sights
from gridloop.fleet.judge.teller import Spot, Teller
from gridloop.fleet.judge.told import Position, listed
from gridloop.fleet.judge.watches import Watch

ENTERING = (Stage.SUSPECTED_IN, Stage.SUSPECTED_IN_AGAIN, Stage.IN)


def walk_within(
    look: Look, teller: Teller, watch: Watch, events: list[Event], sights: Sights, earlier: tuple[Position, ...]
) -> None:
    """Take a watch through all events of a vehicle at the fences of the rule, several of them at one moment, in the order of time."""
    moments: dict[int, list[Event]] = {}
    for event in events:
        moments.setdefault(event.time, []).append(event)
    for at_ms, row in zip(sights.times, sights.rows, strict=True):
        happened = moments.get(at_ms, [])
        if not happened and watch.wake > at_ms:
            continue
        spot = look.spot(row)
        pass_time(teller, watch, at_ms, spot)
        inside = dict(watch.inside)
        for event in happened:
            inside[event.fence] = event.stage
        watch.inside = tuple(sorted((fence, stage) for fence, stage in inside.items() if stage != Stage.OUTSIDE))
        positions = look.positions(sights, at_ms, earlier)
        _judged(teller, watch, happened, spot, positions)
        _settle(teller, watch, spot)


def _judged(teller: Teller, watch: Watch, happened: list[Event], spot: Spot, positions: tuple[Position, ...]) -> None:
    """The level of a watch after what happened at one fix."""
    named = teller.line(watch.key.line).at(spot.at_ms)
    stages = [
        stage
        for fence, stage in watch.inside
        if named is not None and fence in named.fences and valid(teller.masters, fence, spot.at_ms)
    ]
    home = Stage.IN in stages if watch.level == 2 else any(stage in ENTERING for stage in stages)
    if home:
        since = max((event.since for event in happened if event.stage == Stage.IN), default=spot.at_ms)
        over = since if watch.level == 2 else spot.at_ms
        teller.end(watch, over, spot, {"why": "back", "ended_by": listed(positions[-1:])})
        watch.level, watch.fixes, watch.since = 0, CONFIRM_FIXES, NEVER
    elif stages and watch.level < 2:  # on the way out of all it was in
        if watch.level == 0:
            left = max((event.left for event in happened if event.left != NEVER), default=spot.at_ms)
            watch.level, watch.since, watch.positions = 1, left, positions[-1:]
    elif watch.level < 2:
        _out(watch, happened, spot, positions)


def _out(watch: Watch, happened: list[Event], spot: Spot, positions: tuple[Position, ...]) -> None:
    """In no fence at all: certain when an exit was confirmed or three fixes say so."""
    watch.fixes = watch.fixes + 1 if watch.level or watch.fixes < CONFIRM_FIXES else 1
    if watch.level == 0:
        watch.level, watch.since, watch.positions = 1, spot.at_ms, positions[-1:]
    left = any(NEVER not in (event.left, event.confirmed) for event in happened)
    if left or watch.fixes >= CONFIRM_FIXES:
        watch.level, watch.positions, watch.fixes = 2, positions, CONFIRM_FIXES


def _settle(teller: Teller, watch: Watch, spot: Spot) -> None:
    begin = max(watch.since, watch.open_from)
    holds = watch.open_from != NEVER and watch.open_from <= spot.at_ms
    if holds and watch.stage < watch.level:
        teller.begin(watch, watch.level, begin, spot)
    counting = watch.level == 1 and not watch.inside
    unknown = watch.level == 0 and not watch.inside
    waiting = watch.open_from > spot.at_ms and watch.level > watch.stage
    watch.wake = NEVER if counting or unknown else min(watch.gate_until, watch.open_from if waiting else FAR)
