"""Rules over who is where: no-go, stay within, dwell, silence. Each says what became true in one window, so that no window says it twice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.calendars import ALWAYS, FAR, Calendar
from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import Kind, Stage
from gridloop.engines.fences.state import State, Tracks, fence_of, vehicle_of


class Breaches(NamedTuple):
    """Who broke a rule at which fence, and since which moment (ms) it is so; columns of one length."""

    vehicle: NDArray[np.int64]
    fence: NDArray[np.int64]
    time: NDArray[np.int64]


class Stays(NamedTuple):
    """Confirmed stays that stood in a window: since the first fix inside, confirmed when, told until, and known to last until; all in ms."""

    vehicle: NDArray[np.int64]
    fence: NDArray[np.int64]
    since: NDArray[np.int64]
    confirmed: NDArray[np.int64]
    told: NDArray[np.int64]
    until: NDArray[np.int64]


def stays(before: State, events: NDArray[np.void], after: State) -> Stays:
    """All confirmed stays of a window: those that go on, and those that ended in it. Events of fixes that came late are left out.

    A stay lasts until its last fix within; fixes outside that are still suspected do not make it longer.
    """
    ended = events[(events["kind"] == Kind.CONFIRMED_OUT) & ~events["late"]]
    going = after.live.pairs[after.live.pairs["stage"] >= Stage.IN]
    vehicle = np.concatenate([ended["vehicle"], vehicle_of(going["key"])])
    fence = np.concatenate([ended["fence"], fence_of(going["key"])])
    since = np.concatenate([ended["since"], going["since"]])
    confirmed = np.concatenate([ended["confirmed"], going["confirmed"]])
    until = np.concatenate([ended["left"], _until(after.live, going)])
    return Stays(vehicle, fence, since, confirmed, _told(before.live, vehicle, fence, confirmed), until)


def no_go(
    stood: Stays, fences: NDArray[np.int64], vehicles: NDArray[np.bool_], calendar: Calendar = ALWAYS
) -> Breaches:
    """Vehicles (mask by row) inside fences (ids) that they may not enter.

    Told when being inside is confirmed, and each time a span of the calendar starts while they are inside.
    """
    chosen = _chosen(stood, fences, vehicles)
    fresh = chosen.told == NEVER
    first = np.maximum(calendar.first_in_force(chosen.since), chosen.confirmed)
    moment = np.where(fresh, first, calendar.next_start(np.where(fresh, 0, chosen.told)))
    found = []
    while (moment <= chosen.until).any():
        found.append(_due(chosen, moment))
        moment = np.where(moment <= chosen.until, calendar.next_start(np.minimum(moment, chosen.until)), moment)
    found.append(_due(chosen, moment))
    return _sorted(Breaches(*(np.concatenate(columns) for columns in zip(*found, strict=True))))


def dwell(
    stood: Stays, fences: NDArray[np.int64], vehicles: NDArray[np.bool_], limit_ms: int, calendar: Calendar = ALWAYS
) -> Breaches:
    """Vehicles that stay longer than `limit_ms`, counted from the first fix inside; only if that moment is in force."""
    chosen = _chosen(stood, fences, vehicles)
    due = chosen.since + limit_ms
    telling = np.maximum(due, chosen.confirmed)
    return _sorted(_due(chosen, np.where(calendar.in_force(due), telling, FAR)))


def entered(
    events: NDArray[np.void],
    kind: Kind,
    fences: NDArray[np.int64],
    vehicles: NDArray[np.bool_],
    calendar: Calendar = ALWAYS,
) -> NDArray[np.void]:
    """Events of one kind at these fences: with SUSPECTED_IN the early word of a no-go rule, with CONFIRMED_OUT a stay-within rule."""
    chosen = (events["kind"] == kind) & np.isin(events["fence"], fences) & vehicles[events["vehicle"]]
    told: NDArray[np.void] = events[chosen & calendar.in_force(events["time"])]
    return told


def outside(after: State, fences: NDArray[np.int64], vehicles: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Vehicles (mask by row) that are known and in none of the fences that they must stay within: for the moment when such a rule begins."""
    pairs = after.live.pairs
    within = (pairs["stage"] != Stage.OUTSIDE) & np.isin(fence_of(pairs["key"]), fences)
    astray = vehicles & (after.live.last.time != NEVER)
    astray[vehicle_of(pairs["key"][within])] = False
    return np.flatnonzero(astray)


def silent(
    state: State, fences: NDArray[np.int64], vehicles: NDArray[np.bool_], limit_ms: int, *, last_asked: int, now: int
) -> Breaches:
    """Vehicles last heard of inside these fences whose silence reached `limit_ms` after `last_asked` and up to `now` (ms)."""
    pairs = state.live.pairs[state.live.pairs["stage"] >= Stage.IN]
    vehicle, fence = vehicle_of(pairs["key"]), fence_of(pairs["key"])
    due = state.live.last.time[vehicle] + limit_ms
    told = np.isin(fence, fences) & vehicles[vehicle] & (due > last_asked) & (due <= now)
    return Breaches(vehicle[told], fence[told], due[told])


def _until(tracks: Tracks, pairs: NDArray[np.void]) -> NDArray[np.int64]:
    """Until when a stay is known to last: the newest fix, or the first one outside."""
    until: NDArray[np.int64] = np.where(
        pairs["left"] == NEVER, tracks.last.time[vehicle_of(pairs["key"])], pairs["left"]
    )
    return until


def _told(
    before: Tracks, vehicle: NDArray[np.int64], fence: NDArray[np.int64], confirmed: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Up to which moment earlier windows have spoken of these stays; NEVER of stays that were not confirmed then."""
    pairs = before.pairs[before.pairs["stage"] >= Stage.IN]
    told = np.full(len(vehicle), NEVER)
    if not len(pairs):
        return told
    key = vehicle << 32 | fence
    place = np.minimum(np.searchsorted(pairs["key"], key), len(pairs) - 1)
    same = (pairs["key"][place] == key) & (pairs["confirmed"][place] == confirmed)
    told[same] = _until(before, pairs)[place[same]]
    return told


def _chosen(stood: Stays, fences: NDArray[np.int64], vehicles: NDArray[np.bool_]) -> Stays:
    mine = np.isin(stood.fence, fences) & vehicles[stood.vehicle]
    return Stays(*(column[mine] for column in stood))


def _due(stood: Stays, moment: NDArray[np.int64]) -> Breaches:
    """Breaches at these moments, of stays that last so long and of which no window has told yet."""
    due = (moment <= stood.until) & (moment > stood.told)
    return Breaches(stood.vehicle[due], stood.fence[due], moment[due])


def _sorted(found: Breaches) -> Breaches:
    order = np.lexsort((found.fence, found.vehicle, found.time))
    return Breaches(*(column[order] for column in found))
