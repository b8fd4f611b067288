"""Telling people what happened to their cases: events that wait are turned into notices, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from gridloop.cases import sql
from gridloop.cases.actions.recipients import Recipients
from gridloop.cases.models import Telling
from gridloop.cases.queries import contacts, names
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.audience import HANDLER, REPORTER, Told, told, way_to
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.loop import VERBS
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import State
from gridloop.kernel.clock import in_city
from gridloop.notices import actions as notices
from gridloop.notices import queries as templates

BATCH = 100
BATCHES_MAX = 30
REPORTERS_SQL = """
with recursive behind(case_id) as (
    select %(case_id)s::bigint
    union
    select l.case_id from cases_link l join behind on l.into_id = behind.case_id where %(merged)s and l.undone_at is null
)
select r.person_id, r.contact, r.language,
       exists (select from cases_event e where e.case_id = r.case_id and e.verb = 'join' and (e.fields->>'reporter')::bigint = r.id),
       r.id
from cases_reporter r
where r.case_id in (select case_id from behind)
"""
"""Everybody behind a case: its own reporters, those of cases merged into it, those of cases merged into these, and so on."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The step that was taken back, and the unit that had the case through it."""

    verb: str
    to_state: State
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event with its case, ready to be told."""

    facts: CaseFacts
    seq: int
    verb: str
    to_state: State
    note: str
    fields: Mapping[str, Any]
    into: str | None
    undone: Undone | None = None


def tell_waiting(now: datetime) -> int:
    """Tell everything that waits, in short transactions; returns how many events. A crash in between tells nothing twice and forgets nothing."""
    done = 0
    for _ in range(BATCHES_MAX):
        with transaction.atomic():
            count = _batch(now)
        done += count
        if count < BATCH:
            break
    return done


def _batch(now: datetime) -> int:
    masters, whom = masters_now.current(now), Recipients()
    rows = sql.run(sql.text("waiting").replace("{columns}", facts_now.SELECTED), {"most": BATCH})
    width = len(facts_now.COLUMNS)
    for row in rows:
        seq, verb, to_state, note, fields, into, *undone = row[1 + width :]
        happening = Happening(
            facts_now.of_row(row[1 : 1 + width]), seq, verb, State(to_state), note, orjson.loads(fields), into, _undone(*undone)
        )  # fmt: skip
        if happening.undone is not None:
            _tell_undone(happening, happening.undone, whom, masters, now)
        for one in told(verb, happening.to_state, disputes=happening.facts.disputes, level=happening.facts.level):
            _tell(one, happening, whom, masters, now)
    Telling.objects.filter(pk__in=[row[0] for row in rows]).delete()
    return len(rows)


def _undone(verb: str | None, to_state: str | None, unit_id: int | None) -> Undone | None:
    return Undone(verb, State(to_state), unit_id) if verb is not None and to_state is not None else None


def _tell_undone(happening: Happening, undone: Undone, whom: Recipients, masters: Masters, now: datetime) -> None:
    """Whoever was told of a step that is taken back now hears of that too: it would wait on their desk, or be believed, otherwise."""
    facts = happening.facts
    verb_zh, verb_en = VERBS.get(undone.verb, (undone.verb, undone.verb))
    for one in told(undone.verb, undone.to_state, disputes=facts.disputes, level=facts.level):
        to_reporter = one.to == REPORTER
        kind = "step_withdrawn_reporter" if to_reporter else "step_withdrawn"
        said = spoken(facts, masters, happening) | {"step_zh": verb_zh, "step_en": verb_en}
        words = templates.words(kind, said, in_city(now).date())
        key = f"{facts.subject}:{happening.seq}:{kind}:{one.to}"
        if to_reporter:
            found = _readers(happening)
            tell_readers(facts, [row[:3] for row in found], words, key)
            _push(facts, found, words, key)
            continue
        ids = whom.of(one.to, facts.but(unit_id=undone.unit_id) if one.to == HANDLER else facts)
        if ids:
            notices.tell_words(ids, words, subject=facts.subject, key=key)


def _readers(happening: Happening) -> list[tuple[Any, ...]]:
    """Everybody who reported it, as person, sealed contact, language, whether they joined, and which reporter they are."""
    return sql.run(REPORTERS_SQL, {"case_id": happening.facts.id, "merged": happening.verb != "merge"})


def _tell(one: Told, happening: Happening, whom: Recipients, masters: Masters, now: datetime) -> None:
    facts = happening.facts
    key = f"{facts.subject}:{happening.seq}:{one.kind}"
    if one.to == REPORTER:
        _tell_reporters(one, happening, key, masters, now)
        return
    words = templates.words(one.kind, spoken(facts, masters, happening), in_city(now).date())
    ids = whom.of(one.to, facts)
    if ids:
        notices.tell_words(ids, words, subject=facts.subject, key=key)


def _tell_reporters(one: Told, happening: Happening, key: str, masters: Masters, now: datetime) -> None:
    """Everybody who reported it, those of merged cases included; who joined it hears of its class, not of the first one's words."""
    facts = happening.facts
    rows = _readers(happening)
    said = spoken(facts, masters, happening)
    for joined in (False, True):
        readers = [row[:3] for row in rows if row[3] is joined]
        if readers:
            facts_said = said | {"title": said["class_zh"] or facts.number} if joined else said
            words = templates.words(one.kind, facts_said, in_city(now).date())
            tell_readers(facts, readers, words, f"{key}:joined" if joined else key)
            _push(facts, [row for row in rows if row[3] is joined], words, key)


def _push(facts: CaseFacts, readers: Sequence[tuple[Any, ...]], words: Any, key: str) -> None:
    """To the browsers that follow a report by its secret; somebody with an account is pushed to by their account."""
    ids = [f"reporter:{row[4]}" for row in readers if row[0] is None]
    notices.tell_readers(ids, words, subject=facts.subject, key=key)


def tell_readers(facts: CaseFacts, readers: Sequence[tuple[int | None, str, str]], words: Any, key: str) -> None:
    """Tell reporters, given as person, sealed contact and language, once under this key: by account, else by the number or address they left."""
    persons = sorted({person_id for person_id, _, _ in readers if person_id is not None})
    if persons:
        notices.tell_words(persons, words, subject=facts.subject, key=key)
    for person_id, contact, language in readers:
        reach = contacts.opened(contact) if contact and person_id is None else ""
        if reach:
            channel, end = way_to(reach)
            notices.tell_words(
                notices.Address(channel, reach, language),
                words,
                subject=facts.subject,
                key=f"{key}:{end}",
            )


def spoken(facts: CaseFacts, masters: Masters, happening: Happening | None = None) -> dict[str, str]:
    """The words that templates can name."""
    unit = names.unit(facts.unit_id or (facts.past_units[-1] if facts.past_units else None))
    place_zh, place_en = names.places_named([facts.place]).get(facts.place, ("", ""))
    case_class = masters.classes.get((facts.class_kind or "", facts.class_code or ""))
    fields = happening.fields if happening else {}
    reason = masters.refusal_reasons.get(str(fields.get("reason", "")))
    due = in_city(facts.due_at).strftime("%Y-%m-%d %H:%M") if facts.due_at else ""
    return {
        "number": facts.number, "title": facts.title, "due": due, "note": happening.note if happening else "",
        "into": (happening.into or "") if happening else "", "hours": f"{float(fields.get('hours') or 0):g}",
        "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "",
        "place_zh": place_zh, "place_en": place_en,
        "class_zh": case_class.zh if case_class else "", "class_en": case_class.en if case_class else "",
        "reason_zh": reason.zh if reason else "", "reason_en": reason.en if reason else "",
    }  # fmt: skip
