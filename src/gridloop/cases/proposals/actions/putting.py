"""Putting a confirmed change into its table: the old row ends, the new one begins, what was only announced never holds, nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from gridloop.cases import models
from gridloop.cases.actions.masters import LOCAL
from gridloop.cases.proposals.models import MastersProposal
from gridloop.cases.proposals.queries import stores
from gridloop.cases.proposals.queries.rows import CONFIRMED
from gridloop.cases.proposals.rules import days
from gridloop.cases.proposals.rules.tables import Table
from gridloop.identity import actions as identity
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import Refused

SET_HERE = "set by the city"
REPLACED = "replaced"
OVERTAKEN = Refused(
    "somebody else has changed or proposed something for this row in this moment; look again",
    zh="他人刚刚修改了该行或提交了提案,请刷新后再试",
)


def put(proposal: MastersProposal, table: Table, *, now: datetime) -> int | None:
    """The id of the new row, or None for an end and for the calendar. Runs inside the caller's transaction."""
    if table.name == "calendar":
        _put_days(proposal)
        return None
    store = stores.STORES[table.name]._default_manager  # noqa: SLF001 - a model's manager
    names = stores.columns(table, proposal.key)
    today = in_city(now).date()
    every = list(store.select_for_update().filter(**names).order_by("valid_from", "id"))
    kept = [row for row in every if row.valid_to is None or row.valid_from < row.valid_to]
    _check_base(proposal, [row for row in kept if row.valid_to is None or row.valid_to > today])
    held = next((row for row in kept if _holds(row, today)), None)
    announced = [row for row in kept if row.valid_from > today]
    for row in announced:
        row.valid_to = row.valid_from
        row.save(update_fields=["valid_to"])
    _replaced(proposal, [row.pk for row in announced])
    if held is not None:
        held.valid_to = max(proposal.valid_from, held.valid_from)
        held.save(update_fields=["valid_to"])
    if proposal.ends:
        return None
    former = announced[-1] if announced else held
    version = max((row.version for row in every), default=0) + 1
    columns = _columns(table, proposal.values, former)
    row = store.create(
        **names, **columns, version=version, valid_from=proposal.valid_from, confidence=LOCAL, source=f"{SET_HERE}: {proposal.why}"
    )  # fmt: skip
    return int(row.pk)


def _check_base(proposal: MastersProposal, standing: list[Any]) -> None:
    """The rows are held now: what the proposal builds on has to be the newest of them still."""
    newest = standing[-1].pk if standing else None
    if newest != proposal.base_id:
        raise OVERTAKEN


def take_back(proposal: MastersProposal, table: Table, *, now: datetime) -> None:
    """A change that was confirmed but does not hold yet never will; the row before it holds on."""
    names = stores.columns(table, proposal.key)
    today = in_city(now).date()
    store = stores.STORES[table.name]._default_manager  # noqa: SLF001 - a model's manager
    rows = store.select_for_update().filter(**names)
    rows.filter(pk=proposal.row_id, valid_from__gt=today).update(valid_to=proposal.valid_from)
    held = next((row for row in stores.real(rows.all()) if _holds(row, today)), None)
    if held is not None and held.valid_to == proposal.valid_from:
        held.valid_to = None
        held.save(update_fields=["valid_to"])


def _holds(row: Any, day: date) -> bool:
    return bool(row.valid_from <= day and (row.valid_to is None or row.valid_to > day))


def _replaced(proposal: MastersProposal, row_ids: list[int]) -> None:
    """Proposals whose change was announced, and will not come into force now that another one follows."""
    older = MastersProposal.objects.filter(table=proposal.table, key=proposal.key, state=CONFIRMED).exclude(
        pk=proposal.pk
    )
    older.filter(row_id__in=row_ids).update(state=REPLACED)
    older.filter(ends=True, valid_from__gt=in_city(proposal.decided_at or proposal.at).date()).update(state=REPLACED)


def _columns(table: Table, values: Mapping[str, Any], former: Any) -> dict[str, Any]:
    """The columns of the new row: what was proposed, and what follows from it."""
    columns = dict(values)
    if table.name == "class":
        zh, en = identity.unit_kinds()[values["dept_kind"]]
        columns |= {"dept_zh": zh, "dept_en": en, "code_certainty": former.code_certainty if former else "local"}
    if table.name == "hours" and former is not None:
        columns["calendar"] = former.calendar
    return columns


def _put_days(proposal: MastersProposal) -> None:
    code, _ = proposal.key.split(":")
    calendar = models.Calendar.objects.select_for_update().get(code=code)
    names = {one["day"]: one["name"] for one in proposal.values["days"]}
    for day, worked in days.special(proposal.values["days"]).items():
        models.CalendarDay.objects.update_or_create(
            calendar=calendar,
            day=day,
            defaults={
                "works": worked, "name": names[day.isoformat()], "confidence": LOCAL, "source": f"{SET_HERE}: {proposal.why}",
            },
        )  # fmt: skip
