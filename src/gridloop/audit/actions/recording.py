"""Writing an entry in the transaction of the change that it tells of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypedDict

from django.db import connection

from gridloop.audit.rules import canonical
from gridloop.kernel.caller import Caller

NOTHING: Mapping[str, Any] = MappingProxyType({})


class EntryRow(TypedDict):
    """Column values of one row of `audit_pending`."""

    at: dt.datetime
    actor_id: int | None
    action: str
    subject: str
    area: str
    unit_id: int | None
    looked: bool
    body: bytes


INSERT_PENDING = """
insert into audit_pending (at, actor_id, action, subject, area, unit_id, looked, body)
values (%(at)s, %(actor_id)s, %(action)s, %(subject)s, %(area)s, %(unit_id)s, %(looked)s, %(body)s)
"""


def entry_row(
    by: Caller,
    action: str,
    subject: str,
    *,
    at: dt.datetime,
    area: str = "",
    unit: int | None = None,
    detail: Mapping[str, Any] = NOTHING,
    looked: bool = False,
) -> EntryRow:
    """The column values of an entry, for a statement written by hand that inserts it together with its change.

    `detail["people"]` (a list of person ids) names those whose personal data the entry is about; they can see it.
    """
    body = canonical.entry_body(by, action, subject, at=at, area=area, unit=unit, detail=detail, looked=looked)
    return EntryRow(
        at=at, actor_id=by.person_id, action=action, subject=subject, area=area, unit_id=unit, looked=looked, body=body
    )


def record(
    by: Caller,
    action: str,
    subject: str,
    *,
    at: dt.datetime,
    area: str = "",
    unit: int | None = None,
    detail: Mapping[str, Any] = NOTHING,
    looked: bool = False,
) -> None:
    """Write what `by` did to (or, with `looked`, saw of) `subject`, in the caller's own transaction."""
    row = entry_row(by, action, subject, at=at, area=area, unit=unit, detail=detail, looked=looked)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_PENDING,
            {
                "at": row["at"],
                "actor_id": row["actor_id"],
                "action": row["action"],
                "subject": row["subject"],
                "area": row["area"],
                "unit_id": row["unit_id"],
                "looked": row["looked"],
                "body": row["body"],
            },
        )


SORT_PENDING = """
with waiting as (delete from audit_pending returning at, id, actor_id, action, subject, area, unit_id, looked, body)
insert into audit_pending (at, actor_id, action, subject, area, unit_id, looked, body)
select at, actor_id, action, subject, area, unit_id, looked, body from waiting order by at, waiting.id
"""


def sort_pending() -> None:
    """Line up the waiting entries by their own time, for a history that several processes have written side by side.

    Only for the loading of a city that nobody uses yet: afterwards the order of writing is the order of the ledger.
    """
    with connection.cursor() as cursor:
        cursor.execute(SORT_PENDING)
