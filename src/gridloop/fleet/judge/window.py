"""The judge: one window of fixes against all rules; time that passes without fixes; masters that change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import Fixes, Mark
from gridloop.engines.fences.watch import Outcome, advance
from gridloop.fleet.intake import MARK_CLONE
from gridloop.fleet.judge.ahead import breach_ahead
from gridloop.fleet.judge.held import Held
from gridloop.fleet.judge.inside import judge_areas
from gridloop.fleet.judge.keeping import dump, load
from gridloop.fleet.judge.look import BAD, Look
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.meetings import judge_meetings
from gridloop.fleet.judge.renewal import renew
from gridloop.fleet.judge.rests import judge_rests, night_stop
from gridloop.fleet.judge.runs import judge_runs
from gridloop.fleet.judge.signals import judge_signals
from gridloop.fleet.judge.speeds import speeding
from gridloop.fleet.judge.teller import Teller
from gridloop.fleet.judge.ticking import tick_areas, tick_runs
from gridloop.fleet.judge.told import Told, order
from gridloop.fleet.judge.trips import off_route, off_time
from gridloop.fleet.judge.watches import Editing

__all__ = ["Judged", "dump", "judge", "load", "renew", "tick"]
CLOCK_AHEAD_MS_MAX = 300_000
"""A device whose clock is further ahead of ours than five minutes is wrong (a constructed default)."""
GIVEN_BAD = Mark.PLACE | Mark.TIME | Mark.REPEAT
GIVEN = GIVEN_BAD | MARK_CLONE
"""Marks that a feed may give; whether a fix is late or a jump the engine says."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """told: in the order of time; marks: uint8 (n,) of the fixes given, those they came with included; held: to be kept once all is stored."""

    told: list[Told]
    marks: NDArray[np.uint8]
    held: Held


SENSORS = (speeding, off_route, off_time, breach_ahead, night_stop)


def judge(
    masters: Masters, held: Held, fixes: NDArray[np.void], *, now_ms: int, drivers: Mapping[int, int] | None = None
) -> Judged:
    """Judge FIX rows in any order; fixes of vehicles that the masters do not know are left alone.

    drivers: tokens by vehicle id of those who put their card in before these fixes; whose driving counts begins anew.
    """
    look, outcome = _seen(masters, held, fixes, now_ms)
    teller, editing, runs = Teller(masters), Editing(held.watches), Editing(held.runs)
    wake, recent = judge_areas(look, teller, held, editing)
    rests = judge_rests(look, teller, runs, held.rests, _tokens(masters, drivers or {}))
    judge_signals(look, teller, runs, held.running)
    met = judge_meetings(look, teller, runs, held.met)
    running = judge_runs(look, teller, runs, SENSORS, _candidates(look), held.running)
    after = replace(
        held,
        state=outcome.state,
        watches=editing.done(),
        wake=wake,
        recent=recent,
        runs=runs.done(),
        running=running,
        met=met,
        rests=rests,
    )
    return Judged(sorted(teller.told, key=order), look.marks | fixes["marks"], after)


def _candidates(look: Look) -> NDArray[np.bool_]:
    """Which fixes may break a rule by themselves."""
    masters = look.masters
    found: NDArray[np.bool_] = (look.fixes["speed"] > masters.floors[look.vehicle]) | masters.minded[look.vehicle]
    if any(limit.stop_ms != (0, 0) for limit in masters.rest_limits):
        found |= np.isin(look.vehicle, masters.resting)
    return found


def _tokens(masters: Masters, drivers: Mapping[int, int]) -> dict[int, int]:
    rows = masters.whom.rows_of(np.fromiter(drivers, np.int64)).tolist()
    return {row: token for row, token in zip(rows, drivers.values(), strict=True) if row >= 0}


def _seen(masters: Masters, held: Held, fixes: NDArray[np.void], now_ms: int) -> tuple[Look, Outcome]:
    """What the fence engine makes of a window."""
    vehicle = masters.whom.rows_of(fixes["vehicle"])
    time, marks = np.ascontiguousarray(fixes["at"]), fixes["marks"] & np.uint8(GIVEN)
    lonlat = np.column_stack([fixes["lon"], fixes["lat"]])
    rows = np.flatnonzero((vehicle >= 0) & (marks & GIVEN_BAD == 0))
    given = Fixes(vehicle, time, lonlat, rows)
    given = given if len(rows) == len(fixes) else Fixes(vehicle[rows], time[rows], lonlat[rows], rows)
    outcome = advance(masters.index, held.state, given, not_after=now_ms + CLOCK_AHEAD_MS_MAX)
    marks[rows] |= outcome.marks
    judged = np.zeros(len(fixes), np.bool_)
    judged[rows] = outcome.marks & BAD == 0
    of_late = marks & Mark.LATE != 0
    look = Look(
        masters=masters,
        fixes=fixes,
        vehicle=vehicle,
        time=time,
        marks=marks,
        good=judged & ~of_late,
        late=judged & of_late,
        events=outcome.events,
        before=held.state,
        after=outcome.state,
        now_ms=now_ms,
    )
    return look, outcome


def tick(masters: Masters, held: Held, *, now_ms: int) -> Judged:
    """Let time pass without fixes; asked once a second or so."""
    teller = Teller(masters)
    held = tick_runs(masters, teller, tick_areas(teller, held, now_ms), now_ms)
    told = sorted(teller.told, key=order)
    return Judged(told, np.zeros(0, np.uint8), replace(held, ticked_ms=max(held.ticked_ms, now_ms)))
