"""Silence inside a fence: told when time has passed, or by the fix that ends it; over with the next fix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import Kind, Stage
from gridloop.engines.fences.state import State, fence_of, vehicle_of
from gridloop.fleet.judge.areas import pass_time, settle
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.teller import Spot, Teller
from gridloop.fleet.judge.told import Position
from gridloop.fleet.judge.watches import Editing, Key, Watch
from gridloop.fleet.rules.kinds import RuleKind

SILENCE_S = 120.0  # vehicle_rules.json, max_gap_s (constructed)


def tick_silence(masters: Masters, teller: Teller, editing: Editing, state: State, now_ms: int) -> None:
    """Tell of vehicles last heard of inside a fence, longer ago than the rule allows."""
    lines = masters.lines_of(RuleKind.SILENCE)
    pairs = state.live.pairs[state.live.pairs["stage"] >= Stage.IN] if lines else state.live.pairs[:0]
    vehicle, fence = vehicle_of(pairs["key"]), fence_of(pairs["key"])
    heard_ms = state.live.last.time[vehicle]
    for number, line in lines:
        due = masters.concern[number][vehicle] & (heard_ms + shortest_ms(line) <= now_ms) & np.isin(fence, _named(line))
        for place in np.flatnonzero(due).tolist():
            spot = teller.last_spot(state, int(vehicle[place]), int(heard_ms[place]))
            _silent(teller, editing, line, (int(vehicle[place]), int(fence[place])), spot, now_ms)


def gaps(look: Look) -> NDArray[np.bool_]:
    """Which good fixes (n,) may have come after a silence: longer after what was known before the window than some rule allows."""
    found = np.zeros(len(look.fixes), np.bool_)
    last = look.before.live.last.time[look.vehicle]
    for number, line in look.masters.lines_of(RuleKind.SILENCE):
        long = (last == NEVER) | (look.time - np.where(last == NEVER, 0, last) >= shortest_ms(line))
        found |= look.good & look.masters.concern[number][look.vehicle] & long
    return found


def silent(look: Look, teller: Teller, editing: Editing, row: int) -> None:
    """Tell of the silence that this fix ends, where no tick has told of it."""
    vehicle, at_ms = int(look.vehicle[row]), int(look.time[row])
    mine = np.flatnonzero(look.good & (look.vehicle == vehicle) & (look.time < at_ms))
    if len(mine):
        spot = look.spot(int(mine[np.argmax(look.time[mine])]))
    elif look.before.live.last.time[vehicle] != NEVER:
        spot = teller.last_spot(look.before, vehicle, int(look.before.live.last.time[vehicle]))
    else:
        return
    fences = inside_at(look, vehicle, spot.at_ms)
    for number, line in look.masters.lines_of(RuleKind.SILENCE):
        if look.masters.concern[number, vehicle]:
            for fence in sorted(fences & set(_named(line))):
                _silent(teller, editing, line, (vehicle, fence), spot, at_ms)


def heard(look: Look, teller: Teller, editing: Editing, row: int) -> None:
    """A fix ends the silence of its vehicle."""
    vehicle, spot = int(look.vehicle[row]), look.spot(row)
    for key in [one for one in editing.of(vehicle) if teller.line(one.line).kind is RuleKind.SILENCE]:
        watch = editing.open(vehicle, key)
        if watch is not None:
            teller.end(watch, spot.at_ms, spot, {"why": "heard"})
            editing.drop(vehicle, key)


def inside_at(look: Look, vehicle: int, at_ms: int) -> set[int]:
    """The fences (ids) that a vehicle was certainly inside of at a moment of this window."""
    pairs = look.before.live.pairs
    first, last = np.searchsorted(pairs["key"], [vehicle << 32, (vehicle + 1) << 32])
    mine = pairs[first:last]
    found = {int(one) for one in fence_of(mine["key"][mine["stage"] >= Stage.IN])}
    events = look.events[(look.events["vehicle"] == vehicle) & ~look.events["late"] & (look.events["time"] <= at_ms)]
    for kind, fence in zip(events["kind"].tolist(), events["fence"].tolist(), strict=True):
        if kind == Kind.CONFIRMED_IN:
            found.add(fence)
        elif kind == Kind.CONFIRMED_OUT:
            found.discard(fence)
    return found


def shortest_ms(line: Line) -> int:
    """The shortest silence that some version of a rule names."""
    return min(_limit_ms(version.row.params) for version in line.versions)


def _silent(teller: Teller, editing: Editing, line: Line, which: tuple[int, int], last: Spot, now_ms: int) -> None:
    """A vehicle (row) in a fence (id) was last heard of there and then, and it is `now_ms`."""
    vehicle, fence = which
    key, version = Key(line.code, fence, late=False), line.at(now_ms)
    known = editing.of(vehicle).get(key)
    if version is None or (known is not None and known.stage):
        return
    limit_ms = _limit_ms(version.row.params)
    due = Spot(last.at_ms + limit_ms, last.lon, last.lat)
    if due.at_ms > now_ms:
        return
    watch = editing.open(vehicle, key) or Watch(
        key, vehicle, level=2, since=last.at_ms, positions=(Position(*last, 0, 0),)
    )
    watch.detail = {"heard_ms": last.at_ms, "limit_s": limit_ms // 1000}
    pass_time(teller, watch, due.at_ms, due)
    pass_time(teller, watch, now_ms, due)
    settle(teller, watch, due._replace(at_ms=max(due.at_ms, watch.open_from)))
    editing.keep(watch)


def _named(line: Line) -> list[int]:
    return sorted(frozenset().union(*(version.fences for version in line.versions)))


def _limit_ms(params: Mapping[str, Any]) -> int:
    return round(float(params.get("limit_s", SILENCE_S)) * 1000)
