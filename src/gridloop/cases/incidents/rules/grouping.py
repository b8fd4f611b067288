"""Which open cases may be one incident: near each other in space, time, class and words, with the case that leads and each member's weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gridloop.cases.rules.nearness import LIKELY, NEAR_M, SPAN_DAYS, Likeness, likeness
from gridloop.cases.rules.states import MAIN_LINE, STATION, WITH_DESK, State
from gridloop.engines.groups import grouped, near_pairs

SPAN = timedelta(days=SPAN_DAYS)
CASES_MAX = 1500
"""The newest open cases of one look; comparing more takes longer than a breath."""
COMPARED_MAX = 15
"""With how many of its nearest each case is compared."""
DEGREE_M = 111_320.0  # a degree of latitude, of longitude at the equator (WGS-84, mean radius)


@dataclass(frozen=True, slots=True)
class Member:
    """An open case as far as it is compared: where (WGS-84), when, what, in which words (as tokens)."""

    case_id: int
    number: str
    state: State
    lon: float
    lat: float
    class_key: tuple[str, str] | None
    opened_at: datetime
    words: frozenset[int]

    @property
    def can_merge(self) -> bool:
        """Whether it is still with the desk; a unit's case can lead an incident but not be merged."""
        return self.state in WITH_DESK


@dataclass(frozen=True, slots=True)
class Weight:
    """Why a member is in its group: how like the leading case it is, and the member that it is likest to."""

    member: Member
    to_leading: Likeness
    linked_to: str
    link_score: float


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that may be one incident: the leading one, the others by likeness, and the longest distance between any two."""

    leading: Member
    others: tuple[Weight, ...]
    span_m: float

    @property
    def members(self) -> tuple[Member, ...]:
        """All of them, the leading one first."""
        return (self.leading, *(one.member for one in self.others))


def groups(cases: Sequence[Member]) -> list[Group]:
    """Groups of two and more in which something can be merged, largest first; the same whatever the order of the cases."""
    members = sorted(cases, key=lambda one: one.case_id)
    points = _metres(members)
    pairs, _ = near_pairs(points, within_m=NEAR_M, most=COMPARED_MAX)
    scores = np.array([_alike(members[a], members[b], points[a], points[b]).score for a, b in pairs.tolist()])
    kept = scores >= LIKELY if len(scores) else np.zeros(0, dtype=bool)
    pairs, scores = pairs[kept], scores[kept]
    label = grouped(points, pairs, scores, within_m=NEAR_M)
    links = _strongest(pairs, scores, label)
    found = [
        _group([int(row) for row in np.flatnonzero(label == name)], members, points, links)
        for name in np.unique(label)[np.unique(label, return_counts=True)[1] > 1]
    ]
    usable = [one for one in found if any(weight.member.can_merge for weight in one.others)]
    return sorted(usable, key=lambda one: (-len(one.members), -one.leading.case_id))


def leading(members: Sequence[Member]) -> Member:
    """The case that the others are merged into: one that a unit has already, else the furthest on its way, else the oldest."""
    return min(members, key=lambda one: (one.can_merge, -MAIN_LINE.index(STATION[one.state]), one.case_id))


def _metres(members: Sequence[Member]) -> NDArray[np.float64]:
    """Local metres (n, 2) east and north, true to a fraction of a percent within a city."""
    lonlat = np.array([(one.lon, one.lat) for one in members], dtype=np.float64).reshape(-1, 2)
    if not len(lonlat):
        return lonlat
    scale = np.array([DEGREE_M * math.cos(math.radians(float(np.median(lonlat[:, 1])))), DEGREE_M])
    metres: NDArray[np.float64] = (lonlat - lonlat.min(axis=0)) * scale
    return metres


def _alike(one: Member, other: Member, here: NDArray[np.float64], there: NDArray[np.float64]) -> Likeness:
    return likeness(
        distance_m=float(np.hypot(*(here - there))), class_a=one.class_key, class_b=other.class_key, at_a=one.opened_at,
        at_b=other.opened_at, words_a=one.words, words_b=other.words,
    )  # fmt: skip


def _strongest(
    pairs: NDArray[np.int64], scores: NDArray[np.float64], label: NDArray[np.int64]
) -> dict[int, tuple[int, float]]:
    """The likest fellow of each row within its group, with the score; of equal ones that of the lowest row."""
    found: dict[int, tuple[int, float]] = {}
    for (a, b), score in zip(pairs.tolist(), scores.tolist(), strict=True):
        if label[a] != label[b]:
            continue
        for row, other in ((a, b), (b, a)):
            if row not in found or (-score, other) < (-found[row][1], found[row][0]):
                found[row] = (other, score)
    return found


def _group(
    rows: list[int], members: Sequence[Member], points: NDArray[np.float64], links: dict[int, tuple[int, float]]
) -> Group:
    first = leading([members[row] for row in rows])
    head = next(row for row in rows if members[row] is first)
    weights = []
    for row in rows:
        if row != head:
            other, score = links[row]
            alike = _alike(first, members[row], points[head], points[row])
            weights.append(Weight(members[row], alike, members[other].number, score))
    spots = points[rows]
    span_m = float(np.hypot(*np.moveaxis(spots[:, None, :] - spots[None, :, :], -1, 0)).max())
    return Group(
        first, tuple(sorted(weights, key=lambda one: (-one.to_leading.score, one.member.case_id))), round(span_m, 1)
    )
