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
STAMP = "(select array[number, xmin::text::bigint] from cases_masters_version where id = 1)"
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
    rows = _read(asked, by=by, now=now, limit=limit, cursor=cursor)
    stamp = rows[0][-1] if rows else None
    masters = masters_now.for_stamp(stamp, now) if stamp else masters_now.current(now)
    found = [row[:-1] for row in rows[:limit]]
    following = _cursor(asked, found[-1]) if len(rows) > limit else None
    return Page(shown(found, masters, now), following, tuple(row[ID] for row in found))


def _read(asked: Filter, *, by: Caller, now: datetime, limit: int, cursor: str) -> list[tuple[Any, ...]]:
    """One row more than the page has, so that its end is known; the last column is the stamp of the masters."""
    made = filters.where(asked, by=by, now=now)
    if asked.sort not in SORTS:
        raise Malformed(
            f"sort is one of {', '.join(SORTS)}", zh=f"sort 可选 {'、'.join(SORTS)}", fields={"sort": "unknown"}
        )
    if cursor:
        made.add(AFTER[asked.sort], **_after(cursor, asked.sort))
    scope = filters.scope_terms(by)
    if not scope:
        return []
    made.params["limit"] = limit + 1
    return sql.run(statement(asked.sort, made, scope), made.params)


def statement(sort: str, made: Where, scope: list[tuple[str, dict[str, Any]]]) -> str:
    """One statement: with a single scope straight from its index; with several, the first of each, then the first of all."""
    order, limit = ORDER[sort], "limit %(limit)s"
    for _, params in scope:
        made.params.update(params)
    first = f"from {made.table} c where {made.text()}"
    if len(scope) == 1:
        return f"select {SELECTED}, {STAMP} {first} and {scope[0][0]} order by {order} {limit}"
    branches = " union ".join(
        f"(select c.id, c.due_at {first} and {term} order by {order} {limit})" for term, _ in scope
    )
    wanted = f"select id from ({branches}) hit order by {HIT_ORDER[sort]} {limit}"
    return f"select {SELECTED}, {STAMP} from {made.table} c where c.id = any(array({wanted})) order by {order}"


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
