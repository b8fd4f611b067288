"""Proposals as the console lists them: what waits for a second pair of eyes, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from gridloop.cases.proposals.models import MastersProposal
from gridloop.cases.proposals.queries.rows import CONFIRMED, WAITS
from gridloop.cases.proposals.rules.fields import DEPT, Field
from gridloop.cases.proposals.rules.tables import SECOND, TABLES, Table
from gridloop.identity import queries as people
from gridloop.identity.actions import unit_kinds
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city

SHOWN_MAX = 100
IN_FORCE, SCHEDULED = "in_force", "scheduled"


def proposals(now: datetime, *, state: str = "", table: str = "", key: str = "") -> list[dict[str, Any]]:
    """The newest 100, of one state, one table or one row; two statements. `open` are those that wait or are scheduled."""
    found = MastersProposal.objects.order_by("-id")
    if state == "open":
        found = found.filter(Q(state=WAITS) | Q(state=CONFIRMED, valid_from__gt=in_city(now).date()))
    elif state:
        found = found.filter(state=state)
    if table:
        found = found.filter(table=table)
    if key:
        found = found.filter(key=key)
    return shown_all(found[:SHOWN_MAX], now)


def one(proposal: MastersProposal, now: datetime) -> dict[str, Any]:
    """One proposal as the web shows it."""
    return shown_all([proposal], now)[0]


def shown_all(found: Iterable[MastersProposal], now: datetime) -> list[dict[str, Any]]:
    """Proposals with the names of who proposed and who decided."""
    rows = list(found)
    who = people.person_names({one.by_id for one in rows} | {one.decided_by_id for one in rows})
    return [_shown(one, who, now) for one in rows]


def _shown(one: MastersProposal, who: dict[int, str], now: datetime) -> dict[str, Any]:
    return {
        "id": one.pk,
        "table": one.table,
        "key": one.key,
        "ends": one.ends,
        "values": one.values,
        "before": one.before,
        "valid_from": one.valid_from,
        "why": one.why,
        "four_eyes": one.four_eyes,
        "preview": one.preview,
        "state": _state(one, now),
        "by_id": one.by_id,
        "by": who.get(one.by_id, ""),
        "at": one.at,
        "decided_by": who.get(one.decided_by_id or 0, ""),
        "decided_at": one.decided_at,
        "note": one.note,
    }


def _state(one: MastersProposal, now: datetime) -> str:
    """A confirmed change is in force from its day on, scheduled before; days of the calendar count as soon as they are confirmed."""
    if one.state != CONFIRMED:
        return one.state
    later = one.valid_from > in_city(now).date() and one.table != "calendar"
    return SCHEDULED if later else IN_FORCE


def waiting_for(by: Caller) -> int:
    """How many proposals wait for this caller's eyes: those of others, where the caller may confirm; one statement, or none."""
    if not by.holds(*SECOND) or by.person_id is None:
        return 0
    return MastersProposal.objects.filter(state=WAITS).exclude(by_id=by.person_id).count()


def tables(by: Caller) -> list[dict[str, Any]]:
    """Every table with its columns, what this caller may do, and how many proposals wait in it; one statement."""
    waiting = dict(
        MastersProposal.objects.filter(state=WAITS).values_list("table").annotate(count=Count("id")).values_list("table", "count")
    )  # fmt: skip
    kinds = tuple((code, zh, en) for code, (zh, en) in sorted(unit_kinds().items()))
    return [_table(table, kinds, by, waiting.get(table.name, 0)) for table in TABLES]


def _table(table: Table, kinds: tuple[tuple[str, str, str], ...], by: Caller, waiting: int) -> dict[str, Any]:
    return {
        "name": table.name,
        "zh": table.zh,
        "en": table.en,
        "key": [_field(one, kinds) for one in table.key],
        "fields": [_field(one, kinds) for one in table.fields],
        "moves": table.moves,
        "may_add": table.may_add,
        "may_end": table.may_end,
        "may_propose": by.holds(*table.proposers),
        "may_confirm": by.holds(*SECOND),
        "waiting": waiting,
    }


def _field(one: Field, kinds: tuple[tuple[str, str, str], ...]) -> dict[str, Any]:
    choices = kinds if one.kind == DEPT else one.choices
    return {
        "name": one.name, "kind": one.kind, "zh": one.zh, "en": one.en, "moves": one.moves, "may_be_empty": one.may_be_empty, "most": one.most,
        "choices": [{"code": code, "zh": zh, "en": en} for code, zh, en in choices],
    }  # fmt: skip
