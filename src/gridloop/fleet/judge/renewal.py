"""Masters that change while vehicles are on the way: ended fences emit their exits, new vehicles get rows, changed rules are looked up again."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gridloop.engines.fences.calendars import FAR
from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import Stage
from gridloop.engines.fences.state import FENCE_BITS, State, expired, fence_of, vehicle_of, widened
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.held import Held
from gridloop.fleet.judge.inside import concerned
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.resting import fitted
from gridloop.fleet.judge.teller import Spot, Teller
from gridloop.fleet.judge.told import Told, order
from gridloop.fleet.judge.watches import Editing, Key, Watch, next_wake
from gridloop.fleet.rules.kinds import RuleKind


class Changes(NamedTuple):
    """What differs between two masters: codes of rules, rows of vehicles, rows whose permits differ, ids of fences."""

    rules: set[str]
    vehicles: set[int]
    permits: set[int]
    fences: set[int]


def renew(old: Masters, new: Masters, held: Held, *, now_ms: int) -> tuple[list[Told], Held]:
    """What is held, under other masters; refuses masters in which the vehicles known before have other rows: make them with `renewed`."""
    rows = len(old.whom)
    if len(new.whom) < rows or not np.array_equal(new.whom.ids[:rows], old.whom.ids):
        message = "the vehicles have other rows than before; make the new masters from the old ones with renewed()"
        raise ValueError(message)
    more = len(new.whom) - rows
    state = widened(held.state, len(new.whom))
    wake = np.concatenate([held.wake, np.full(more, FAR)])
    gone = [number for number, row in old.fences.items() if new.fences.get(number) != row]
    again = [number for number in gone if number in new.fences]
    lost = [number for number in gone if number not in again or new.fences[number].shape != old.fences[number].shape]
    state = _without(state, lost, now_ms)
    teller, editing, runs = Teller(old), Editing(held.watches), Editing(held.runs)
    changes = _changes(old, new, set(gone))
    for store in (editing, runs):
        _end(old, new, teller, store, state, lost=set(lost), now_ms=now_ms)
    _begin(new, state, editing, changes)
    for store in (editing, runs):
        _look_again(store, changes, now_ms)
    for vehicle in editing.touched:
        wake[vehicle] = next_wake(editing.of(vehicle))
    nobody = np.zeros(more, np.bool_)
    after = replace(
        held,
        state=state,
        watches=editing.done(),
        wake=wake,
        runs=runs.done(),
        running=np.concatenate([held.running, nobody]),
        met=np.concatenate([held.met, nobody]),
        rests=fitted(held.rests, new.resting),
    )
    return sorted(teller.told, key=order), after


def _without(state: State, fences: list[int], now_ms: int) -> State:
    return expired(state, np.array(fences, np.int64), now_ms)[1] if fences else state


def _end(
    old: Masters, new: Masters, teller: Teller, editing: Editing, state: State, *, lost: set[int], now_ms: int
) -> None:
    """End what was told of fences and rules that are no more, at the moment their validity ended if that is past."""
    codes = {line.code for line in new.lines}
    for watch in list(editing.all()):
        fence, known = watch.key.fence, watch.key.line in codes
        if known and fence not in lost and not _in_any(watch, lost):
            continue
        edited = editing.open(watch.vehicle, watch.key)
        if edited is None:
            continue
        if known and fence not in lost:
            edited.inside = tuple(one for one in edited.inside if one[0] not in lost)
            edited.wake = NEVER
            editing.keep(edited)
            continue
        ended = old.fences[fence].valid_to_ms if fence in lost else None
        moment = min(now_ms, ended or now_ms)
        place = state.live.last.lonlat[watch.vehicle].tolist()
        teller.end(edited, moment, Spot(moment, place[0], place[1]), {"why": "fence" if fence in lost else "rule"})
        editing.drop(watch.vehicle, watch.key)


def _in_any(watch: Watch, fences: set[int]) -> bool:
    return any(fence in fences for fence, _ in watch.inside)


def _begin(new: Masters, state: State, editing: Editing, changes: Changes) -> None:
    """Changed rules, and rules for changed vehicles, that concern who stands inside already get their watches."""
    fresh = np.array([line.code in changes.rules for line in new.lines], np.bool_)
    others = np.zeros(len(new.whom), np.bool_)
    others[list(changes.vehicles)] = True
    pairs = state.live.pairs[state.live.pairs["stage"] >= Stage.IN]
    place, number = concerned(new, vehicle_of(pairs["key"]), fence_of(pairs["key"]))
    chosen = fresh[number] | others[vehicle_of(pairs["key"])[place]]
    for pair, line in zip(pairs[place[chosen]], number[chosen].tolist(), strict=True):
        rule, vehicle, fence = new.lines[line], int(pair["key"]) >> FENCE_BITS, int(fence_of(pair["key"]))
        key = Key(rule.code, NO_FENCE if rule.kind is RuleKind.STAY_WITHIN else fence, late=False)
        watch = editing.open(vehicle, key)
        if key.fence == NO_FENCE:
            watch = watch or Watch(key, vehicle)
            watch.inside = tuple(sorted({*watch.inside, (fence, int(pair["stage"]))}))
            editing.keep(watch)
        elif watch is None:
            editing.keep(Watch(key, vehicle, level=2, since=int(pair["since"]), doubt=int(pair["left"])))
    for row, rule in new.lines_of(RuleKind.STAY_WITHIN):
        known = new.concern[row] & (state.live.last.time != NEVER) & (fresh[row] | others)
        for vehicle in np.flatnonzero(known).tolist():
            key = Key(rule.code, NO_FENCE, late=False)
            if key not in editing.of(vehicle):
                editing.keep(Watch(key, vehicle))


def _look_again(editing: Editing, changes: Changes, now_ms: int) -> None:
    """What was looked up of changed rules, fences, permits and vehicles holds until now."""
    for watch in list(editing.all()):
        touched = (
            watch.key.line in changes.rules or watch.vehicle in changes.vehicles or watch.vehicle in changes.permits
        )
        touched |= watch.key.fence in changes.fences or _in_any(watch, changes.fences)
        edited = editing.open(watch.vehicle, watch.key) if touched and watch.gate_until > now_ms else None
        if edited is not None:
            edited.gate_until, edited.wake = now_ms, min(watch.wake, now_ms)
            editing.keep(edited)


def _changes(old: Masters, new: Masters, fences: set[int]) -> Changes:
    before = {line.code: line for line in old.lines}
    rules = {line.code for line in new.lines if not _same(before.get(line.code), line)}
    vehicles: set[int] = set()
    if old.whom is not new.whom:
        rows = zip(old.whom.vehicles, new.whom.vehicles, strict=False)
        vehicles = {row for row, (one, other) in enumerate(rows) if one != other}
        vehicles |= set(np.flatnonzero(old.whom.kept != new.whom.kept[: len(old.whom)]).tolist())
    permits = {row for row in {*old.permits, *new.permits} if old.permits.get(row) != new.permits.get(row)}
    return Changes(rules, vehicles, permits, fences)


def _same(one: Line | None, other: Line) -> bool:
    if one is None or len(one.versions) != len(other.versions):
        return False
    pairs = zip(one.versions, other.versions, strict=True)
    return all(a.row == b.row and a.hours == b.hours and a.fences == b.fences for a, b in pairs)
