"""Doing one verb to many cases and taking it back: each case in its own transaction, so that a break in the middle loses and doubles nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.actions.report import home_area
from gridloop.cases.actions.step import Moved, take_step
from gridloop.cases.mass import queries, rules
from gridloop.cases.mass.models import Mass, MassItem
from gridloop.cases.mass.rules import Outcome, Undone
from gridloop.cases.queries.facts import Known
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import GridloopError

DEFER_SQL = """
select procrastinate_defer_jobs_v1(array[
    row('cases', 'cases.mass.go_on', 0, 'cases.mass:' || %(mass_id)s, null, jsonb_build_object('mass_id', %(mass_id)s::bigint), null)::procrastinate_job_to_defer_v1
])
"""
CHUNK = 50
TRIES = 3


def mass(
    verb: str, said: Mapping[str, Any], numbers: Sequence[str], versions: Mapping[str, int], *, by: Caller, now: datetime, key: str
) -> Mass:  # fmt: skip
    """Say a verb to these cases. Few are done at once, many by a job; the same request again goes on where the first one broke off."""
    wanted = rules.checked_request(verb, numbers)
    asked = {"said": dict(said), "numbers": list(wanted), "versions": dict(versions)}
    made = _begun(verb, asked, by=by, now=now, key=rules.check_key(key))
    if made.ended_at is not None:
        return made
    if made.total > rules.AT_ONCE_MAX:
        return made
    return go_on(made.pk, by=by, now=now)


def _begun(verb: str, asked: dict[str, Any], *, by: Caller, now: datetime, key: str) -> Mass:
    """The mass action of this key, written down with its cases and its ledger entry before the first step is taken."""
    asker = identity.require_person(by)
    found = Mass.objects.filter(by_id=asker, key=key).first()
    if found is None:
        try:
            return _written(verb, asked, by=by, now=now, key=key)
        except IntegrityError:  # the same request came twice in this moment
            found = Mass.objects.get(by_id=asker, key=key)
    rules.same_request({"verb": found.verb, **found.asked}, {"verb": verb, **asked})
    if found.ended_at is None and found.total > rules.AT_ONCE_MAX:
        sql.run(DEFER_SQL, {"mass_id": found.pk})
    return found


@transaction.atomic
def _written(verb: str, asked: dict[str, Any], *, by: Caller, now: datetime, key: str) -> Mass:
    numbers, versions = asked["numbers"], asked["versions"]
    made = Mass.objects.create(
        by_id=identity.require_person(by),
        at=now,
        verb=verb,
        key=key,
        asked=asked,
        acting=_acting(by),
        total=len(numbers),
    )
    MassItem.objects.bulk_create([
        MassItem(mass=made, place=place, number=number, seen=versions.get(number)) for place, number in enumerate(numbers)
    ])  # fmt: skip
    detail = {"verb": verb, "numbers": numbers, "said": asked["said"]}
    ledger.record(by, "cases.mass", f"mass:{made.pk}", at=now, area=home_area(), detail=detail)
    if made.total > rules.AT_ONCE_MAX:
        sql.run(DEFER_SQL, {"mass_id": made.pk})
    return made


def undo(mass_id: int, *, by: Caller, now: datetime) -> Mass:
    """Take a mass action back where nobody has acted since; what has moved on is named in the account and stays."""
    with transaction.atomic():
        found = queries.mass_of(mass_id, by=by)
        Mass.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
        rules.check_undo(
            found.verb,
            since=found.ended_at or found.at,
            now=now,
            running=found.ended_at is None,
            undone_at=found.undo_at,
        )
        if found.undo_at is None:
            found.undo_at = now
            found.save(update_fields=["undo_at"])
            ledger.record(
                by, "cases.mass_undone", f"mass:{found.pk}", at=now, area=home_area(), detail={"numbers": found.asked["numbers"]}
            )  # fmt: skip
        many = found.counts.get(Outcome.DONE, 0) > rules.AT_ONCE_MAX
        if many and found.undone_at is None:
            sql.run(DEFER_SQL, {"mass_id": found.pk})
    return found if many else go_on(found.pk, by=by, now=now)


def go_on(mass_id: int, *, now: datetime, by: Caller | None = None) -> Mass:
    """Do what is still to be done of a mass action, or of taking it back, at most a chunk of it; the job acts for who asked, with grants that still hold."""
    found = Mass.objects.get(pk=mass_id)
    caller = by or _caller(found, now)
    if found.ended_at is None:
        _steps(found, by=caller, now=now)
    elif found.undo_at is not None and found.undone_at is None:
        _steps_back(found, by=caller, now=now)
    return found


def unfinished(found: Mass) -> bool:
    """Whether anything is still to be done."""
    return found.ended_at is None or (found.undo_at is not None and found.undone_at is None)


def _steps(found: Mass, *, by: Caller, now: datetime) -> None:
    waiting = list(found.items.filter(outcome=Outcome.WAITING).order_by("place")[: CHUNK + 1])
    known = queries.known_many([one.number for one in waiting], by=by, now=now)
    for item in waiting[:CHUNK]:
        _retried(found, item, known.get(item.number), by=by, now=now)
    if len(waiting) <= CHUNK:
        found.ended_at = now
        found.counts = rules.totals(found.items.values_list("outcome", flat=True))
        found.save(update_fields=["ended_at", "counts"])


def _retried(found: Mass, item: MassItem, known: Known | None, *, by: Caller, now: datetime) -> None:
    """A row that moved to the other partition under our hands is tried again."""
    for left in range(TRIES - 1, -1, -1):
        try:
            _one(found, item, known, by=by, now=now)
        except OperationalError:
            if not left:
                raise
        else:
            return


@transaction.atomic
def _one(found: Mass, waiting: MassItem, known: Known | None, *, by: Caller, now: datetime) -> None:
    """One case: the step and how it went are written together, and only one process does it."""
    item = MassItem.objects.select_for_update().get(pk=waiting.pk)
    if item.outcome != Outcome.WAITING:
        return
    state = known.facts.state if known else None
    item.from_state = str(state or "")
    try:
        with transaction.atomic():
            said = queries.said_of(known, found.asked["said"])
            moved = take_step(
                item.number, found.verb, said, by=by, now=now, version=item.seen, key=f"mass:{found.pk}:{item.number}"
            )
    except GridloopError as reason:
        item.outcome, item.en, item.zh = queries.outcome_of(reason, state, found.verb), reason.en, reason.zh
    else:
        item.outcome, item.to_state, item.version = Outcome.DONE, moved.state, moved.version
    item.save()


def _steps_back(found: Mass, *, by: Caller, now: datetime) -> None:
    """The newest first, so that what was done in order is undone in order."""
    left = list(found.items.filter(outcome=Outcome.DONE, undo="").order_by("-place")[: CHUNK + 1])
    for item in left[:CHUNK]:
        _back(found, item, by=by, now=now)
    if len(left) <= CHUNK:
        found.undone_at = now
        found.undo_counts = rules.totals(found.items.values_list("undo", flat=True))
        found.save(update_fields=["undone_at", "undo_counts"])


@transaction.atomic
def _back(found: Mass, done: MassItem, *, by: Caller, now: datetime) -> None:
    item = MassItem.objects.select_for_update().get(pk=done.pk)
    if item.undo:
        return
    try:
        with transaction.atomic():
            _step_back(found, item, by=by, now=now)
    except GridloopError as reason:
        item.undo, item.undo_en, item.undo_zh = Undone.STAYS, reason.en, reason.zh
    else:
        item.undo = Undone.BACK
    item.save()


def _step_back(found: Mass, item: MassItem, *, by: Caller, now: datetime) -> Moved:
    return take_step(
        item.number, "take_back", {}, by=by, now=now, version=item.version, key=f"mass:{found.pk}:undo:{item.number}"
    )  # fmt: skip


def _acting(by: Caller) -> dict[str, Any]:
    """Who asks, as far as the job has to know it."""
    return {
        "name": by.name, "via": by.via, "request_id": by.request_id, "language": by.language, "purpose": by.purpose, "key_id": by.key_id,
        "scopes": sorted(by.scopes), "grants": [[one.id, str(one.duty), one.area, one.unit_id, one.unit_path] for one in by.grants],
    }  # fmt: skip


def _caller(found: Mass, now: datetime) -> Caller:
    """The person who asked, with those of the grants they asked with that are valid still; one statement."""
    kept = found.acting
    valid = {grant.id for grant in people.grants_of(found.by_id, now)}
    grants = tuple(
        GrantView(grant_id, Duty(duty), area, unit_id, path)
        for grant_id, duty, area, unit_id, path in kept["grants"]
        if grant_id in valid
    )
    return Caller(
        person_id=found.by_id, name=kept["name"], grants=grants, via=kept["via"], scopes=frozenset(kept["scopes"]),
        request_id=kept["request_id"], language=kept["language"], purpose=kept["purpose"], key_id=kept["key_id"],
    )  # fmt: skip
