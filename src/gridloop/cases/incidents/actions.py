"""Bringing reports of one incident together, undoing exactly that, and telling everybody who reported it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases.actions.step import take_step
from gridloop.cases.actions.telling import spoken, tell_readers
from gridloop.cases.incidents.models import Incident, IncidentMessage
from gridloop.cases.incidents.queries import answered
from gridloop.cases.incidents.queries.account import incident_of
from gridloop.cases.incidents.rules import messages
from gridloop.cases.mass import actions as mass_actions
from gridloop.cases.mass import rules as mass_rules
from gridloop.cases.mass.models import MassItem
from gridloop.cases.mass.rules import Outcome, Undone
from gridloop.cases.models import AnswerTemplate, Case
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries.facts import Known
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.states import OPEN, State
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import DESK
from gridloop.kernel.errors import GridloopError, Malformed, NotAllowed, NotFound, Refused
from gridloop.notices import queries as templates

CHUNK = 50
"""Cases that one request takes back; the same request again goes on with the next ones."""
WAYS_BACK = ("take_back", "unmerge")
"""One's own fresh merge is taken back; later a shift leader unmerges."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is brought together: the leading case, the cases that go into it with the versions that were seen, and why."""

    into: str
    numbers: tuple[str, ...]
    versions: Mapping[str, int]
    note: str = ""


def group(chosen: Chosen, *, by: Caller, now: datetime, key: str) -> Incident:
    """Merge the chosen cases into the leading one, each by the ordinary step; the same request again goes on where the first one broke off."""
    mass_rules.check_key(key)
    numbers = mass_rules.checked_request("merge", chosen.numbers)
    if chosen.into in numbers:
        raise Malformed(
            f"case {chosen.into} leads the incident and cannot be merged into itself; leave it out of the others",
            zh=f"案件 {chosen.into} 为主案,不能并入自身,请从其余案件中去掉", fields={"numbers": "contains the leading case"},
        )  # fmt: skip
    found = _begun(chosen, numbers, by=by, now=now, key=key)
    said = {"into": chosen.into, **({"note": chosen.note} if chosen.note else {})}
    found.mass = mass_actions.mass("merge", said, numbers, chosen.versions, by=by, now=now, key=f"incident:{found.pk}")
    found.save(update_fields=["mass"])
    return found


def _begun(chosen: Chosen, numbers: Sequence[str], *, by: Caller, now: datetime, key: str) -> Incident:
    """The grouping of this key, written down with its ledger entry before the first merge."""
    asker = identity.require_person(by)
    before = Incident.objects.filter(by_id=asker, key=key).first()
    if before is None:
        facts = facts_now.known(chosen.into, by=by, now=now).facts
        if facts.state not in OPEN:
            raise Refused(
                f"case {facts.number} is not open any more; choose an open one to lead", zh=f"案件 {facts.number} 已不在办,请选择在办案件作为主案"
            )  # fmt: skip
        try:
            with transaction.atomic():
                before = Incident.objects.create(
                    case_id=facts.id, number=facts.number, by_id=asker, at=now, key=key, note=chosen.note
                )
                detail = {"incident": before.pk, "numbers": list(numbers)}
                ledger.record(
                    by, "case.grouped", facts.subject, at=now, area=facts.place, unit=facts.unit_id, detail=detail
                )
        except IntegrityError:  # the same request came twice in this moment
            before = Incident.objects.get(by_id=asker, key=key)
    mass_rules.same_request({"into": before.number, "note": before.note}, {"into": chosen.into, "note": chosen.note})
    return before


def ungroup(incident_id: int, note: str, *, by: Caller, now: datetime) -> Incident:
    """Take back exactly these merges, at most a chunk of them at once; what is not as the grouping left it stays, and is named."""
    found = incident_of(incident_id, by=by, now=now)
    if found.mass is None or found.mass.ended_at is None:
        raise Refused("the cases are still being merged; undo it when that has ended", zh="并案尚未结束,请在结束后撤销")
    if found.undo_at is None:
        _undo_begun(found, by=by, now=now)
    left = [
        one for one in found.mass.items.filter(outcome=Outcome.DONE).order_by("-place") if one.number not in found.undo
    ]
    for item in left[:CHUNK]:
        _back(found.pk, item, note.strip() or "撤销并案 / taken apart again", by=by, now=now)
    if len(left) <= CHUNK:
        Incident.objects.filter(pk=found.pk, undone_at__isnull=True).update(undone_at=now)
    found.refresh_from_db()
    return found


@transaction.atomic
def _undo_begun(found: Incident, *, by: Caller, now: datetime) -> None:
    if Incident.objects.filter(pk=found.pk, undo_at__isnull=True).update(undo_at=now):
        facts = facts_now.known(found.number, by=by, now=now).facts
        ledger.record(
            by, "case.ungrouped", facts.subject, at=now, area=facts.place, unit=facts.unit_id, detail={"incident": found.pk}
        )  # fmt: skip


@transaction.atomic
def _back(incident_id: int, item: MassItem, note: str, *, by: Caller, now: datetime) -> None:
    """One case: the step back and how it went are written together, and only one process does it."""
    found = Incident.objects.select_for_update().get(pk=incident_id)
    if item.number in found.undo:
        return
    reason = _stepped_back(found, item, note, by=by, now=now)
    outcome = {"undo": str(Undone.BACK), "undo_en": "", "undo_zh": ""}
    if reason is not None:
        outcome = {"undo": str(Undone.STAYS), "undo_en": reason.en, "undo_zh": reason.zh}
    found.undo = {**found.undo, item.number: outcome}
    found.save(update_fields=["undo"])


def _stepped_back(found: Incident, item: MassItem, note: str, *, by: Caller, now: datetime) -> GridloopError | None:
    """None when the case stands alone again, else why it stays."""
    row = Case.objects.filter(number=item.number).order_by("-id").values("state", "merged_into").first()
    if row is None or row["state"] != State.MERGED or row["merged_into"] != found.case_id:
        return Refused(
            f"case {item.number} is not merged into {found.number} any more; look again",
            zh=f"案件 {item.number} 已不在 {found.number} 名下,请刷新查看",
        )
    reason: GridloopError | None = None
    for verb in WAYS_BACK if by.person_id == found.by_id else WAYS_BACK[1:]:
        said = {"note": note}
        version = item.version if verb == "take_back" else None
        try:
            with transaction.atomic():
                take_step(item.number, verb, said, by=by, now=now, version=version)
        except GridloopError as refused:
            reason = refused
        else:
            return None
    return reason


def tell_everybody(number: str, said: messages.Message, *, by: Caller, now: datetime, key: str) -> IncidentMessage:
    """Tell every reporter of an incident the same words, once each; the same request again tells nobody twice."""
    mass_rules.check_key(key)
    known = facts_now.known(number, by=by, now=now)
    facts = known.facts
    if not any(grant.duty in DESK and facts.place.startswith(grant.area) for grant in by.grants):
        raise NotAllowed(
            f"case {number}: reporters are told by the desk of the place; ask an acceptor or dispatcher there",
            zh=f"案件 {number}:由所在区域的坐席答复上报人,请联系当地受理员或派遣员",
        )
    asker = identity.require_person(by)
    words = _words(said, known)
    try:
        with transaction.atomic():
            return _told(facts, words, asker, by=by, now=now, key=key)
    except IntegrityError:
        before = IncidentMessage.objects.get(by_id=asker, key=key)
    mass_rules.same_request(
        {"case": before.case_id, "zh": before.text_zh, "en": before.text_en},
        {"case": facts.id, "zh": words.zh, "en": words.en},
    )
    return before


def _told(
    facts: CaseFacts, words: messages.Message, asker: int, *, by: Caller, now: datetime, key: str
) -> IncidentMessage:
    """The message with its notices and its ledger entry, all or nothing."""
    found = answered.behind(facts.id)
    ends = {end for one in found.reporters for end in one.ends}
    unreachable = sum(not one.ends for one in found.reporters)
    made = IncidentMessage.objects.create(
        case_id=facts.id, by_id=asker, by_name=by.name, key=key, at=now, text_zh=words.zh, text_en=words.en,
        told=len(ends), unreachable=unreachable,
    )  # fmt: skip
    spoken_words = {"number": facts.number, "words_zh": words.zh, "words_en": words.en}
    notice = templates.words("incident_news", spoken_words, in_city(now).date())
    tell_readers(facts, found.readers, notice, f"{facts.subject}:news:{made.pk}")
    people = sorted({one.person_id for one in found.reporters if one.person_id is not None})
    detail = {"text_zh": words.zh, "text_en": words.en, "told": len(ends), "unreachable": unreachable, "people": people}
    ledger.record(by, "case.told_everybody", facts.subject, at=now, area=facts.place, unit=facts.unit_id, detail=detail)
    return made


def _words(said: messages.Message, known: Known) -> messages.Message:
    """The words themselves, or those of the answer template with the facts of the case filled in."""
    if not said.template:
        return messages.checked(said)
    row = AnswerTemplate.objects.filter(code=said.template, valid_to__isnull=True).first()
    if row is None:
        raise NotFound(
            f"there is no answer template {said.template[:40]}", zh=f"没有代码为“{said.template[:40]}”的答复模板"
        )
    return messages.filled(row.text_zh, row.text_en, spoken(known.facts, known.masters))
