"""What the stream itself says: jumps, and one terminal that is in two places; with the ends of silences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import JUMP_M_PER_S, METRES_PER_DEGREE, Mark
from gridloop.engines.fences.index import inside
from gridloop.engines.fences.stages import CONFIRM_FIXES, Stage
from gridloop.engines.fences.state import State, fence_of
from gridloop.fleet.intake import MARK_CLONE
from gridloop.fleet.judge.areas import pass_time, settle
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.silences import gaps, heard, silent
from gridloop.fleet.judge.teller import Teller
from gridloop.fleet.judge.told import Position
from gridloop.fleet.judge.watches import Editing, Key, Watch
from gridloop.fleet.rules.kinds import RuleKind

CLONE_MS = 600_000  # so long after the last sign of a second one it is over (a constructed default)
WITHIN = (RuleKind.JUMP, RuleKind.CLONE)


def judge_signals(look: Look, teller: Teller, editing: Editing, running: NDArray[np.bool_]) -> None:
    """Jumps and clones of the window; the ends of silences."""
    jumps = [(number, line) for kind in WITHIN for number, line in look.masters.lines_of(kind)]
    if not jumps and not look.masters.lines_of(RuleKind.SILENCE):
        return
    jumped = look.marks & (Mark.JUMP | MARK_CLONE) != 0
    jumped &= (look.vehicle >= 0) & (look.marks & (Mark.PLACE | Mark.TIME | Mark.REPEAT | Mark.LATE) == 0)
    quiet = gaps(look)
    some = jumped | quiet | (look.good & running[look.vehicle])
    if not some.any():
        return
    who = np.zeros(len(look.masters.whom), np.bool_)
    who[look.vehicle[some]] = True
    rows = np.flatnonzero((look.good | jumped) & who[look.vehicle])
    rows = rows[np.lexsort((look.time[rows], look.vehicle[rows]))]
    homes = _homes(look, rows[jumped[rows]]) if jumps else {}
    for row in rows.tolist():
        vehicle, strange = int(look.vehicle[row]), bool(jumped[row])
        if quiet[row]:
            silent(look, teller, editing, row)
        heard(look, teller, editing, row)
        for number, line in jumps if strange or editing.of(vehicle) else ():
            if look.masters.concern[number, vehicle]:
                fence = _fence(look, line, vehicle, homes.get(row, ()), strange=strange)
                _sign(look, teller, editing, line, row, fence, strange=strange)


def _sign(
    look: Look, teller: Teller, editing: Editing, line: Line, row: int, fence: int | None, *, strange: bool
) -> None:
    """What one fix says to a rule on jumps or clones."""
    vehicle, spot = int(look.vehicle[row]), look.spot(row)
    held = [key for key in editing.of(vehicle) if key.line == line.code]
    if held:
        watch = editing.open(vehicle, held[0])
    elif strange and fence is not None:
        watch = Watch(Key(line.code, fence, late=False), vehicle)
    else:
        return
    if watch is None:
        return
    pass_time(teller, watch, spot.at_ms, spot)
    if line.kind is RuleKind.JUMP:
        _jump(look, teller, watch, row, strange=strange)
    else:
        _clone(look, teller, watch, row, strange=strange)
    settle(teller, watch, spot)
    if watch.level or watch.fixes:
        editing.keep(watch)
    else:
        editing.drop(vehicle, watch.key)


def _jump(look: Look, teller: Teller, watch: Watch, row: int, *, strange: bool) -> None:
    """Suspected with the first jump; the next believed fix says whether the vehicle is there (confirmed, and over) or was never away (withdrawn)."""
    spot, here = look.spot(row), look.position(row)
    if strange and look.marks[row] & Mark.JUMP:
        if not watch.level:
            watch.level, watch.since = 1, spot.at_ms
        watch.positions = (*watch.positions, here)[-CONFIRM_FIXES:]
        watch.detail = {"jumps": len(watch.positions)}
    elif not strange and watch.level:
        if _near(watch.positions[-1], here):
            watch.level, watch.positions = 2, (*watch.positions, here)[-CONFIRM_FIXES:]
            settle(teller, watch, spot)
        teller.end(watch, spot.at_ms, spot, {"why": "believed" if watch.level == 2 else "back"})
        watch.level, watch.fixes = 0, 0


def _clone(look: Look, teller: Teller, watch: Watch, row: int, *, strange: bool) -> None:
    """Signs are jumps to a second track that agrees with itself while the first goes on between them, or two connections; certain with the third."""
    spot, here = look.spot(row), look.position(row)
    if watch.fixes and spot.at_ms - watch.heard > CLONE_MS:
        teller.end(watch, watch.heard, spot, {"why": "one_again"})
        watch.level, watch.fixes, watch.clear, watch.positions = 0, 0, 0, ()
    if not strange:
        watch.clear += 1
        return
    double = bool(look.marks[row] & MARK_CLONE)
    between, agrees = watch.clear > 0, not watch.fixes or _near(watch.positions[-1], here)
    if double or (between and agrees) or not watch.fixes:
        watch.fixes, watch.clear, watch.heard = watch.fixes + 1, 0, spot.at_ms
        watch.positions = (*watch.positions, here)[-CONFIRM_FIXES:]
        watch.detail = {"signs": watch.fixes, "two_connections": double}
    elif not agrees:  # neither here nor there: an outlier, the count begins anew with it
        watch.fixes, watch.clear, watch.positions, watch.heard = 1, 0, (here,), spot.at_ms
    if watch.fixes >= 2 or double:
        watch.since = spot.at_ms if not watch.level else watch.since
        watch.level = 2 if watch.fixes >= CONFIRM_FIXES else max(watch.level, 1)


def _near(there: Position, here: Position) -> bool:
    """Whether a vehicle can have come from there to here."""
    east = (here.lon - there.lon) * np.cos(np.radians(here.lat))
    away_m = METRES_PER_DEGREE * float(np.hypot(east, here.lat - there.lat))
    return away_m <= JUMP_M_PER_S * abs(here.at_ms - there.at_ms) / 1000


def _homes(look: Look, rows: NDArray[np.int64]) -> dict[int, list[int]]:
    """The fences that hold these fixes themselves."""
    place, column = inside(look.masters.index, np.column_stack([look.fixes["lon"][rows], look.fixes["lat"][rows]]))
    found: dict[int, list[int]] = {}
    for row, fence in zip(rows[place].tolist(), look.masters.index.ids[column].tolist(), strict=True):
        found.setdefault(row, []).append(fence)
    return found


def _fence(look: Look, line: Line, vehicle: int, here: Any, *, strange: bool) -> int | None:
    """The fence of the rule in which the vehicle was believed to be, or to which the fix points; NO_FENCE for rules without, None for nowhere."""
    named = frozenset().union(*(version.fences for version in line.versions))
    if not any(version.row.fences for version in line.versions):
        return NO_FENCE
    if not strange:
        return None
    mine = [fence for fence in (*_inside(look.before, vehicle), *_inside(look.after, vehicle), *here) if fence in named]
    return min(mine, default=None)


def _inside(state: State, vehicle: int) -> list[int]:
    pairs = state.live.pairs
    first, last = np.searchsorted(pairs["key"], [vehicle << 32, (vehicle + 1) << 32])
    mine = pairs[first:last]
    return [int(one) for one in fence_of(mine["key"][mine["stage"] >= Stage.IN])]
