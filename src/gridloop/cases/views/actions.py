"""Saving a view, changing it, sharing it with a unit, deleting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from gridloop.audit import actions as ledger
from gridloop.cases.actions.report import home_area
from gridloop.cases.views import queries, rules
from gridloop.cases.views.models import SavedView
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotAllowed, NotFound

LOCK_SQL = "select pg_advisory_xact_lock(hashtext('cases_saved_view'), %s)"


@dataclass(frozen=True, slots=True)
class Change:
    """What shall be different; None leaves a thing as it is. `unit_id` 0 shares with nobody any more."""

    name: str | None = None
    query: Mapping[str, str] | None = None
    unit_id: int | None = None


def save(name: str, query: Mapping[str, str], unit_id: int | None, *, by: Caller, now: datetime) -> SavedView:
    """A new view; Refused when the name is taken or there are too many. The query was read by the queue's own parser before."""
    owner = identity.require_person(by)
    bare = rules.checked_name(name)
    _may_share(unit_id, by)
    with transaction.atomic():
        with connection.cursor() as cursor:  # one at a time for a person, so that the limit holds
            cursor.execute(LOCK_SQL, [owner % 2**31])
        rules.room_for_one_more(SavedView.objects.filter(owner_id=owner).count())
        row = SavedView(
            owner_id=owner, name=bare, query=dict(query), unit_id=unit_id or None, made_at=now, changed_at=now
        )
        _kept(row)
        if row.unit_id is not None:
            _wrote("cases.view_shared", row, by=by, now=now)
    return row


def change(view_id: int, new: Change, *, by: Caller, now: datetime) -> SavedView:
    """One's own view with another name, another filter, or shared with another unit. NotFound for another's."""
    with transaction.atomic():
        row = _own(view_id, by)
        former = row.unit_id
        if new.name is not None:
            row.name = rules.checked_name(new.name)
        if new.query is not None:
            row.query = dict(new.query)
        if new.unit_id is not None:
            _may_share(new.unit_id, by)
            row.unit_id = new.unit_id or None
        row.changed_at = now
        _kept(row)
        if row.unit_id is not None and (row.unit_id != former or new.query is not None or new.name is not None):
            _wrote("cases.view_shared", row, by=by, now=now)
        elif former is not None and row.unit_id is None:
            _wrote("cases.view_unshared", row, by=by, now=now, unit=former)
    return row


def delete(view_id: int, *, by: Caller, now: datetime) -> None:
    """Delete one's own view; people of the unit it was shared with see it no more. NotFound for another's."""
    with transaction.atomic():
        row = _own(view_id, by)
        if row.unit_id is not None:
            _wrote("cases.view_unshared", row, by=by, now=now, unit=row.unit_id)
        row.delete()


def _own(view_id: int, by: Caller) -> SavedView:
    row = SavedView.objects.select_for_update().filter(pk=view_id, owner_id=identity.require_person(by)).first()
    if row is None:
        raise NotFound(f"there is no view {view_id} of yours", zh=f"您没有编号为 {view_id} 的视图")
    return row


def _kept(row: SavedView) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as second:
        raise rules.taken(row.name) from second


def _may_share(unit_id: int | None, by: Caller) -> None:
    """A view is shared with the people one works with."""
    if unit_id and unit_id not in queries.units_of(by):
        raise NotAllowed(
            "a view can be shared with your own unit only; choose the unit you work in or hold a duty in",
            zh="视图只能共享给本人的单位,请选择所在或任职的单位",
            fields={"unit_id": "not your unit"},
        )


def _wrote(action: str, row: SavedView, *, by: Caller, now: datetime, unit: int | None = None) -> None:
    detail = {"name": row.name, "query": row.query}
    ledger.record(by, action, f"view:{row.pk}", at=now, area=home_area(), unit=unit or row.unit_id, detail=detail)
