"""Cases that another system kept: stored with what is known of their lives, and marked as imported. The same row never becomes two cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson
from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.actions.history import Life, begin_history, copy_rows, reserve_case_ids, store_history
from gridloop.cases.actions.report import home_area
from gridloop.cases.queries import names, suggestions
from gridloop.cases.rules import histories, moves
from gridloop.cases.rules.escalation import mark, rungs
from gridloop.cases.rules.intake import Report
from gridloop.cases.rules.numbers import number_of
from gridloop.cases.rules.states import State
from gridloop.kernel.caller import Caller

LOCK_SQL = "select pg_advisory_xact_lock(hashtext('cases_imported'), hashtext(%s))"
KNOWN_SQL = """
select i.foreign_id, i.said, c.number
from unnest(%(ids)s::text[]) told (foreign_id)
join cases_imported i on i.dataset = %(dataset)s and i.foreign_id = told.foreign_id
join cases_case c on c.id = i.case_id
"""
TAKEN_SQL = "select c.number from unnest(%s::text[]) told (number) join cases_case c on c.number = told.number"
COLUMNS = ("dataset", "foreign_id", "case_id", "said", "said_on_time", "on_time", "on_time_by_rules", "at")
MARK_COLUMNS = ("case_id", "mark", "at")
IMPORTABLE: Mapping[str, bool] = {str(state): histories.ends(state) for state in histories.KNOWN_STEPS}
"""The states in which a case can come, and whether it then has a closing time."""
Ending = Literal["imported", "unchanged", "changed", "refused"]


@dataclass(frozen=True, slots=True)
class ForeignCase:
    """One row of another system, understood: its own id, what it said, and the case it describes.

    `unit` is the id of a unit, a kind of department, or None: then the routing rules say, unless `routed` is false. `due_at` is the file's own deadline; without
    one our class tables give it. `on_time` is what the file says of it.
    """

    foreign_id: str
    said: Mapping[str, str]
    report: Report
    state: str
    opened_at: datetime
    closed_at: datetime | None = None
    due_at: datetime | None = None
    unit: int | str | None = None
    routed: bool = True
    on_time: bool | None = None
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a row ended: with the number of its case, the columns that differ, or why it was refused (English, Chinese)."""

    ending: Ending
    number: str = ""
    columns: tuple[str, ...] = ()
    why: tuple[str, str] = ("", "")


@dataclass
class _Born:
    """A life on its way into the database, with its row and our verdicts."""

    row: ForeignCase
    life: Life
    at: int
    on_time: bool | None = None
    by_rules: bool | None = None


def import_cases(
    dataset: str, rows: Sequence[ForeignCase], *, by: Caller, now: datetime, outside_is_home: bool = False
) -> list[Ended]:
    """Store those of the rows that are not here yet, all in one transaction; says of each row how it ended, in order.

    A row that is here already is left alone, also when it says something else today. `outside_is_home` takes cases that lie in no known
    division as cases of the whole city; otherwise they are refused.
    """
    with transaction.atomic():
        sql.run(LOCK_SQL, [dataset])
        endings, fresh = _sorted_out(dataset, rows)
        born = _begun([(at, rows[at]) for at in fresh], by=by, now=now) if fresh else []
        kept = []
        for one in born:
            refusal = _lived(one, dataset, by=by, now=now, outside_is_home=outside_is_home)
            endings[one.at] = refusal or Ended("imported", one.life.facts.number)
            if refusal is None:
                kept.append(one)
        if kept:
            _store(dataset, kept, by=by, now=now)
    return [endings[at] for at in range(len(rows))]


def _sorted_out(dataset: str, rows: Sequence[ForeignCase]) -> tuple[dict[int, Ended], list[int]]:
    """What became of rows that were here before, or stand twice among these; and the places of the new ones."""
    found = sql.run(
        KNOWN_SQL, {"dataset": dataset, "ids": list(dict.fromkeys(row.foreign_id for row in rows))}, prepare=True
    )
    before = {
        foreign_id: (orjson.loads(said) if isinstance(said, str) else said, number)
        for foreign_id, said, number in found
    }
    endings: dict[int, Ended] = {}
    fresh = []
    for at, row in enumerate(rows):
        if row.foreign_id not in before:
            before[row.foreign_id] = (dict(row.said), "")
            fresh.append(at)
            continue
        said, number = before[row.foreign_id]
        differ = tuple(sorted(name for name in {*said, *row.said} if said.get(name, "") != row.said.get(name, "")))
        endings[at] = Ended("changed" if differ else "unchanged", number, differ)
    return endings, fresh


def _begun(rows: Sequence[tuple[int, ForeignCase]], *, by: Caller, now: datetime) -> list[_Born]:
    """The new cases, reported each at its own moment, with numbers that nobody has."""
    ids = _free_ids([row.opened_at for _, row in rows])
    lives = begin_history([(row.report, by, row.opened_at) for _, row in rows], ids, now=now)
    return [_Born(row, life, at) for (at, row), life in zip(rows, lives, strict=True)]


def _free_ids(opened: Sequence[datetime]) -> list[int]:
    """Ids whose numbers are free: numbers repeat after a million ids, and an old day may have that number already."""
    ids = reserve_case_ids(len(opened))
    while True:
        numbers = [number_of(case_id, at) for case_id, at in zip(ids, opened, strict=True)]
        taken = {row[0] for row in sql.run(TAKEN_SQL, [numbers], prepare=True)}
        clashes = [at for at, number in enumerate(numbers) if number in taken]
        if not clashes:
            return ids
        for at, fresh in zip(clashes, reserve_case_ids(len(clashes)), strict=True):
            ids[at] = fresh


def _lived(one: _Born, dataset: str, *, by: Caller, now: datetime, outside_is_home: bool) -> Ended | None:
    """Bring the life to the state that the row tells of, or say why it cannot be taken."""
    row, life, state = one.row, one.life, State(one.row.state)
    if life.facts.place == home_area() and not outside_is_home:
        return Ended("refused", columns=("lon", "lat"), why=OUTSIDE)
    unit = _unit(life, row)
    if unit is None and state in histories.NEEDS_UNIT:
        return Ended("refused", columns=("unit",), why=NO_UNIT)
    facts = life.facts
    if unit is not None:
        facts = moves.first_deadlines(facts.but(unit_id=unit[0], unit_path=unit[1]), row.opened_at, life.masters)
    by_rules = facts.due_at
    facts = facts.but(due_at=row.due_at or facts.due_at, guessed=facts.guessed and row.due_at is None)
    steps = histories.steps_of(state, has_unit=unit is not None)
    if unit is not None and any(verb == "dispatch" for verb, _ in steps):
        facts = facts.but(dispatched_at=row.opened_at)
    facts = facts.but(state=state, version=1 + len(steps), seq=1 + len(steps))
    if histories.ends(state):
        facts = facts.but(closed_at=row.closed_at, finished_at=row.closed_at, stage_due_at=None)
    else:
        facts = moves.with_stage_due(facts, row.opened_at, life.masters)
    life.facts, life.changed_at, life.reporter = facts, now, None
    if row.closed_at is not None and facts.due_at is not None and by_rules is not None:
        one.on_time, one.by_rules = row.closed_at <= facts.due_at, row.closed_at <= by_rules
    _written(one, dataset, steps, by=by, now=now)
    return None


OUTSIDE = (
    'the position lies in no known division; check the coordinate system and the order of lon and lat, or set [position] outside = "home"',
    '位置不在任何已知区划内;请核对坐标系与经纬度顺序,或设置 [position] outside = "home"',
)
NO_UNIT = (
    "no unit is known for this row, and the routing rules name none; map the unit, or load units first",
    "该行没有对应的责任单位,路由规则也未给出;请配置单位对照或先导入单位",
)


def _unit(life: Life, row: ForeignCase) -> tuple[int, str] | None:
    """Id and path of the unit that the row names by id or kind, or that the routing rules name."""
    if isinstance(row.unit, str):
        view = names.unit(suggestions.unit_of_kind(row.unit, life.facts.place))
    elif row.unit is not None:
        view = names.unit(row.unit)
    elif row.routed:
        view = names.unit(suggestions.unit_for(life.facts, life.masters).unit_id)
    else:
        view = None
    return (view.id, view.path) if view else None


def _written(one: _Born, dataset: str, steps: Sequence[tuple[str, State]], *, by: Caller, now: datetime) -> None:
    """The events as far as they are known, at their own times; and one entry of the ledger, at the time of the import."""
    row, life, facts = one.row, one.life, one.life.facts
    mark_of = {"source": "import", "dataset": dataset, "foreign_id": row.foreign_id, **row.known}
    ending = histories.ends(State(row.state))
    moments = [("report", State.REPORTED, row.opened_at)]
    moments += [
        (verb, to, row.closed_at if ending and verb != "dispatch" and row.closed_at else row.opened_at)
        for verb, to in steps
    ]
    life.events.clear()
    before: State | None = None
    for seq, (verb, to, at) in enumerate(moments, 1):
        fields = mark_of if seq == 1 else {"imported": dataset}
        unit = facts.unit_id if verb != "report" else None
        life.events.append((
            facts.id, seq, at, verb, str(before) if before else None, str(to), by.person_id, by.name, "", None, unit, "", [],
            orjson.dumps(fields).decode(), facts.due_at, None if ending and to == row.state else facts.stage_due_at or facts.due_at,
            facts.class_kind, facts.class_code,
        ))  # fmt: skip
        before = to
    detail = {"version": facts.version, "state": str(facts.state), **mark_of}
    entry = ledger.entry_row(
        by, "case.import", facts.subject, at=now, area=facts.place, unit=facts.unit_id, detail=detail
    )
    life.entries[:] = [
        (now, by.person_id, entry["action"], entry["subject"], facts.place, facts.unit_id, False, entry["body"])
    ]


def _store(dataset: str, born: Sequence[_Born], *, by: Caller, now: datetime) -> None:
    """Cases, where they come from, and the rungs of the ladder that they had passed before they came: nobody is told of those."""
    store_history([one.life for one in born], {})
    copy_rows(
        "cases_imported",
        COLUMNS,
        (
            (
                dataset, one.row.foreign_id, one.life.facts.id, orjson.dumps(dict(one.row.said)).decode(),
                one.row.on_time, one.on_time, one.by_rules, now,
            )
            for one in born
        ),
    )  # fmt: skip
    passed = [
        (one.life.facts.id, mark(rung, due), now)
        for one in born
        if not IMPORTABLE[one.row.state]
        for rung, due in rungs(one.life.facts, now, one.life.masters)
    ]
    copy_rows("cases_escalation_mark", MARK_COLUMNS, passed)
    ledger.record(by, "cases.imported", f"import:{dataset}", at=now, detail={"cases": len(born)})
