"""Taking a step: load, decide, write in one statement if nobody was faster; what stands beside the case goes into the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import OperationalError, connection, transaction
from psycopg.errors import SerializationFailure

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.actions import beside
from gridloop.cases.actions.report import case_params
from gridloop.cases.photos import actions as photos
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import past
from gridloop.cases.queries.preparing import prepared
from gridloop.cases.rules import intake, moves
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.forms import CLASS_SAID
from gridloop.cases.rules.intake import RECURRENCE
from gridloop.cases.rules.keys import sender
from gridloop.cases.rules.loop import RESTORES, VERBS, names_class
from gridloop.cases.rules.moves import Move
from gridloop.cases.rules.pictures import kind_of
from gridloop.cases.rules.steps import step_for
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Stale

TRIES = 3
QUIET = frozenset({"comment"})
"""Verbs that nobody is told about."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The case after a step; `repeated` says that this very request was done before."""

    id: int
    number: str
    version: int
    state: str
    repeated: bool = False


def take_step(
    number: str,
    verb: str,
    said: Mapping[str, Any],
    *,
    by: Caller,
    now: datetime,
    version: int | None = None,
    key: str = "",
    as_reporter: bool = False,
) -> Moved:
    """Take one step of the loop. `version` is the one the caller has seen; another one in between is Stale.

    Without a version a step that somebody overtook is tried again on the newer case. `as_reporter` is for a door that has checked the
    report's secret itself.
    """
    intake.check_key(key)
    who = sender(by)
    body = intake.body_hash({"number": number, "verb": verb, "said": dict(said)}) if key else b""
    for _ in range(TRIES):
        known = facts_now.known(
            number, by=by, now=now, key=key, who=who, as_reporter=as_reporter, snap=_snap(verb, said)
        )
        facts = known.facts
        if known.key_hash is not None:
            intake.same_request(number, known.key_hash, body)
            return Moved(facts.id, facts.number, facts.version, facts.state, repeated=True)
        if version is not None and version != facts.version:
            raise stale(facts, version)
        if verb in RESTORES:
            facts = past.with_past(facts)
        taken = step_for(facts, verb, said, by=by, now=now, masters=known.masters, is_reporter=known.is_reporter)
        into = str(taken.said["into"]) if "into" in taken.said else ""
        target = facts_now.known(into, by=by, now=now).facts if into else None
        move = prepared(facts, known.masters, taken, by=by, now=now, target=target, near=known.near)
        after = moves.moved(facts, move)
        if _write(facts, after, move, by=by, who=who, key=key, body=body):
            return Moved(after.id, after.number, after.version, after.state)
    raise stale(facts_now.known(number, by=by, now=now, as_reporter=as_reporter).facts, version)


def _snap(verb: str, said: Mapping[str, Any]) -> str | None:
    """The subclass to look for round the case: the one that is named, "" for the one it has; None where the step names no class."""
    if not names_class(verb):
        return None
    word = said.get("class")
    word = f"{word[0]}:{word[1]}" if isinstance(word, tuple) and len(word) == 2 else word
    found = CLASS_SAID.fullmatch(word) if isinstance(word, str) else None
    return found[2] if found and found[1] == "component" else ""


def stale(facts: CaseFacts, version: int | None) -> Stale:
    """Who changed what since the caller looked; one statement."""
    rows = sql.run("select verb, by_name, at from cases_event where case_id = %s order by seq desc limit 1", [facts.id])
    verb, by_name, at = rows[0]
    zh, en = VERBS[verb]
    who_en, who_zh = by_name or "somebody", by_name or "他人"
    seen_en = f" (you saw version {version})" if version is not None else ""
    return Stale(
        f"case {facts.number} is at version {facts.version}{seen_en}: {who_en} did '{en}' at {at:%H:%M:%S} UTC; look again",
        zh=f"案件 {facts.number} 已是第 {facts.version} 版:{who_zh}刚刚“{zh}”,请刷新后再试",
        fields={"version": str(facts.version)},
    )


def _write(before: CaseFacts, after: CaseFacts, move: Move, *, by: Caller, who: str, key: str, body: bytes) -> bool:
    """Write the step; False when somebody was faster. One statement, and a transaction only where more has to be written."""
    params = step_params(before, after, move, by=by) | {"who": who, "key": key, "body_hash": body}
    taken = move.taken
    photo_ids = taken.said.get("photos", ())
    extra = beside.BESIDE.get(taken.verb)
    if extra is None and not photo_ids:
        return _run(params)
    with transaction.atomic():
        if not _run(params):
            return False
        photos.attach(photo_ids, after.id, kind_of(taken.verb), by=by, now=move.now)
        if extra is not None:
            extra(beside.Done(before, after, move, by))
    return True


def _run(params: dict[str, Any]) -> bool:
    """A row that was moved to the other partition under our hands counts as one that somebody else changed."""
    try:
        return bool(sql.run(sql.text("step"), params, prepare=True))
    except OperationalError as error:
        if isinstance(error.__cause__, SerializationFailure) and not connection.in_atomic_block:
            return False
        raise


def step_params(before: CaseFacts, after: CaseFacts, move: Move, *, by: Caller) -> dict[str, Any]:
    """What the step's statement needs: the columns of the case after it, its event, its ledger entry."""
    taken, now = move.taken, move.now
    fields = {name: value for name, value in taken.said.items() if name not in {"note", "photos"}}
    grant = taken.grant.id if taken.grant else None
    unit = after.unit_id or before.unit_id
    detail: dict[str, Any] = {
        "verb": taken.verb, "from": before.state, "to": after.state, "version": after.version, "duty": taken.duty, "grant": grant,
        "said": dict(taken.said),
    }  # fmt: skip
    if before.reporter_id is not None:
        detail["people"] = [before.reporter_id]
    entry = ledger.entry_row(
        by, f"case.{taken.verb}", before.subject, at=now, area=before.place, unit=unit, detail=detail
    )
    return case_params(after, now) | {
        "from_state": str(before.state),
        "from_version": before.version,
        "verb": taken.verb,
        "by_id": by.person_id,
        "by_name": by.name,
        "duty": str(taken.duty),
        "grant_id": grant,
        "event_unit": unit,
        "note": taken.said.get("note", ""),
        "photos": list(taken.said.get("photos", ())),
        "fields": orjson.dumps(fields, default=str).decode(),
        "ledger_action": entry["action"],
        "ledger_subject": entry["subject"],
        "ledger_body": entry["body"],
        "tell": taken.verb not in QUIET,
        "filed": taken.verb == "file" and after.component is not None and after.source != RECURRENCE,
    }
