# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""The queue: pages of cases within the caller's scope, newest or due first, one statement a page."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gridloop.cases import sql
from gridloop.cases.queries import filters
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import SORTS, Filter, Where
from gridloop.cases.queries.rows import COLUMNS, SELECTED, shown
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed

LIMIT_MAX = 200
ORDER = {"-id": "c.id desc", "id": "c.id", "due": "c.due_at, c.id"}
AFTER = {
    "-id": "c.id < %(after_id)s",
    "id": "c.id > %(after_id)s",
    "due": "(c.due_at, c.id) > (%(after_due)s, %(after_id)s)",
}
HIT_ORDER = {"-id": "id desc", "id": "id", "due": "due_at, id"}
ID, DUE = COLUMNS.index("id"), COLUMNS.index("due_at")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next` goes into `cursor` for the following one, None on the last."""

    items: list[dict[str, Any]]
    next: str | None
    ids: tuple[int, ...] = ()


def queue(asked: Filter, *, by: Caller, now: datetime, limit: int = 50, cursor: str = "") -> Page:
    """A page of the cases this caller may see: one statement, and one more when the masters have changed."""
    limit = max(1, min(limit, LIMIT_MAX))
    rows, stamp = _read(asked, by=by, now=now, limit=limit, cursor=cursor)
    masters = masters_now.for_stamp(stamp, now) if stamp else masters_now.current(now)
    found = rows[:limit]
    following = _cursor(asked, found[-1]) if len(rows) > limit else None
    return Page(shown(found, masters, now), following, tuple(row[ID] for row in found))


def _read(
    asked: Filter, *, by: Caller, now: datetime, limit: int, cursor: str
) -> tuple[list[tuple[Any, ...]], tuple[int, int] | None]:
    made = filters.where(asked, by=by, now=now)
    if asked.sort not in SORTS:
        raise Malformed(
            f"sort is one of {', '.join(SORTS)}", zh=f"sort 可选 {'、'.join(SORTS)}", fields={"sort": "unknown"}
        )
    if cursor:
        made.add(AFTER[asked.sort], **_after(cursor, asked.sort))
    scope = filters.scope_terms(by)
    if not scope:
        return [], None
    made.params["limit"] = limit + 1
    rows = sql.run(statement(asked.sort, made, scope), made.params)
    return [row[:-2] for row in rows], ((rows[0][-2], rows[0][-1]) if rows else None)


def statement(sort: str, made: Where, scope: list[tuple[str, dict[str, Any]]], columns: str = SELECTED) -> str:
    """One statement: with a single scope straight from its index; with several, the first of each, then the first of all."""
    order = ORDER[sort]
    for _, params in scope:
        made.params.update(params)
    stamp = "m.number, m.xmin::text::bigint"
    if len(scope) == 1:
        inner = (
            f"select {columns} from cases_case c where {made.text()} and {scope[0][0]} order by {order} limit %(limit)s"
        )
        return f"select c.*, {stamp} from ({inner}) c, cases_masters_version m where m.id = 1 order by {order}"
    branches = " union ".join(
        f"(select c.id, c.due_at from cases_case c where {made.text()} and {term} order by {order} limit %(limit)s)"
        for term, _ in scope
    )
    wanted = f"select id from ({branches}) hit order by {HIT_ORDER[sort]} limit %(limit)s"
    return (
        f"select {columns}, {stamp} from cases_case c, cases_masters_version m"
        f" where m.id = 1 and c.id = any(array({wanted})) order by {order}"
    )


def _cursor(asked: Filter, row: tuple[Any, ...]) -> str:
    due = row[DUE].isoformat() if row[DUE] else None
    return base64.urlsafe_b64encode(orjson.dumps([asked.sort, row[ID], due])).decode().rstrip("=")


def _after(cursor: str, sort: str) -> dict[str, Any]:
    try:
        kind, last_id, due = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(due) if due else None
    except (ValueError, TypeError, binascii.Error, UnicodeError):
        kind, last_id, moment = None, None, None
    if kind != sort or not isinstance(last_id, int) or not 0 <= last_id < 2**63:
        raise Malformed(
            "this cursor is not ours, or belongs to another order; begin again without it",
            zh="游标无效或属于另一种排序,请从第一页开始",
            fields={"cursor": "invalid"},
        )
    return {"after_id": last_id, "after_due": moment}
