"""What every preview asks: counts and times of the last 30 days, never more than 20,000 rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridloop.cases.proposals import sql
from gridloop.cases.proposals.rules.effect import Line, Lived, Stay, line
from gridloop.cases.proposals.rules.tables import Table
from gridloop.cases.queries.filters import OPEN_STATES
from gridloop.kernel.statements import run

BACK = timedelta(days=30)
ROWS_MAX = 20_000
EVERY = "true"
Lines = dict[str, Any]
BOUNDED = (f"只计算最近的 {ROWS_MAX} 条记录", f"only the newest {ROWS_MAX:,} records were measured")
PAST = ("最近 30 天上报的案件", "cases reported in the last 30 days")
OPENED_KEEP = ("已立案的案件沿用原时限,不受影响", "cases opened before keep what they have")


@dataclass(frozen=True, slots=True)
class Wish:
    """A row as it is and as it shall be (None: it is not, or shall not be any more), at a moment."""

    table: Table
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    now: datetime

    @property
    def since(self) -> datetime:
        """Where the last 30 days begin."""
        return self.now - BACK


def counts(wish: Wish, which: str, params: Mapping[str, Any]) -> list[Line]:
    """Open cases and those of the last 30 days that the change is about; one statement."""
    asked = {**params, "open": OPEN_STATES, "since": wish.since}
    [(waiting, recent)] = run(sql.text("counts").format(which=which), asked)
    return [
        line("open", "未结案件", "open cases", "count", waiting, None),
        line("recent", "最近 30 天的案件", "cases of the last 30 days", "count", recent, None),
    ]


def lived(wish: Wish, which: str, params: Mapping[str, Any]) -> list[Lived]:
    """The cases of the last 30 days that a unit had in hand; one statement."""
    asked = {**params, "since": wish.since, "most": ROWS_MAX}
    return [Lived(*row) for row in run(sql.text("lived").format(which=which), asked)]


def stays(wish: Wish, which: str, params: Mapping[str, Any]) -> list[Stay]:
    """The stays of the last 30 days' cases in a state, or in all; one statement."""
    asked = {**params, "since": wish.since, "most": ROWS_MAX}
    return [Stay(*row) for row in run(sql.text("stays").format(which=which), asked)]


def told(
    lines: Sequence[Line], *notes: tuple[str, str], sample: Sequence[Mapping[str, Any]] = (), rows: int = 0
) -> Lines:
    """A preview as it is kept and shown; it says where it was cut."""
    said = [*notes, BOUNDED] if rows >= ROWS_MAX else list(notes)
    return {
        "lines": list(lines),
        "notes": [{"zh": zh, "en": en} for zh, en in said],
        "sample": [dict(one) for one in sample],
    }
