"""The ledger of returns: what each one cost, who returns most under which clause, and between whom cases go to and fro."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Return:
    """One return: the unit `unit_id` gave back what `sent_by` had sent it; `onward_*` is where it went next, `accepted_*` who took it at last."""

    number: str
    seq: int
    at: dt.datetime
    title: str
    place: str
    class_kind: str | None
    class_code: str | None
    state: str
    closed_at: dt.datetime | None
    unit_id: int | None
    by: str
    rule: str
    note: str
    to_arbiter: bool
    sent_verb: str | None
    sent_at: dt.datetime | None
    sent_by: str | None
    onward_verb: str | None
    onward_at: dt.datetime | None
    onward_unit_id: int | None
    accepted_at: dt.datetime | None
    accepted_unit_id: int | None

    @property
    def key(self) -> str:
        """Names it: the case and the number of the event."""
        return f"{self.number}-{self.seq}"

    @property
    def waited_s(self) -> int | None:
        """Seconds from the return until a unit accepted the case; None while nobody has."""
        return int((self.accepted_at - self.at).total_seconds()) if self.accepted_at else None

    def lost_s(self, now: dt.datetime) -> int:
        """Seconds that the way to this unit and back took: from being sent there to being sent on, or to the end of the case, or to now."""
        end = self.onward_at or self.closed_at or now
        return max(0, int((end - (self.sent_at or self.at)).total_seconds()))


@dataclass(slots=True)
class Total:
    """What one unit returned, or what was returned under one clause."""

    group: str
    returns: int = 0
    to_arbiter: int = 0
    back_again: int = 0
    lost_s: int = 0
    cases: set[str] = field(default_factory=set)
    waits: list[int] = field(default_factory=list)

    @property
    def median_wait_s(self) -> int | None:
        """Half of the accepted ones were accepted sooner; None when none was."""
        return int(median(self.waits)) if self.waits else None


def totals(returns: Iterable[Return], group: Callable[[Return], str], now: dt.datetime) -> list[Total]:
    """Added up by group, most returns first; `back_again` counts those that the same unit was sent once more."""
    found: dict[str, Total] = {}
    for one in returns:
        total = found.setdefault(group(one), Total(group(one)))
        total.returns += 1
        total.cases.add(one.number)
        total.to_arbiter += one.to_arbiter
        total.back_again += one.onward_unit_id is not None and one.onward_unit_id == one.unit_id
        total.lost_s += one.lost_s(now)
        if one.waited_s is not None:
            total.waits.append(one.waited_s)
    return sorted(found.values(), key=lambda total: (-total.returns, total.group))


@dataclass(slots=True)
class Pair:
    """Two units between which cases went to and fro; `low` is the smaller id. A unit with itself was sent what it had just returned.

    cases: where the first returned, the second got it and returned it too. back: of those, the second return led to the first unit again;
    arbiter: it went to the arbiter; lost_s: seconds of all returns that took part, each counted once.
    """

    low: int
    high: int
    cases: set[str] = field(default_factory=set)
    low_first: int = 0
    back: int = 0
    arbiter: int = 0
    lost_s: int = 0
    ruled: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def pairs(returns: Iterable[Return], now: dt.datetime) -> list[Pair]:
    """Every pair of units with a case that both returned one after the other, most cases first."""
    found: dict[tuple[int, int], Pair] = {}
    taken: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for chain in _chains(returns):
        for first, second in pairwise(chain):
            if first.unit_id is None or second.unit_id is None or first.onward_unit_id != second.unit_id:
                continue
            if first.accepted_at is not None and first.accepted_at <= second.at:
                continue  # it was taken in hand in between, and reopened: another story
            ends = (min(first.unit_id, second.unit_id), max(first.unit_id, second.unit_id))
            pair = found.setdefault(ends, Pair(*ends))
            pair.cases.add(first.number)
            pair.low_first += first.unit_id == ends[0]
            pair.arbiter += second.to_arbiter
            pair.back += second.onward_unit_id == first.unit_id and not second.to_arbiter
            if second.onward_verb == "rule" and second.onward_unit_id is not None:
                pair.ruled[second.onward_unit_id] += 1
            taken[ends] |= {one.key: one.lost_s(now) for one in (first, second)}
    for ends, pair in found.items():
        pair.lost_s = sum(taken[ends].values())
    return sorted(found.values(), key=lambda pair: (-len(pair.cases), -pair.lost_s, pair.low, pair.high))


def _chains(returns: Iterable[Return]) -> Iterable[list[Return]]:
    """The returns of each case in the order in which they were made."""
    by_case: dict[str, list[Return]] = defaultdict(list)
    for one in returns:
        by_case[one.number].append(one)
    return [sorted(chain, key=lambda one: one.seq) for _, chain in sorted(by_case.items())]


def moves(returns: Iterable[Return]) -> list[tuple[int, int, int]]:
    """(who returned, who got it next, how often), for the picture; returns that nobody sent on are left out."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for one in returns:
        if one.unit_id is not None and one.onward_unit_id is not None:
            counts[one.unit_id, one.onward_unit_id] += 1
    return [
        (source, target, count)
        for (source, target), count in sorted(counts.items(), key=lambda kept: (-kept[1], kept[0]))
    ]


def page(returns: Sequence[Return], cursor: str, limit: int) -> tuple[Sequence[Return], str | None]:
    """The returns after the one that the cursor names (all of them for ""), and the cursor of the next page; the order is kept."""
    start = next((at + 1 for at, one in enumerate(returns) if one.key == cursor), len(returns)) if cursor else 0
    shown = returns[start : start + limit]
    return shown, shown[-1].key if shown and start + limit < len(returns) else None
