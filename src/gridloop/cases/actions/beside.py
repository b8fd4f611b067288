"""What stands beside the case and is written with certain verbs: suspensions, returns, ratings, links, children."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, QuerySet

from gridloop.cases import sql
from gridloop.cases.actions.report import numbered, write_child
from gridloop.cases.models import Case, Link, Rating, Return, Suspension
from gridloop.cases.queries import names
from gridloop.cases.rules import moves
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.moves import Move
from gridloop.cases.rules.states import State
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was just written, before its transaction is committed."""

    before: CaseFacts
    after: CaseFacts
    move: Move
    by: Caller


def _asked_to_suspend(done: Done) -> None:
    said, code = done.move.said, str(done.move.said["suspend_reason"])
    Suspension.objects.create(
        case_id=done.after.id,
        reason=code,
        note=said["note"],
        photos=list(said.get("photos", ())),
        asked_at=done.move.now,
        asked_by=done.by.person_id,
        unit_id=done.after.unit_id,
        until_at=said["until"],
        budget_hours=done.move.masters.suspend_reasons[code].budget_hours,
    )


def _granted(done: Done) -> None:
    _pending(done).update(granted_at=done.move.now, granted_by=done.by.person_id)


def _refused(done: Done) -> None:
    _pending(done).update(refused_at=done.move.now)


def _pending(done: Done) -> QuerySet[Suspension]:
    return Suspension.objects.filter(case_id=done.after.id, granted_at__isnull=True, refused_at__isnull=True)


def _resumed(done: Done) -> None:
    Suspension.objects.filter(case_id=done.after.id, granted_at__isnull=False, ended_at__isnull=True).update(
        ended_at=done.move.now
    )


def _returned(done: Done) -> None:
    said = done.move.said
    Return.objects.create(
        case_id=done.after.id,
        seq=done.after.seq,
        from_unit=done.before.unit_id,
        rule=said["return_rule"],
        note=said["note"],
        at=done.move.now,
    )


def _sent_again(done: Done) -> None:
    """Where a returned case went, for the ledger of returns."""
    last = Return.objects.filter(case_id=done.after.id).order_by("-seq").first()
    if last is not None:
        last.to_unit, last.ruled = done.after.unit_id, done.after.ruled
        last.save(update_fields=["to_unit", "ruled"])


def _rated(done: Done) -> None:
    said = done.move.said
    Rating.objects.create(
        case_id=done.after.id,
        seq=done.after.seq,
        person_id=done.by.person_id,
        stars=said["rating"],
        note=said.get("note", ""),
        at=done.move.now,
    )


def _merged(done: Done) -> None:
    into = done.move.into_id
    if into is None:
        raise ValueError("a merge names the case to merge into")
    Link.objects.create(case_id=done.after.id, into_id=into, at=done.move.now, by_id=done.by.person_id)
    _reports_of(into, done.after.reports)


def _unmerged(done: Done) -> None:
    if done.before.merged_into is not None:
        _reports_of(done.before.merged_into, -done.after.reports)
    Link.objects.filter(case_id=done.after.id, undone_at__isnull=True).update(undone_at=done.move.now)


def _taken_back(done: Done) -> None:
    """What stood beside the step that is taken back."""
    last = done.before.last
    undo = UNDONE_BESIDE.get(last.verb) if last else None
    if undo is not None:
        undo(done)


def _not_sent_again(done: Done) -> None:
    newest = Return.objects.filter(case_id=done.after.id).order_by("-seq").first()
    if newest is not None:
        newest.to_unit, newest.ruled = None, False
        newest.save(update_fields=["to_unit", "ruled"])


def _reports_of(case_id: int, change: int) -> None:
    """How many reports stand behind a case; no step of the loop, so its version stays."""
    Case.objects.filter(pk=case_id).update(reports=F("reports") + change)


def _split(done: Done) -> None:
    """A child for each unit: the parent's class, rule and place, a limit of its own from now, dispatched at once."""
    parent, now, masters = done.before, done.move.now, done.move.masters
    units = names.units(done.move.said["units"])
    unknown = [one for one in done.move.said["units"] if one not in units]
    if unknown:
        raise Refused(
            f"there is no unit {unknown[0]}", zh=f"没有编号为 {unknown[0]} 的单位", fields={"units": "not on the list"}
        )
    text, lon, lat = sql.run("select text, lon, lat from cases_case where id = %s", [parent.id])[0]
    for unit_id in done.move.said["units"]:
        child = _child(parent, unit_id, units[unit_id].path, now)
        child = moves.first_deadlines(numbered(child, now), now, masters)
        write_child(parent, child, by=done.by, now=now, text=text, spot=(lon, lat))


def _child(parent: CaseFacts, unit_id: int, path: str, now: datetime) -> CaseFacts:
    return replace(
        CaseFacts(
            id=0,
            number="",
            version=1,
            state=State.DISPATCHED,
            source="split",
            place=parent.place,
            opened_at=now,
            due_at=None,
            stage_due_at=None,
        ),
        seq=1,
        synthetic=parent.synthetic,
        title=parent.title,
        grid=parent.grid,
        component=parent.component,
        class_kind=parent.class_kind,
        class_code=parent.class_code,
        rule_no=parent.rule_no,
        unit_id=unit_id,
        unit_path=path,
        dispatched_at=now,
        parent_id=parent.id,
        routing={
            "why_zh": f"主案 {parent.number} 拆分",
            "why_en": f"split from case {parent.number}",
            "rule": None,
            "version": 0,
        },
    )


UNDONE_BESIDE: dict[str, Callable[[Done], None]] = {"merge": _unmerged, "redispatch": _not_sent_again}
BESIDE: dict[str, Callable[[Done], None]] = {
    "ask_suspend": _asked_to_suspend,
    "grant_suspend": _granted,
    "refuse_suspend": _refused,
    "resume": _resumed,
    "return": _returned,
    "redispatch": _sent_again,
    "rule": _sent_again,
    "rate": _rated,
    "merge": _merged,
    "unmerge": _unmerged,
    "take_back": _taken_back,
    "split": _split,
}
"""What is written with a verb, in the same transaction."""
