# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""One statement for one question: the facts of the period's cases, and what is counted over them.

Two roads lead to the same facts. *Now* they come from the rows of the cases (and from the history what rows do not keep); only those few
cases that changed after the newest position of the ledger are taken from their history, so that the figures are exactly those of
the position they cite. *As of* an old position everything comes from the append-only history.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction

from gridloop.cases.evaluation import sql
from gridloop.cases.evaluation.queries import scope, terms
from gridloop.cases.evaluation.rules.indicators import INDICATORS, RULES_VERSION
from gridloop.cases.evaluation.rules.question import Question
from gridloop.kernel.statements import run

PENDING = "select subject, body, looked from audit_pending"
AFTER = f"{PENDING} union all select subject, body, looked from audit_entry where position > %(position)s"
NEWEST = "(select coalesce(max(position), -1) from audit_entry)"
AGAIN = ", count(trail.filed_at) over (partition by cohort.place, cohort.class_kind, cohort.class_code) as again"
GROUPED = {
    "all": "''",
    "unit": "coalesce(f.unit_id::text, '')",
    "area": "left(f.place, %(level)s)",
    "class": "coalesce(f.class_kind || ':' || f.class_code, '')",
    "person": "p.role || ':' || coalesce(p.person::text, '')",
}
PEOPLE = """
cross join lateral (values ('reporter', f.reporter), ('verifier', f.verifier), ('checker', f.checker), ('registrar', f.registrar),
    ('filer', f.filer), ('dispatcher', f.dispatcher)) p(role, person)
"""
ACTORS = ", f.reporter, f.verifier, f.checker, f.registrar, f.filer, f.dispatcher"
STEPPED = "to_char(date_trunc('{step}', f.opened_at at time zone 'Asia/Shanghai'), 'YYYY-MM-DD')"


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of an answer and the position of the ledger that they are exactly right for (-1: the ledger is empty)."""

    rows: list[tuple[Any, ...]]
    position: int


@cache
def query_version() -> str:
    """Names the meaning of the figures: a hash over the indicators, the conditions and the statements."""
    meaning = [
        str(RULES_VERSION),
        repr(INDICATORS),
        repr(sorted(terms.SQL.items())),
        sql.everything(),
        repr(GROUPED),
        PEOPLE,
        AGAIN,
        STEPPED,
        TOLD,
        UNDONE,
    ]
    return hashlib.sha256("\n".join(meaning).encode()).hexdigest()[:16]


QUIET = ("accept", "close", "rate", "redispatch", "ask_delay", "refuse_delay", "ask_suspend", "refuse_suspend", "resume", "comment", "urge",
         "escalate", "join", "split", "take_back")  # fmt: skip
"""Verbs that the trail says nothing of; leaving them out early saves a fifth of the time."""
TOLD = f"e.verb <> all(array{list(QUIET)}::text[]) and (e.case_id, e.seq) not in (select undone.case_id, undone.seq from undone)"
UNDONE = """select t.case_id, t.seq - 1 as seq from cases_event t left join cut on cut.case_id = t.case_id
    where t.verb = 'take_back' and (cut.version is null or t.seq < cut.version)"""
"""Steps that were taken back: the figures see neither them nor that. An index holds these few alone."""
TRAIL = re.compile(
    r"f\.(registered_at|registrar|fil(?:ing|ings|ing_due|ed_at|er)|dispatch_due|dispatcher|verif\w+|check\w+|reporter|returned_by|delayed"
    r"|self_handled|replied|stood|again)\b"
)
"""Columns that only the history has; a question that names none of them does not read it."""


def facts(question: Question, params: dict[str, Any], *, past: bool, trail: bool = True, again: bool = True) -> str:
    """The common table expressions up to `f`: one row for each case of the period that the question counts."""
    one = scope.Reach(question.areas, question.units)
    place = scope.place_bounds(one, question.place, params)
    later = sql.text("later").format(entries=AFTER if past else PENDING)
    if past:
        cohort = sql.text("row_past").format(place=place, changed="")
    else:
        here = sql.text("row_now").format(
            place=place, changed="and not exists (select from later where later.number = c.number)"
        )
        there = sql.text("row_past").format(place=place, changed="and c.number in (select number from later)")
        cohort = f"{here}\nunion all\n{there}"
    params |= {"since": question.since, "until": question.until, "level": question.level}
    found = (
        f"select cohort.*, trail.*{AGAIN if again else ', 0 as again'} from cohort join trail on trail.case_id = cohort.id"
        if trail
        else "select cohort.* from cohort"
    )
    return f"""
with later as materialized ({later}),
cohort as materialized ({cohort}),
cut as materialized (select cohort.id as case_id, later.version from cohort join later on later.number = cohort.number),
undone as materialized ({UNDONE}),
whole as (
    {sql.text("trail")}
    from cases_event e where e.case_id >= (select min(id) from cohort) and e.case_id <= (select max(id) from cohort) and {TOLD}
    group by e.case_id
),
trail as (
    select * from whole where not exists (select from cut where cut.case_id = whole.case_id)
    union all
    ({sql.text("trail")}
    from cut join cases_event e on e.case_id = cut.case_id and e.seq < cut.version and {TOLD}
    group by e.case_id)
),
joined as ({found}),
f as (select * from joined f where {narrowed(question, params)})
"""


def narrowed(question: Question, params: dict[str, Any]) -> str:
    """What the question leaves out beyond period and area, as a condition on `f`."""
    found = [scope.terms(scope.Reach(question.areas, question.units), params)]
    if question.unit_ids:
        params["unit_ids"] = list(question.unit_ids)
        found.append("f.unit_id = any(%(unit_ids)s::bigint[])")
    if question.class_kind:
        params["class_kind"] = question.class_kind
        found.append("f.class_kind = %(class_kind)s")
    if question.class_code:
        params |= {"class_code": question.class_code, "class_code_end": f"{question.class_code}~"}
        found.append("f.class_code >= %(class_code)s and f.class_code < %(class_code_end)s")
    return " and ".join(found)


def counts(question: Question, *, at: datetime, position: int | None = None) -> Told:
    """(group, step, cases, then numerator, denominator and unclocked of each indicator) for every group; one statement."""
    params: dict[str, Any] = {"at": at}
    step = STEPPED.format(step=question.step) if question.step else "''"
    role = "p.role" if question.by == "person" else ""
    wanted = tuple(one for one in INDICATORS if one.actor) if role else INDICATORS
    plain = question.by == "all" and not question.step
    select = f"""select {GROUPED[question.by]}, {step}, count(*), {terms.counted(wanted, role=role)}
from (select f.opened_at, f.place, f.unit_id, f.class_kind, f.class_code{ACTORS if role else ""}, {terms.marks()} from f offset 0) f
{PEOPLE if role else ""} {"where p.person is not null" if role else ""}
{"" if plain else "group by 1, 2"}"""
    return asked(question, select, params, position=position)


PLANNED = "select set_config('jit', 'off', true), set_config('work_mem', '96MB', true), set_config('enable_hashagg', 'off', true)"
"""For one transaction: compiling such a statement costs more than running it, its sorts shall not go to disk, and the history is read in the order of
its key, so that it can be summed up while it streams by."""


def asked(question: Question, select: str, params: dict[str, Any], *, position: int | None = None) -> Told:
    """Run a selection over the facts; one statement, so that figures and position come from one snapshot."""
    made = facts(
        question, params, past=position is not None, trail=bool(TRAIL.search(select)), again="f.again" in select
    )
    if position is not None:
        params["position"] = position
        return Told(planned(f"{made} {select} order by 1, 2", params), position)
    rows = planned(
        f"{made}, told as ({select}) select {NEWEST}, told.* from (select) one left join told on true order by 2, 3",
        params,
    )
    return Told([row[1:] for row in rows if row[1] is not None], int(rows[0][0]))


def planned(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a long reading statement with the planner's settings that suit it; two statements in all."""
    with transaction.atomic():
        run(PLANNED)
        return run(statement, params)
