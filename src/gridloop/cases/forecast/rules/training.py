"""From the past to rows: the moments that are learnt from, the split by time, and the marks on what came later."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gridloop.cases.forecast.rules.features import Asked, Records, WorkTime, known_at
from gridloop.cases.forecast.rules.past import Flags, Floats, Numbers, Past
from gridloop.engines.lateness import Chances, brier, learnt, reliability

MOMENTS = (0.0, 0.25, 0.5, 0.75, 0.9)
"""At which shares of the limit a run is looked at: at its dispatch, and while it is still in hand and in time."""
OLDER_SHARE = 0.7
APART_SHARE = 0.2  # of the older runs the newest fifth makes the probabilities honest
BASE_DOUBT = 20.0
RUNS_LEAST, LATE_LEAST = 200, 20
FINEST = 1 << 36


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows to learn from, float64 (rows, features), with what came of them; `run` and `moment` say whose row it is, and which of `MOMENTS`."""

    table: Floats
    late: Flags
    run: Numbers
    moment: Numbers
    class_no: Numbers
    start_s: Floats
    known_s: Floats

    def part(self, rows: Flags) -> Samples:
        """Only these rows."""
        return Samples(
            self.table[rows], self.late[rows], self.run[rows], self.moment[rows], self.class_no[rows], self.start_s[rows],
            self.known_s[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """Older rows (learnt, and `apart` for honesty) and newer ones to be judged by; no older row's outcome came after the newer ones began."""

    older: Samples
    apart: Flags
    newer: Samples


@dataclass(frozen=True, slots=True)
class Judged:
    """Marks on the newer rows: of the model, of the class's base rate, and of the base rate at that share of the limit."""

    brier: float
    brier_base: float
    brier_stage: float
    reliability: list[dict[str, Any]]
    stages: list[dict[str, Any]]


def samples(past: Past, work: WorkTime, *, now_s: float, with_made_up: bool) -> Samples:
    """A row for each run and moment at which the run was in hand and in time.

    Only runs whose deadline has passed count, so that none is missing because it takes long.
    """
    runs, stays = past.runs, past.stays
    chosen = runs.settled & (runs.last_due_s <= now_s) & (runs.due_s > runs.start_s)
    if not with_made_up:
        chosen &= ~past.synthetic[runs.case]
    rows = np.flatnonzero(chosen)
    run, moment = np.repeat(rows, len(MOMENTS)), np.tile(np.arange(len(MOMENTS)), len(rows))
    at_s = runs.start_s[run] + (runs.due_s[run] - runs.start_s[run]) * np.array(MOMENTS)[moment]
    order = np.lexsort((stays.start_s, stays.run))
    keys = stays.run[order] * FINEST + np.round(stays.start_s[order] * 10).astype(np.int64)
    place = np.searchsorted(keys, run * FINEST + np.round(at_s * 10).astype(np.int64), side="right") - 1
    stay = order[np.maximum(place, 0)]
    there = (place >= 0) & (stays.run[stay] == run) & (at_s < stays.end_s[stay]) & (at_s < stays.due_s[stay])
    run, moment = run[there], moment[there]
    asked = Asked(stay[there], at_s[there])
    known = known_at(past, asked, work, Records(past).at(asked))
    return Samples(
        known.table, runs.late[run], run, moment, past.class_no[runs.case[run]], runs.start_s[run], runs.last_due_s[run]
    )


def enough(rows: Samples) -> bool:
    """Whether there is anything to learn from."""
    first = np.unique(rows.run, return_index=True)[1]
    return len(first) >= RUNS_LEAST and int(rows.late[first].sum()) >= LATE_LEAST


def split(rows: Samples) -> Split:
    """By time: the older 70 % of the runs against the newest 30 %; runs that straddle the line are in neither."""
    starts = np.sort(rows.start_s[np.unique(rows.run, return_index=True)[1]])
    line_s = float(starts[int(len(starts) * OLDER_SHARE)])
    older = rows.part(rows.known_s < line_s)
    newer = rows.part(rows.start_s >= line_s)
    apart_s = np.quantile(older.start_s, 1 - APART_SHARE) if len(older.start_s) else line_s
    return Split(older, older.start_s >= apart_s, newer)


def learnt_from(cut: Split) -> Chances:
    """The weights, from the older rows alone."""
    return learnt(cut.older.table, cut.older.late, apart=cut.apart)


def judged(chances: Chances, cut: Split) -> Judged:
    """How a model does on the newer rows, beside two base rates that are counted on the older ones."""
    newer = cut.newer
    said = chances.probabilities(newer.table)
    base = base_rate(cut, by_moment=False)
    stage = base_rate(cut, by_moment=True)
    lines = [asdict(one) for one in reliability(said, newer.late)]
    stages = []
    for number, share in enumerate(MOMENTS):
        rows = newer.moment == number
        if rows.any():
            late = newer.late[rows]
            stages.append({
                "share": share, "rows": int(rows.sum()), "late": float(late.mean()), "brier": brier(said[rows], late),
                "brier_base": brier(base[rows], late), "brier_stage": brier(stage[rows], late),
            })  # fmt: skip
    return Judged(brier(said, newer.late), brier(base, newer.late), brier(stage, newer.late), lines, stages)


def base_rate(cut: Split, *, by_moment: bool) -> Floats:
    """For each newer row the late share of its class among the older rows, at the same moment or at any, drawn towards that of all classes."""
    older, newer = cut.older, cut.newer
    steps = len(MOMENTS) if by_moment else 1
    was, now = (one.moment if by_moment else np.zeros(len(one.moment), np.int64) for one in (older, newer))
    total = np.bincount(was, minlength=steps)
    share = (np.bincount(was, weights=older.late, minlength=steps) + 1) / (total + 2)
    size = max([0, *older.class_no.tolist(), *newer.class_no.tolist()]) + 1
    key, wanted = older.class_no * steps + was, newer.class_no * steps + now
    known = np.bincount(key, minlength=size * steps)[wanted]
    late = np.bincount(key, weights=older.late, minlength=size * steps)[wanted]
    found: Floats = (late + BASE_DOUBT * share[now]) / (known + BASE_DOUBT)
    return found
