"""What a verb would do to each of many cases, and how far a mass action has come; a fixed number of statements, however many cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.cases import sql
from gridloop.cases.mass.models import Mass, MassItem
from gridloop.cases.mass.rules import Outcome, totals
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import forms_shown, names, suggestions
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.facts import Known
from gridloop.cases.queries.preparing import prepared
from gridloop.cases.rules import moves
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.forms import CASE_NUMBER
from gridloop.cases.rules.loop import LOOP
from gridloop.cases.rules.scope import sees
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.cases.rules.steps import Offer, step_for
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed, NotAllowed, NotFound, Refused, Stale

MANY_SQL = """
select {columns},
       (select count(*) from cases_case child where child.parent_id = c.id
           and child.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')),
       c.reporter_id = %(person)s::bigint
           or exists (select from cases_reporter r where r.case_id = c.id and r.person_id = %(person)s::bigint),
       m.number, m.xmin::text::bigint
from cases_case c
join cases_masters_version m on m.id = 1
where c.number = any(%(numbers)s)
order by c.id
"""
SUGGESTED = "suggested"
"""Said in place of a unit: each case goes to the one that the routing rules name for it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What would happen to one case; `after` is None where nothing would, and the sentences then say why."""

    number: str
    outcome: Outcome
    before: CaseFacts | None = None
    after: CaseFacts | None = None
    en: str = ""
    zh: str = ""


def known_many(numbers: Iterable[str], *, by: Caller, now: datetime) -> dict[str, Known]:
    """What a step needs of each of these cases that the caller may see, by number; one statement."""
    wanted = [number for number in numbers if CASE_NUMBER.fullmatch(number)]
    text = MANY_SQL.replace("{columns}", facts_now.SELECTED)
    rows = sql.run(text, {"numbers": wanted, "person": by.person_id}) if wanted else []
    found = {}
    for row in rows:
        facts = facts_now.of_row(row[: len(facts_now.COLUMNS)])
        children, reported, stamp_number, stamp_transaction = row[len(facts_now.COLUMNS) :]
        if sees(by, facts, is_reporter=bool(reported)):
            masters = masters_now.for_stamp((stamp_number, stamp_transaction), now)
            found[facts.number] = Known(facts.but(open_children=children), masters, bool(reported))
    return found


def said_of(known: Known | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """The words for one case: the same for all, but a suggested unit is each case's own. Raises Refused where no rule names one."""
    if said.get("unit") != SUGGESTED or known is None:
        return dict(said)
    unit_id = suggestions.unit_for(known.facts, known.masters).unit_id
    if unit_id is None:
        number = known.facts.number
        raise Refused(
            f"case {number}: no routing rule names a unit for it; choose one",
            zh=f"案件 {number}:没有派遣规则给出责任单位,请手工选择",
            fields={"unit": "required"},
        )
    return {**said, "unit": unit_id}


def preview(
    verb: str, said: Mapping[str, Any], numbers: Sequence[str], *, by: Caller, now: datetime
) -> tuple[list[Line], list[dict[str, Any]]]:
    """What the verb would do to each case, and the fields that can be said with it. Raises Malformed for words that no case takes."""
    found = known_many(numbers, by=by, now=now)
    target = facts_now.known(str(said["into"]), by=by, now=now).facts if said.get("into") else None
    lines = [_line(number, found.get(number), verb, said, target, by=by, now=now) for number in numbers]
    return lines, _fields(verb, list(found.values()))


def _line(
    number: str, known: Known | None, verb: str, said: Mapping[str, Any], target: CaseFacts | None, *, by: Caller, now: datetime
) -> Line:  # fmt: skip
    if known is None:
        missing = facts_now.missing(number)
        return Line(number, Outcome.NOT_FOUND, en=missing.en, zh=missing.zh)
    facts, masters = known.facts, known.masters
    try:
        words = said_of(known, said)
        taken = step_for(facts, verb, words, by=by, now=now, masters=masters, is_reporter=known.is_reporter)
        after = moves.moved(facts, prepared(facts, masters, taken, by=by, now=now, target=target))
    except Malformed:
        raise
    except GridloopError as reason:
        return Line(number, outcome_of(reason, facts.state, verb), facts, en=reason.en, zh=reason.zh)
    return Line(number, Outcome.POSSIBLE, facts, after)


def outcome_of(reason: GridloopError, state: State | None, verb: str) -> Outcome:
    """The kind of a refusal, for the sums."""
    if isinstance(reason, Stale):
        return Outcome.MOVED_ON
    if isinstance(reason, NotFound):
        return Outcome.NOT_FOUND
    if state is not None and (state, verb) not in LOOP:
        return Outcome.WRONG_STATE
    if isinstance(reason, NotAllowed):
        return Outcome.NOT_ALLOWED
    return Outcome.INCOMPLETE if "required" in reason.fields.values() else Outcome.REFUSED


def _fields(verb: str, cases: list[Known]) -> list[dict[str, Any]]:
    """The form for all of them: required is what one of them lacks; conditions of a class are asked only where all are of one class."""
    fit = [known for known in cases if (known.facts.state, verb) in LOOP]
    if not fit:
        return []
    first = fit[0]
    step = LOOP[first.facts.state, verb]
    shown = forms_shown.action(Offer(verb, step, step.duties[0]), first.facts, first.masters)["fields"]
    one_class = len({(known.facts.class_kind, known.facts.class_code) for known in fit}) == 1
    fields = []
    for must, field in zip(step.must_say, shown, strict=True):
        if must.name == "rule" and not one_class:
            continue
        kept = {name: value for name, value in field.items() if name != "value"}
        lacking = any(must.name not in known.facts.known for known in fit)
        fields.append(kept | {"required": not must.may and lacking})
    return fields


def line_shown(line: Line) -> dict[str, Any]:
    """One line of a preview for the web."""
    before, after = line.before, line.after
    unit = names.unit(after.unit_id) if after else None
    return {
        "number": line.number,
        "version": before.version if before else None,
        "title": before.title if before else "",
        "outcome": line.outcome,
        "why_en": line.en,
        "why_zh": line.zh,
        **_states(before.state if before else "", after.state if after else ""),
        "unit_id": after.unit_id if after else None,
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
        "due_at": after.due_at if after else None,
        "stage_due_at": after.stage_due_at if after else None,
    }


def mass_of(mass_id: int, *, by: Caller) -> Mass:
    """The caller's own mass action; NotFound for another's."""
    found = Mass.objects.filter(pk=mass_id, by_id=by.person_id or 0).first()
    if found is None:
        raise NotFound(f"there is no mass action {mass_id} of yours", zh=f"没有您办理的批量操作 {mass_id}")
    return found


def account(mass: Mass) -> dict[str, Any]:
    """How far it has come, and how it went with each case; one statement."""
    items = list(MassItem.objects.filter(mass_id=mass.pk).order_by("place"))
    waiting = sum(one.outcome == Outcome.WAITING for one in items)
    return {
        "id": mass.pk,
        "at": mass.at,
        "verb": mass.verb,
        "of": mass.total,
        "done": mass.total - waiting,
        "failed": sum(one.outcome not in {Outcome.WAITING, Outcome.DONE} for one in items),
        "totals": totals(one.outcome for one in items),
        "ended_at": mass.ended_at,
        "undo_at": mass.undo_at,
        "undone_at": mass.undone_at,
        "undo_totals": totals(one.undo for one in items),
        "items": [
            {
                "number": one.number, "outcome": one.outcome, "why_en": one.en, "why_zh": one.zh, "version": one.version,
                **_states(one.from_state, one.to_state), "undo": one.undo, "undo_en": one.undo_en, "undo_zh": one.undo_zh,
            }
            for one in items
        ],
    }  # fmt: skip


def _states(before: str, after: str) -> dict[str, str]:
    """State before and after with their names, "" where there is none."""
    nothing = ("", "")
    before_zh, before_en = STATE_NAMES[State(before)] if before else nothing
    after_zh, after_en = STATE_NAMES[State(after)] if after else nothing
    return {
        "from_state": before, "from_zh": before_zh, "from_en": before_en, "to_state": after, "to_zh": after_zh, "to_en": after_en,
    }  # fmt: skip
