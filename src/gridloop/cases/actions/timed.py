"""What time does: the escalation ladder, the end of suspensions, forgotten keys. Each can run twice or late without harm."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from gridloop.cases import sql
from gridloop.cases.actions.recipients import Recipients
from gridloop.cases.actions.step import take_step
from gridloop.cases.actions.telling import spoken
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import MINE_BY_DUTY, OPEN_STATES
from gridloop.cases.rules.audience import HANDLER, RUNG_KINDS
from gridloop.cases.rules.escalation import mark, rungs
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.masters import Escalation, Masters
from gridloop.kernel.caller import system
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import GridloopError
from gridloop.notices import actions as notices
from gridloop.notices import queries as templates

PAGE = 500
SOON_MAX = timedelta(hours=2)  # no rung looks further ahead
KEYS_KEPT = timedelta(days=3)
OWNER = "owner"
MARK_SQL = (
    "insert into cases_escalation_mark (case_id, mark, at) values (%s, %s, %s) on conflict do nothing returning 1"
)
ENDED_SQL = "select number from cases_case where state = 'suspended' and until_at <= %s order by id limit %s"
FORGET_SQL = "delete from cases_idempotency where at < %s"


def climb(now: datetime) -> int:
    """Tell every rung that open cases have reached and that was not told yet; returns how many. A page of cases at a time."""
    masters = masters_now.current(now)
    statement = sql.text("ladder").replace("{columns}", facts_now.SELECTED)
    after, count = 0, 0
    while True:
        rows = sql.run(statement, {"states": OPEN_STATES, "after": after, "soon": now + SOON_MAX, "most": PAGE})
        whom = Recipients()
        for row in rows:
            facts = facts_now.of_row(row[:-1])
            held = set(row[-1])
            for rung, due in rungs(facts, now, masters):
                name = mark(rung, due)
                if name not in held and _told_once(facts, rung, name, whom, masters, now):
                    count += 1
            after = facts.id
        if len(rows) < PAGE:
            return count


def _told_once(
    facts: CaseFacts, rung: Escalation, name: str, whom: Recipients, masters: Masters, now: datetime
) -> bool:
    """Mark the rung and tell it in one transaction; False when another worker was faster."""
    with transaction.atomic():
        if not sql.run(MARK_SQL, [facts.id, name, now]):
            return False
        ids = sorted({person for duty in rung.duties for person in _people(duty, facts, whom)})
        if ids:
            said = spoken(facts, masters) | {"note": rung.zh if rung.level else ""}
            words = templates.words(RUNG_KINDS[rung.moment], said, in_city(now).date())
            notices.tell_words(ids, words, subject=facts.subject, key=f"{facts.subject}:{name}")
        if rung.level > facts.level:
            take_step(facts.number, "escalate", {"note": f"{rung.zh} / {rung.en}"}, by=system("escalation"), now=now)
    return True


def _people(duty: str, facts: CaseFacts, whom: Recipients) -> list[int]:
    """Holders of the duty; `owner` is whoever the case waits for in its state."""
    if duty == OWNER:
        waiting = [one for one, states in MINE_BY_DUTY.items() if facts.state in states]
        return [person for one in waiting for person in _people(one, facts, whom)]
    return whom.of(HANDLER if duty == Duty.UNIT else duty, facts)


def end_suspensions(now: datetime) -> int:
    """Let the clock run again where a suspension has ended; a case that somebody resumed in this moment is left alone."""
    ended = 0
    for (number,) in sql.run(ENDED_SQL, [now, PAGE]):
        try:
            take_step(number, "resume", {}, by=system("suspension-end"), now=now)
        except GridloopError:
            continue  # it moved between the reading and the step; the next run looks again
        ended += 1
    return ended


def forget_keys(now: datetime) -> None:
    """Forget idempotency keys that no client repeats any more."""
    sql.run(FORGET_SQL, [now - KEYS_KEPT])
