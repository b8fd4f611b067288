"""Gathering: two vehicles of a rule that stay close to each other for some time, both in a fence of the rule if it names any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import METRES_PER_DEGREE, NEVER
from gridloop.engines.fences.index import inside
from gridloop.engines.fences.stages import EXIT_MARGIN_M
from gridloop.fleet.judge.areas import pass_time, settle
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.teller import Teller
from gridloop.fleet.judge.told import Position, position
from gridloop.fleet.judge.watches import Editing, Key, Watch
from gridloop.fleet.rules.kinds import RuleKind

WITHIN_M, FOR_S = 100.0, 300.0  # constructed defaults: two loads that would burn together, longer than a red light
FRESH_MS = 120_000  # vehicle_rules.json, max_gap_s: an older place says nothing of where the other one is


def judge_meetings(look: Look, teller: Teller, editing: Editing, met: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Compare the window's good fixes with where the others of each rule are, in the order of time; met (v,): who is near another one."""
    for number, line in look.masters.lines_of(RuleKind.GATHERING):
        mask = look.masters.concern[number]
        rows = np.flatnonzero(look.good & mask[look.vehicle])
        near = _near_any(look, line, mask, rows, met)
        if len(near):
            _compared(look, teller, editing, line, mask, near)
    if not editing.touched:
        return met
    met = met.copy()
    kinds = {line.code for _, line in look.masters.lines_of(RuleKind.GATHERING)}
    for vehicle in editing.touched:
        others = {watch.other for key, watch in editing.of(vehicle).items() if key.line in kinds}
        met[[vehicle, *others]] = bool(others)
    return met


def _near_any(
    look: Look, line: Line, mask: NDArray[np.bool_], rows: NDArray[np.int64], met: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The fixes worth comparing: of vehicles that may be near another one anywhere in this window, in the order of time."""
    if not len(rows):
        return rows
    side_m = max(_within_m(line)) + EXIT_MARGIN_M
    known = np.flatnonzero(mask & (look.before.live.last.time != NEVER))
    places = np.concatenate(
        [look.before.live.last.lonlat[known], np.column_stack([look.fixes["lon"][rows], look.fixes["lat"][rows]])]
    )
    who = np.concatenate([known, look.vehicle[rows]])
    square = np.floor(places * (METRES_PER_DEGREE / side_m) * np.array([0.5, 1.0])).astype(np.int64)
    # Longitudes are counted half, so that squares are wide enough up to 60 degrees north.
    stride = np.int64(1) << 32
    crowded = met.copy()
    number = square[:, 1] * stride + square[:, 0]
    order = np.lexsort((who, number))
    number, who = number[order], who[order]
    fresh = np.ones(len(who), np.bool_)
    fresh[1:] = (number[1:] != number[:-1]) | (who[1:] != who[:-1])
    number, who = number[fresh], who[fresh]
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            wanted = number + north * stride + east
            size = np.searchsorted(number, wanted, side="right") - np.searchsorted(number, wanted)
            crowded[who[size > (1 if (north, east) == (0, 0) else 0)]] = True
    chosen = rows[crowded[look.vehicle[rows]]]
    return chosen[np.lexsort((look.vehicle[chosen], look.time[chosen]))]


class Others(NamedTuple):
    """The members of a rule and where each was last: rows ascending, place (m, 2) lon/lat, time (m,) ms, home (m,): in a fence of the rule."""

    rows: NDArray[np.int64]
    place: NDArray[np.float64]
    time: NDArray[np.int64]
    home: NDArray[np.bool_]


class Pair(NamedTuple):
    """Two vehicles, the lower row first, at the fix of one of them: its position, where the other one was last, and how far (None: not together)."""

    rule: Line
    rows: tuple[int, int]
    mine: int
    here: Position
    there: Position
    away_m: float | None


def _compared(
    look: Look, teller: Teller, editing: Editing, line: Line, mask: NDArray[np.bool_], rows: NDArray[np.int64]
) -> None:
    """Each of these fixes with the last places of all others, one after the other."""
    last = look.before.live.last
    members = np.union1d(np.flatnonzero(mask & (last.time != NEVER)), look.vehicle[rows])
    place = last.lonlat[members].copy()
    others = Others(members, place, last.time[members].copy(), _home(look, line, place))
    lonlat = np.column_stack([look.fixes["lon"][rows], look.fixes["lat"][rows]])
    for row, here, home in zip(rows.tolist(), lonlat, _home(look, line, lonlat).tolist(), strict=True):
        slot = int(np.searchsorted(members, look.vehicle[row]))
        others.place[slot], others.time[slot], others.home[slot] = here, look.time[row], home
        for pair in _pairs(look, editing, line, others, slot, row):
            _meet(look, teller, editing, pair, row)


def _pairs(look: Look, editing: Editing, line: Line, others: Others, slot: int, row: int) -> list[Pair]:
    """Who is near the vehicle of this fix, and who was."""
    vehicle, here, at_ms = int(others.rows[slot]), others.place[slot], int(others.time[slot])
    scale = np.array([METRES_PER_DEGREE * np.cos(np.radians(here[1])), METRES_PER_DEGREE])
    away_m = np.hypot(*((others.place - here) * scale).T)
    close = (others.time >= at_ms - FRESH_MS) & (away_m <= max(_within_m(line)) + EXIT_MARGIN_M)
    close &= others.home & others.home[slot]
    close[slot] = False
    partners = [key.also for key in editing.of(vehicle) if key.line == line.code and key.also >= 0]
    found = []
    for other in sorted({*others.rows[close].tolist(), *partners}):
        at = int(np.searchsorted(others.rows, other))
        known = at < len(others.rows) and others.rows[at] == other
        lon, lat = others.place[at].tolist() if known else (0.0, 0.0)
        there = Position(int(others.time[at]) if known else 0, lon, lat, 0, 0)
        away = float(away_m[at]) if known and close[at] else None
        rows = (min(vehicle, other), max(vehicle, other))
        found.append(Pair(line, rows, rows.index(vehicle), position(look.fixes[row]), there, away))
    return found


def _meet(look: Look, teller: Teller, editing: Editing, pair: Pair, row: int) -> None:
    """What one fix says of two vehicles."""
    low, high = pair.rows
    key, spot = Key(pair.rule.code, NO_FENCE, late=False, also=high), look.spot(row)
    version = pair.rule.at(spot.at_ms)
    within_m, for_s = _limits(version.row.params if version else {})
    watch = editing.open(low, key)
    if watch is None:
        if pair.away_m is None or pair.away_m > within_m:
            return
        watch = Watch(key, low, other=high, level=1, since=spot.at_ms, positions=(pair.there, pair.there))
        editing.keep(Watch(key._replace(also=low), high, other=low))  # so that the other one finds the watch too
    pass_time(teller, watch, spot.at_ms, spot)
    if pair.away_m is None or pair.away_m > within_m + EXIT_MARGIN_M:
        teller.end(watch, spot.at_ms, spot, {"why": "apart"})
        editing.drop(low, key)
        editing.drop(high, key._replace(also=low))
        return
    begin = max(watch.since, watch.open_from)
    if not watch.stage:
        both = list(watch.positions)
        both[pair.mine] = pair.here
        watch.positions = (both[0], both[1])
        watch.detail = {"within_m": within_m, "for_s": for_s, "apart_m": round(pair.away_m, 1)}
        watch.level = 2 if watch.open_from != NEVER and spot.at_ms - begin >= for_s * 1000 else 1
    if watch.level == 2:
        settle(teller, watch, spot)
    editing.keep(watch)


def _home(look: Look, line: Line, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places lie in a fence of the rule; all, if it names none."""
    fences = frozenset().union(*(version.fences for version in line.versions))
    if not any(version.row.fences for version in line.versions):
        return np.ones(len(lonlat), np.bool_)
    home = np.zeros(len(lonlat), np.bool_)
    place, column = inside(look.masters.index, lonlat)
    home[place[np.isin(look.masters.index.ids[column], list(fences))]] = True
    return home


def _within_m(line: Line) -> list[float]:
    return [_limits(version.row.params)[0] for version in line.versions]


def _limits(params: Mapping[str, Any]) -> tuple[float, float]:
    return float(params.get("within_m", WITHIN_M)), float(params.get("for_s", FOR_S))
