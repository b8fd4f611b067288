"""Signing the page of a hand-over, first who goes, then who comes; each with their own password entered anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases.shifts import queries, rules
from gridloop.cases.shifts.models import Handover
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotAllowed, Refused


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, proven by their own words; `otp` where they have a second factor."""

    login: str
    password: str
    otp: str = ""


def hand_over(signed: Signature, note: str, *, by: Caller, visitor: identity.Visitor, now: datetime) -> Handover:
    """Freeze the page as it is now and sign it as the outgoing officer. Refused while an earlier page of the desk waits."""
    area, bare = rules.area_of(by), rules.checked_note(note)
    who = identity.prove(signed.login, signed.password, signed.otp, visitor=visitor, now=now)
    rules.same_person(who, by)
    page = queries.page(by=by, now=now)
    found = rules.fingerprint(page, bare)
    try:
        with transaction.atomic():
            made = Handover.objects.create(
                area=area, page=page, sha256=found, note=bare, outgoing_id=identity.require_person(by), outgoing_name=by.name, outgoing_at=now
            )  # fmt: skip
            _wrote("shift.handed_over", made, by=by, now=now)
    except IntegrityError as second:
        raise Refused(
            "a page of this desk waits for its second signature already; sign or withdraw that one first",
            zh="本坐席已有一份交接单等待接班签名,请先签名或撤回",
        ) from second
    return made


def take_over(
    handover_id: int, signed: Signature, note: str, *, by: Caller, visitor: identity.Visitor, now: datetime
) -> Handover:
    """Sign the frozen page as the incoming officer, on the same screen; who has signed already gets told so."""
    bare = rules.checked_note(note)
    queries.handover(handover_id, by=by)
    who = identity.prove(signed.login, signed.password, signed.otp, visitor=visitor, now=now)
    with transaction.atomic():
        found = Handover.objects.select_for_update().get(pk=handover_id)
        _still_waits(found)
        rules.may_take(who, found.area, outgoing_id=found.outgoing_id)
        found.incoming_id, found.incoming_name = identity.require_person(who), who.name
        found.incoming_at, found.incoming_note = now, bare
        found.save(update_fields=["incoming_id", "incoming_name", "incoming_at", "incoming_note"])
        _wrote("shift.taken_over", found, by=who, now=now)
    return found


def withdraw(handover_id: int, *, by: Caller, now: datetime) -> Handover:
    """Take the own page back while nobody has signed it as the incoming officer."""
    queries.handover(handover_id, by=by)
    with transaction.atomic():
        found = Handover.objects.select_for_update().get(pk=handover_id)
        _still_waits(found)
        if found.outgoing_id != by.person_id:
            raise NotAllowed(
                f"the page was signed by {found.outgoing_name}; only they can withdraw it",
                zh=f"交接单由 {found.outgoing_name} 签发,仅其本人可以撤回",
            )
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        _wrote("shift.withdrawn", found, by=by, now=now)
    return found


def _still_waits(found: Handover) -> None:
    if found.incoming_at is not None:
        raise Refused(
            f"{found.incoming_name} has signed this page already", zh=f"{found.incoming_name} 已在此交接单上签名"
        )
    if found.withdrawn_at is not None:
        raise Refused("this page was withdrawn; make a new one", zh="该交接单已撤回,请重新生成")


def _wrote(action: str, found: Handover, *, by: Caller, now: datetime) -> None:
    detail = {"sha256": bytes(found.sha256).hex(), "outgoing": found.outgoing_id, "incoming": found.incoming_id}
    ledger.record(by, action, f"handover:{found.pk}", at=now, area=found.area, detail=detail)
