"""Between outside and in: suspected at once, confirmed after three fixes that agree. One table, from which the code and the diagram are made."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

CONFIRM_FIXES = 3  # with the margin below: 3 false events per 1,000 vehicle-hours of parked vehicles instead of 6,228 (docs/benchmarks.md)
EXIT_MARGIN_M = 30.0  # about four times the noise of a receiver among houses


class Stage(IntEnum):
    """What is held of a vehicle and a fence."""

    OUTSIDE = 0
    SUSPECTED_IN = 1
    SUSPECTED_IN_AGAIN = 2
    IN = 3
    SUSPECTED_OUT = 4
    SUSPECTED_OUT_AGAIN = 5


class Seen(IntEnum):
    """What one fix says of a vehicle and a fence."""

    OUT = 0  # further than the exit margin outside
    NEAR = 1  # outside, but within the exit margin
    IN = 2


class Kind(IntEnum):
    """What has happened."""

    NOTHING = 0
    SUSPECTED_IN = 1
    CONFIRMED_IN = 2
    SUSPECTED_OUT = 3
    CONFIRMED_OUT = 4
    WITHDRAWN = 5


class Step(NamedTuple):
    """Where a fix leads to, and what is told."""

    to: Stage
    told: Kind = Kind.NOTHING


TABLE: dict[tuple[Stage, Seen], Step] = {
    (Stage.OUTSIDE, Seen.OUT): Step(Stage.OUTSIDE),
    (Stage.OUTSIDE, Seen.NEAR): Step(Stage.OUTSIDE),
    (Stage.OUTSIDE, Seen.IN): Step(Stage.SUSPECTED_IN, Kind.SUSPECTED_IN),
    (Stage.SUSPECTED_IN, Seen.OUT): Step(Stage.OUTSIDE, Kind.WITHDRAWN),
    (Stage.SUSPECTED_IN, Seen.NEAR): Step(Stage.OUTSIDE, Kind.WITHDRAWN),
    (Stage.SUSPECTED_IN, Seen.IN): Step(Stage.SUSPECTED_IN_AGAIN),
    (Stage.SUSPECTED_IN_AGAIN, Seen.OUT): Step(Stage.OUTSIDE, Kind.WITHDRAWN),
    (Stage.SUSPECTED_IN_AGAIN, Seen.NEAR): Step(Stage.OUTSIDE, Kind.WITHDRAWN),
    (Stage.SUSPECTED_IN_AGAIN, Seen.IN): Step(Stage.IN, Kind.CONFIRMED_IN),
    (Stage.IN, Seen.OUT): Step(Stage.SUSPECTED_OUT, Kind.SUSPECTED_OUT),
    (Stage.IN, Seen.NEAR): Step(Stage.IN),
    (Stage.IN, Seen.IN): Step(Stage.IN),
    (Stage.SUSPECTED_OUT, Seen.OUT): Step(Stage.SUSPECTED_OUT_AGAIN),
    (Stage.SUSPECTED_OUT, Seen.NEAR): Step(Stage.IN, Kind.WITHDRAWN),
    (Stage.SUSPECTED_OUT, Seen.IN): Step(Stage.IN, Kind.WITHDRAWN),
    (Stage.SUSPECTED_OUT_AGAIN, Seen.OUT): Step(Stage.OUTSIDE, Kind.CONFIRMED_OUT),
    (Stage.SUSPECTED_OUT_AGAIN, Seen.NEAR): Step(Stage.IN, Kind.WITHDRAWN),
    (Stage.SUSPECTED_OUT_AGAIN, Seen.IN): Step(Stage.IN, Kind.WITHDRAWN),
}


def _column(of: int) -> np.ndarray:
    table = np.zeros((len(Stage), len(Seen)), np.int8)
    for (stage, seen), step in TABLE.items():
        table[stage, seen] = step[of]
    return table


NEXT = _column(0)
"""int8 (stage, seen): the next stage."""
TOLD = _column(1)
"""int8 (stage, seen): the kind of event."""


def diagram() -> str:
    """The table as a mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> OUTSIDE"]
    arrows: dict[tuple[Stage, Stage, Kind], list[str]] = {}
    for (stage, seen), step in TABLE.items():
        if step.to is not stage:
            arrows.setdefault((stage, step.to, step.told), []).append(seen.name.lower())
    for (stage, to, told), seen_names in arrows.items():
        says = f" / {told.name.lower()}" if told else ""
        lines.append(f"    {stage.name} --> {to.name}: {' or '.join(seen_names)}{says}")
    return "\n".join(lines)
