"""The history of the loop as arrays: who had which case when, until when it was due, and what came of it.

A *stay* is a time in which one unit had a case under one deadline; every event ends a stay and may begin the next. A *run* goes from the
dispatch (or the reopening) of a case to the next one. Everything about a stay was known at its start; what came of a run is known at
`known_s` of it and not before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gridloop.cases.rules.states import PAUSED, State

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
IN_HAND = frozenset({State.DISPATCHED, State.HANDLING, State.DELAY_ASKED, State.SUSPEND_ASKED})
"""States in which a unit is due to finish a case and its clock runs."""
BEGIN_RUN = frozenset({"dispatch", "reopen", "report"})
SENT_BACK = frozenset({"fail", "send_back", "reopen"})
STANDING = frozenset({*map(str, PAUSED)})
NEVER = math.inf
UNIT, START, END, DUE = 2, 3, 4, 5
"""Places in the row of a stay while it is told, in the order of `Stays`."""


class Line(NamedTuple):
    """One event of a case that touches its unit or deadline, epoch seconds; what stands in `about` never changes after the dispatch."""

    case_id: int
    at_s: float
    verb: str
    state: str
    unit_id: int | None
    due_s: float | None
    about: tuple[str, str, str, str, str, bool]
    """Class label, urgency, tier, unit of the limit, source, whether it was made up."""


@dataclass(frozen=True, slots=True)
class Stays:
    """One row for each stay. `unit` counts in `Past.unit_ids`; `end_s` is inf while it goes on; the counts are those at its start."""

    case: Numbers
    run: Numbers
    unit: Numbers
    start_s: Floats
    end_s: Floats
    due_s: Floats
    entering: Flags
    taken: Flags
    delay_asked: Flags
    returns: Numbers
    reworks: Numbers
    delays: Numbers


@dataclass(frozen=True, slots=True)
class Runs:
    """One row for each run. `due_s` is the deadline at its start, `last_due_s` the one that counts, `late` what came of it if it is `settled`.

    `known_s`, `known_late` and `unit`: when it was first known whether it is in time, and who had it then, for the records of units and classes
    (inf and the last unit: not known yet).
    """

    case: Numbers
    unit: Numbers
    start_s: Floats
    due_s: Floats
    last_due_s: Floats
    settled: Flags
    late: Flags
    known_s: Floats
    known_late: Flags


@dataclass(frozen=True, slots=True)
class Past:
    """All of it; the columns of cases are by row, `class_no` counts in `class_labels`; `done_unit` and `done_s` are the finishes."""

    case_ids: Numbers
    class_no: Numbers
    class_labels: tuple[str, ...]
    urgency: npt.NDArray[np.str_]
    tier: npt.NDArray[np.str_]
    limit_unit: npt.NDArray[np.str_]
    source: npt.NDArray[np.str_]
    synthetic: Flags
    unit_ids: Numbers
    stays: Stays
    runs: Runs
    done_unit: Numbers
    done_s: Floats


@dataclass(slots=True)
class _Run:
    """A run while it is told."""

    row: int
    start_s: float
    due_s: float
    unit: int
    last_due_s: float
    finished_s: float = NEVER
    standing: bool = False
    known_s: float = NEVER
    known_unit: int | None = None
    known_late: bool = False

    def know(self, at_s: float, unit: int, *, late: bool) -> None:
        """The first outcome counts, for the unit that has the case then."""
        if self.known_s == NEVER:
            self.known_s, self.known_unit, self.known_late = at_s, unit, late


@dataclass(slots=True)
class _Teller:
    """Reads the lines of all cases in their order and keeps columns."""

    now_s: float
    stays: list[tuple[Any, ...]] = field(default_factory=list)
    runs: list[tuple[Any, ...]] = field(default_factory=list)
    done: list[tuple[int, float]] = field(default_factory=list)
    run: _Run | None = None
    open: list[Any] | None = None
    returns: int = 0
    reworks: int = 0
    delays: int = 0

    def case(self, row: int, lines: Sequence[Line]) -> None:
        """All lines of one case, oldest first."""
        self._begin()
        for line in lines:
            before = self._left(line)
            self._counted(line.verb)
            if line.state in IN_HAND and line.unit_id is not None and line.due_s is not None:
                self._entered(row, line, before)
            elif self.run is not None:
                self.run.standing = line.state in STANDING
                if line.verb == "finish":
                    self._finished(line)
        last = self.open
        if last is not None:
            self._outcome(last, self.now_s)
            self.stays.append(tuple(last))
        self._end_run(row, going_on=last is not None)

    def _begin(self) -> None:
        self.run, self.open = None, None
        self.returns = self.reworks = self.delays = 0

    def _left(self, line: Line) -> int | None:
        """End the stay that goes on; the unit that had it."""
        if self.open is None:
            return None
        stay, self.open = self.open, None
        self._outcome(stay, line.at_s)
        stay[END] = line.at_s
        self.stays.append(tuple(stay))
        unit: int = stay[UNIT]
        return unit

    def _counted(self, verb: str) -> None:
        if verb == "reopen":
            self.returns = self.delays = 0
        self.returns += verb == "return"
        self.reworks += verb in SENT_BACK
        self.delays += verb == "ask_delay"

    def _entered(self, row: int, line: Line, before: int | None) -> None:
        unit, due_s = line.unit_id or 0, line.due_s or 0.0
        if line.verb in BEGIN_RUN:
            self._end_run(row, going_on=False)
            self.run = _Run(len(self.runs), line.at_s, due_s, unit, due_s)
        if self.run is None:
            return  # the history begins in the middle of this run
        self.run.unit, self.run.last_due_s, self.run.finished_s, self.run.standing = unit, due_s, NEVER, False
        state = line.state
        self.open = [
            row, self.run.row, unit, line.at_s, NEVER, due_s, before != unit, state != State.DISPATCHED,
            state == State.DELAY_ASKED, self.returns, self.reworks, self.delays,
        ]  # fmt: skip

    def _finished(self, line: Line) -> None:
        if self.run is None:
            return
        self.run.finished_s = line.at_s
        self.done.append((self.run.unit, line.at_s))
        self.run.know(line.at_s, self.run.unit, late=False)

    def _outcome(self, stay: Sequence[Any], until_s: float) -> None:
        """A stay that outlasts its deadline makes the run known to be late."""
        if self.run is not None and until_s > stay[DUE]:
            self.run.know(max(stay[DUE], stay[START]), stay[UNIT], late=True)

    def _end_run(self, row: int, *, going_on: bool) -> None:
        run, self.run = self.run, None
        if run is None:
            return
        finished = run.finished_s != NEVER
        late = run.finished_s > run.last_due_s  # what never was finished is late as soon as its deadline has passed
        unit = run.unit if run.known_unit is None else run.known_unit
        self.runs.append((
            row, unit, run.start_s, run.due_s, run.last_due_s, (finished or going_on) and not run.standing, late,
            run.known_s, run.known_late,
        ))  # fmt: skip


def past_of(lines: Iterable[Line], *, now_s: float) -> Past:
    """The arrays of these lines, which come case by case and in the order of each case's history; `now_s` is the present."""
    teller = _Teller(now_s)
    cases: list[Line] = []
    kept: list[Line] = []
    for line in lines:
        if kept and kept[-1].case_id != line.case_id:
            teller.case(len(cases), kept)
            cases.append(kept[0])
            kept = []
        kept.append(line)
    if kept:
        teller.case(len(cases), kept)
        cases.append(kept[0])
    return _arrays(teller, cases)


def _arrays(teller: _Teller, cases: Sequence[Line]) -> Past:
    labels = sorted({line.about[0] for line in cases})
    number = {label: at for at, label in enumerate(labels)}
    done_ids = np.array([unit for unit, _ in teller.done], dtype=np.int64)
    stay = _columns(teller.stays, 12)
    run = _columns(teller.runs, 9)
    unit_ids = np.unique(np.concatenate([stay[2].astype(np.int64), run[1].astype(np.int64), done_ids]))

    def unit_no(ids: npt.NDArray[Any]) -> Numbers:
        return np.searchsorted(unit_ids, ids.astype(np.int64)).astype(np.int64)

    def text(at: int) -> npt.NDArray[np.str_]:
        return np.array([line.about[at] for line in cases], dtype=np.str_)

    return Past(
        case_ids=np.array([line.case_id for line in cases], dtype=np.int64),
        class_no=np.array([number[line.about[0]] for line in cases], dtype=np.int64),
        class_labels=tuple(labels),
        urgency=text(1), tier=text(2), limit_unit=text(3), source=text(4),
        synthetic=np.array([line.about[5] for line in cases], dtype=np.bool_),
        unit_ids=unit_ids,
        stays=Stays(
            stay[0].astype(np.int64), stay[1].astype(np.int64), unit_no(stay[2]), stay[3], stay[4], stay[5], stay[6].astype(np.bool_),
            stay[7].astype(np.bool_), stay[8].astype(np.bool_), stay[9].astype(np.int64), stay[10].astype(np.int64), stay[11].astype(np.int64),
        ),
        runs=Runs(
            run[0].astype(np.int64), unit_no(run[1]), run[2], run[3], run[4], run[5].astype(np.bool_), run[6].astype(np.bool_), run[7],
            run[8].astype(np.bool_),
        ),
        done_unit=unit_no(done_ids),
        done_s=np.array([at for _, at in teller.done], dtype=np.float64),
    )  # fmt: skip


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Floats]:
    table = np.array(rows, dtype=np.float64).reshape(len(rows), width)
    return [table[:, at] for at in range(width)]
