"""Whether every reporter of an incident was answered, read from the records of what was told; a fixed number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.cases.incidents import sql
from gridloop.cases.incidents.models import Incident, IncidentMessage
from gridloop.cases.incidents.rules import answering
from gridloop.cases.incidents.rules.answering import STAGES, Answer, Happened, Merged, Reporter, Sent
from gridloop.cases.queries import contacts
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.rules.audience import way_to
from gridloop.cases.rules.facts import CaseFacts
from gridloop.kernel.caller import Caller
from gridloop.kernel.statements import run
from gridloop.notices import queries as notices

CASES_MAX = 1000
REPORTERS_MAX = 5000
LINES_MAX = 200
Answered = dict[str, tuple[Answer, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Behind:
    """Everybody and everything behind a case: numbers by case, merges, reporters, and what happened that reporters are told."""

    numbers: dict[int, str]
    merged: tuple[Merged, ...]
    reporters: tuple[Reporter, ...]
    readers: tuple[tuple[int | None, str, str], ...]
    events: tuple[Happened, ...]


def account(number: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The whole account of an incident for somebody who sees its leading case; seven statements."""
    facts = facts_now.known(number, by=by, now=now).facts
    found = behind(facts.id)
    answers = _answers(found, now)
    lines = [_line(one, found, stages) for one, stages in zip(found.reporters, answers, strict=True)]
    return {
        **_summary(facts, found, answers),
        "lines": lines[:LINES_MAX],
        "more": max(0, len(lines) - LINES_MAX),
        "messages": _messages(facts.id),
        "groupings": _groupings(facts.id),
    }


def summary(facts: CaseFacts, now: datetime) -> dict[str, Any]:
    """The account without its lines, for the card; four statements."""
    found = behind(facts.id)
    return _summary(facts, found, _answers(found, now))


def behind(case_id: int) -> Behind:
    """Who reported a case and every case merged into it; three statements."""
    rows = run(sql.text("behind"), {"case_id": case_id, "most": CASES_MAX})
    numbers = {row[0]: row[1] for row in rows}
    merged = tuple(Merged(row[0], row[2], row[3]) for row in rows if row[2] is not None)
    told = run(sql.text("told"), {"cases": list(numbers), "verbs": sorted(answering.KIND_OF_VERB)})
    people = run(sql.text("reporters"), {"cases": list(numbers), "most": REPORTERS_MAX})
    return Behind(
        numbers,
        merged,
        tuple(_reporter(row, case_id) for row in people),
        tuple((row[2], row[3], row[4]) for row in people),
        tuple(Happened(row[0], f"case:{numbers[row[0]]}", *row[1:]) for row in told),
    )


def _reporter(row: Sequence[Any], leading_id: int) -> Reporter:
    row_id, case_id, person_id, contact, _, at, joined = row
    reach = contacts.opened(contact) if person_id is None and contact else ""
    ends = (str(person_id),) if person_id is not None else (way_to(reach)[1],) if reach else ()
    came = "merged" if case_id != leading_id else "joined" if joined else "original"
    return Reporter(row_id, case_id, came, at, person_id, joined, ends)


def _answers(found: Behind, now: datetime) -> list[Answered]:
    """How each reporter stands at each stage; one statement."""
    since = answering.reached_since(found.merged)
    heard = [[event for event in found.events if answering.heard(one, event, since)] for one in found.reporters]
    keys = [
        key for one, events in zip(found.reporters, heard, strict=True) for event in events for key in answering.keys(one, event)
    ]  # fmt: skip
    told = notices.told(list(dict.fromkeys(keys)))
    return [
        _stages(one, events, told, now=now) for one, events in zip(found.reporters, heard, strict=True)
    ]  # fmt: skip


def _stages(one: Reporter, heard: Sequence[Happened], told: dict[str, notices.ToldView], *, now: datetime) -> Answered:
    found: Answered = {}
    for stage in STAGES:
        due = [event for event in heard if answering.STAGE_OF_KIND[event.kind] == stage]
        if not due:
            found[stage] = (Answer.NOT_DUE, ())
            continue
        known = [told[key] for key in answering.keys(one, due[-1]) if key in told]  # the newest of a stage counts
        sent = [Sent(view.on_bell, view.ways) for view in known]
        found[stage] = answering.answer(sent, since=due[-1].at, reachable=bool(one.ends), now=now)
    return found


def _summary(facts: CaseFacts, found: Behind, answers: Sequence[Answered]) -> dict[str, Any]:
    came = Counter(one.came for one in found.reporters)
    stages = [
        {"stage": stage, "zh": zh, "en": en, **answering.summed(one[stage] for one in answers)}
        for stage, (zh, en, _) in STAGES.items()
    ]
    return {
        "number": facts.number,
        "reports": facts.reports,
        "reporters": len(found.reporters),
        **{name: came[name] for name in ("original", "joined", "merged")},
        "unreachable": sum(not one.ends for one in found.reporters),
        "cases": [number for case_id, number in found.numbers.items() if case_id != facts.id],
        "stages": stages,
    }


def _line(one: Reporter, found: Behind, stages: Answered) -> dict[str, Any]:
    """One reporter without anything personal: of which case, how they came, and how they stand at each stage."""
    reach = "account" if one.person_id is not None else one.ends[0].split(":")[0] if one.ends else ""
    return {
        "case": found.numbers[one.case_id],
        "came": one.came,
        "at": one.at,
        "reach": reach,
        "stages": {
            stage: {"answer": str(answer), "channels": list(channels)} for stage, (answer, channels) in stages.items()
        },
    }


def _messages(case_id: int) -> list[dict[str, Any]]:
    rows = IncidentMessage.objects.filter(case_id=case_id).order_by("-id")[:LINES_MAX]
    return [
        {"at": one.at, "by": one.by_name, "text_zh": one.text_zh, "text_en": one.text_en, "told": one.told, "unreachable": one.unreachable}
        for one in rows
    ]  # fmt: skip


def _groupings(case_id: int) -> list[dict[str, Any]]:
    rows = (
        Incident.objects.filter(case_id=case_id, mass__isnull=False).select_related("mass").order_by("-id")[:LINES_MAX]
    )
    return [
        {"id": one.pk, "at": one.at, "cases": one.mass.total if one.mass else 0, "undone_at": one.undone_at} for one in rows
    ]  # fmt: skip
