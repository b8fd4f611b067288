"""One case as the rules see it, with what a step has to know beside it: one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gridloop.cases import sql
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.rules.facts import CaseFacts, Standing
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.numbers import checked
from gridloop.cases.rules.scope import sees
from gridloop.cases.rules.states import State
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound

COLUMNS = (
    "id", "number", "version", "seq", "state", "source", "synthetic", "title", "place", "grid", "opened_at", "due_at", "stage_due_at",
    "class_kind", "class_code", "rule_no", "urgency", "tier", "limit_value", "limit_unit", "unit_id", "past_units", "reporter_id",
    "handler_id", "handler_unit_id", "dispatched_at", "finished_at", "closed_at", "paused_at", "paused_s", "until_at", "returns", "reworks",
    "delays", "suspensions", "disputes", "urges", "level", "ruled", "reports", "rating", "parent_id", "merged_into", "state_before",
    "asked", "routing", "component", "guessed",
)  # fmt: skip
SELECTED = ", ".join(f"c.{name}::text" if name in {"asked", "routing"} else f"c.{name}" for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Known:
    """A case's facts, the masters valid now, whether the caller reported it, what an idempotency key was used for before, and what stands next to it."""

    facts: CaseFacts
    masters: Masters
    is_reporter: bool
    key_hash: bytes | None = None
    key_case: int | None = None
    near: Standing | None = None


def of_row(values: Sequence[Any]) -> CaseFacts:
    """Facts from a row of `COLUMNS`; paths of units come from the names kept in the process."""
    row = dict(zip(COLUMNS, values, strict=True))
    row["state"] = State(row["state"])
    row["state_before"] = State(row["state_before"]) if row["state_before"] else None
    row["asked"], row["routing"] = orjson.loads(row["asked"]), orjson.loads(row["routing"])
    row["past_units"] = tuple(row["past_units"])
    units = names.units([row["unit_id"], *row["past_units"]])
    row["unit_path"] = units[row["unit_id"]].path if row["unit_id"] in units else ""
    row["past_paths"] = tuple(units[one].path for one in row["past_units"] if one in units)
    return CaseFacts(**row)


def known(
    number: str, *, by: Caller, now: datetime, key: str = "", who: str = "", as_reporter: bool = False, snap: str | None = None
) -> Known:  # fmt: skip
    """What a step on this case needs; raises NotFound for one that does not exist or is not for this caller's eyes.

    `snap` asks for the nearest component of this subclass; empty means of the case's own class, where it has no component yet.
    """
    row = _row(checked(number), by=by, key=key, who=who, snap=snap)
    if row is None:
        raise missing(number)
    facts = of_row(row[: len(COLUMNS)])
    children, reported, stamp_number, stamp_transaction, key_hash, key_case, code, owner = row[len(COLUMNS) :]
    facts = _with_children(facts, children)
    is_reporter = as_reporter or bool(reported)
    if not sees(by, facts, is_reporter=is_reporter):
        raise missing(number)
    masters = masters_now.for_stamp((stamp_number, stamp_transaction), now)
    return Known(facts, masters, is_reporter, key_hash, key_case, Standing(code, owner) if code else None)


def missing(number: str) -> NotFound:
    """The same sentence for a case that is not there and for one out of scope, so that numbers cannot be probed."""
    return NotFound(f"there is no case {number} in your area or unit", zh=f"在您的区域或单位范围内没有案件 {number}")


def _with_children(facts: CaseFacts, children: int) -> CaseFacts:
    return facts.but(open_children=children) if children else facts


def _row(number: str, *, by: Caller, key: str, who: str, snap: str | None) -> tuple[Any, ...] | None:
    rows = sql.run(
        sql.text("facts").replace("{columns}", SELECTED),
        {
            "number": number,
            "person": by.person_id,
            "key": key,
            "who": who,
            "snap": snap is not None,
            "subclass": snap or "",
        },
        prepare=True,
    )
    return rows[0] if rows else None
