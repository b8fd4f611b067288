"""Looking at a case: what shows personal data is written to the ledger before it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.audit import actions as ledger
from gridloop.audit import queries as entries
from gridloop.audit.queries import EntryView
from gridloop.cases.actions.report import Reported
from gridloop.cases.components.queries import past
from gridloop.cases.incidents.queries import answered
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries.card import may_reveal, read, shown_card
from gridloop.cases.rules.scope import sees
from gridloop.kernel.caller import Caller


def open_card(number: str, *, by: Caller, now: datetime, as_reporter: bool = False) -> dict[str, Any]:
    """The card, and an entry that says who looked and at whose data; the reporter's own look is not written down.

    Two or three statements, two more for the component that it is bound to, four more where several people reported it.
    """
    found, is_reporter = read(number, by=by, now=now, as_reporter=as_reporter)
    reveal = may_reveal(by, found.facts)
    if not is_reporter:
        people = sorted({person for _, person, *_ in found.reporters if person is not None}) if reveal else []
        detail = {"reporter": reveal and bool(found.reporters), **({"people": people} if people else {})}
        ledger.record(
            by,
            "case.looked",
            found.facts.subject,
            at=now,
            area=found.facts.place,
            unit=found.facts.unit_id,
            detail=detail,
            looked=True,
        )
    shown = shown_card(found, by=by, now=now, is_reporter=is_reporter, reveal=reveal)
    if not sees(by, found.facts):
        return shown
    many = found.facts.reports > 1 or len(found.reporters) > 1
    return shown | {
        "fixture": past.component_of(found.facts, found.masters, now),
        "incident": answered.summary(found.facts, now) if many else None,
    }


def card_of(made: Reported, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card right after one's own report; no statement where the report is all there is to show."""
    found = made.written
    if found is None:
        return card_after(made.number, by=by, now=now)
    reveal = may_reveal(by, found.facts)
    return shown_card(found, by=by, now=now, is_reporter=found.is_reporter(by), reveal=reveal, compared=False)


def card_after(number: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card right after one's own step: that act stands in the ledger already, so no second entry is written. One statement."""
    found, is_reporter = read(number, by=by, now=now)
    return shown_card(
        found, by=by, now=now, is_reporter=is_reporter, reveal=may_reveal(by, found.facts), compared=False
    )


def see_ledger(
    number: str, *, by: Caller, now: datetime, limit: int = 200, before: int | None = None
) -> list[EntryView]:
    """Who did what to a case and who looked at it, newest first; two statements. A reporter sees it too."""
    facts = facts_now.known(number, by=by, now=now).facts
    return entries.entries_about(facts.subject, limit=limit, before=before)
