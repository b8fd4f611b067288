"""Time that passes without fixes: rules that begin or end to hold for who is inside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gridloop.engines.fences.fixes import NEVER
from gridloop.fleet.judge.areas import pass_time, wake_of
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.held import Held
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.runs import PACES, by_fix
from gridloop.fleet.judge.signals import CLONE_MS
from gridloop.fleet.judge.silences import tick_silence
from gridloop.fleet.judge.teller import Spot, Teller
from gridloop.fleet.judge.watches import Editing, Watch, next_wake
from gridloop.fleet.rules.kinds import RuleKind

GRACE_MS = 5_000
"""Fixes of a moment have five seconds to come in before time is said to have passed it (a constructed default)."""
LATE_MS = 600_000  # LATE_GAP_MS of the engine: a stretch of late fixes ends after ten minutes
HEARD_MS_MAX = 120_000  # vehicle_rules.json, max_gap_s: who was heard of this long ago is believed to be where it was


def tick_areas(teller: Teller, held: Held, now_ms: int) -> Held:
    """Tell the ends of spans, and suspect who was inside a moment ago when a span began; the next fix inside confirms it."""
    until_ms = now_ms - GRACE_MS
    editing, last = Editing(held.watches), held.state.live.last
    for vehicle in np.flatnonzero(held.wake <= until_ms).tolist():
        for key, watch in list(held.watches.of(vehicle).items()):
            if key.late or (watch.gate_until > until_ms and not _begun(teller, watch, until_ms)):
                continue
            edited = editing.open(vehicle, key)
            if edited is None:
                continue
            place, heard_ms = last.lonlat[vehicle].tolist(), int(last.time[vehicle])
            spot = Spot(until_ms, place[0], place[1])
            pass_time(teller, edited, until_ms, spot)
            _suspect(teller, edited, spot, heard_ms)
            editing.keep(edited)
    _end_late(teller, held, editing)
    if not editing.touched:
        return held
    wake = held.wake.copy()
    for vehicle in editing.touched:
        wake[vehicle] = next_wake(editing.of(vehicle))
    return replace(held, watches=editing.done(), wake=wake)


def _end_late(teller: Teller, held: Held, editing: Editing) -> None:
    """A stretch of late fixes that ended inside a fence says no more after ten minutes."""
    late, live = held.state.late.last.time, held.state.live.last.time
    for vehicle in np.flatnonzero((late != NEVER) & (live - np.where(late == NEVER, 0, late) >= LATE_MS)).tolist():
        for key in [one for one in editing.of(vehicle) if one.late]:
            watch, moment = editing.open(vehicle, key), int(late[vehicle])
            if watch is not None:
                teller.end(watch, moment, teller.last_spot(held.state, vehicle, moment), {"why": "late_data_ends"})
                editing.drop(vehicle, key)


def tick_runs(masters: Masters, teller: Teller, held: Held, now_ms: int) -> Held:
    """Tell of silence, and that clones are one again and stretches of late fixes are over."""
    editing = Editing(held.runs)
    tick_silence(masters, teller, editing, held.state, now_ms)
    last = held.state.live.last
    for watch in list(held.runs):
        kind = teller.line(watch.key.line).kind
        if kind is RuleKind.CLONE and watch.heard + CLONE_MS <= now_ms - GRACE_MS:
            why, moment = "one_again", watch.heard
        elif by_fix(teller, watch.key) and not watch.key.late and watch.heard + PACES[kind].gap_ms <= now_ms - GRACE_MS:
            why, moment = "gap", watch.heard
        elif watch.key.late and watch.heard + LATE_MS <= int(last.time[watch.vehicle]):
            why, moment = "late_data_ends", watch.heard
        else:
            continue
        edited = editing.open(watch.vehicle, watch.key)
        if edited is not None:
            teller.end(edited, moment, teller.last_spot(held.state, watch.vehicle, moment), {"why": why})
            editing.drop(watch.vehicle, watch.key)
    if not editing.touched:
        return held
    running = held.running.copy()
    for vehicle in editing.touched:
        running[vehicle] = any(not key.late for key in editing.of(vehicle))
    return replace(held, runs=editing.done(), running=running)


def _begun(teller: Teller, watch: Watch, until_ms: int) -> bool:
    """Whether the rule holds and nothing was told yet."""
    if teller.line(watch.key.line).kind is RuleKind.DWELL:
        return False
    return watch.level == 2 and not watch.stage and watch.doubt == NEVER and NEVER != watch.open_from <= until_ms


def _suspect(teller: Teller, watch: Watch, spot: Spot, heard_ms: int) -> None:
    if _begun(teller, watch, spot.at_ms) and heard_ms >= watch.open_from - HEARD_MS_MAX:
        begin = max(watch.since, watch.open_from)
        teller.begin(watch, 1, begin, Spot(begin, spot.lon, spot.lat))
    if watch.key.fence != NO_FENCE:
        watch.wake = wake_of(teller, watch, max(watch.since, watch.open_from))
    elif watch.wake != NEVER:
        watch.wake = watch.open_from if watch.stage < watch.level and watch.open_from != NEVER else watch.gate_until
