"""Somebody reports that something is wrong: two statements, in one transaction with its history and its ledger entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.photos import actions as photos
from gridloop.cases.queries import contacts, names
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.card import Read, just_written
from gridloop.cases.queries.facts import COLUMNS
from gridloop.cases.rules import intake, moves
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.intake import Report
from gridloop.cases.rules.keys import sender
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.numbers import number_of
from gridloop.cases.rules.pictures import kind_of
from gridloop.cases.rules.states import State
from gridloop.cases.rules.words import tokens
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.errors import NotAllowed, Refused

CITY_DIGITS = 4
OPEN_DOORS = frozenset({"citizen", "open311", "import", "split"})
"""Sources that need no duty."""
REPORTING = DESK | {Duty.COLLECTOR, Duty.UNIT, Duty.INTEGRATOR}


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was taken; `secret` lets somebody without an account follow it, `repeated` says it was here before.

    `written` is what a card shows of it, known without another look; None for a repeated report and for one with photos.
    """

    id: int
    number: str
    version: int
    secret: str
    repeated: bool
    written: Read | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the database knows about a spot and a key before the report is written."""

    case_id: int
    place: str
    grid: str
    component: str | None
    owner_unit: int | None
    masters: Masters
    key_hash: bytes | None
    key_case: int | None


def report(said: Report, *, by: Caller, now: datetime, key: str = "") -> Reported:
    """Take a report; the same key with the same report gives the same answer, with another report it is Refused."""
    intake.checked(said, key)
    body = intake.body_hash(said) if key else b""
    found = _intake(said, by=by, now=now, key=key)
    if found.key_case is not None:
        return _before(found.key_case, bytes(found.key_hash or b""), body)
    _check_area(said, found.place, by)
    intake.check_class(said, found.masters)
    facts = facts_of_report(said, found, by=by, now=now)
    secret = intake.secret_of(facts.number, settings.SECRET_KEY)
    params = case_params(facts, now) | report_params(said, facts, by=by, now=now, body=body, key=key, secret=secret)
    if not _write(params, said, facts, by=by, now=now):
        earlier = sql.run(
            "select case_id, body_hash from cases_idempotency where who = %s and key = %s", [sender(by), key]
        )
        return _before(int(earlier[0][0]), bytes(earlier[0][1]), body)
    kept = secret if facts.reporter_id is None else ""
    written = None if said.photos else just_written(facts, found.masters, params)
    return Reported(facts.id, facts.number, facts.version, kept, repeated=False, written=written)


def _intake(said: Report, *, by: Caller, now: datetime, key: str) -> Found:
    subclass = said.class_code if said.class_kind == "component" and said.class_code else ""
    params = {"lon": said.lon, "lat": said.lat, "subclass": subclass, "who": sender(by), "key": key}
    row = sql.run(sql.text("intake"), params, prepare=True)[0]
    case_id, _, grid, place, component, owner_unit, number, transaction_id, key_hash, key_case, _ = row
    masters = masters_now.for_stamp((number or 0, transaction_id or 0), now)
    return Found(case_id, place or home_area(), grid or "", component, owner_unit, masters, key_hash, key_case)


def home_area() -> str:
    """The prefix of the city, for a spot that no division holds (a jetty, the sea): its desk sees the case."""
    return str(settings.CONFIG.city.code)[:CITY_DIGITS]


def _check_area(said: Report, place: str, by: Caller) -> None:
    """Who reports by duty does so where the duty holds; residents, Open311 clients and the platform itself report anywhere."""
    if said.source in OPEN_DOORS or by.via == "system":
        return
    if not any(grant.duty in REPORTING and place.startswith(grant.area) for grant in by.grants):
        raise NotAllowed(
            f"the place '{place}' lies outside your area; a desk whose area holds it can take the report",
            zh=f"位置“{place}”不在您的授权区域内,请由所在区域的坐席登记",
            fields={"lon": "outside your area", "lat": "outside your area"},
        )


def facts_of_report(said: Report, found: Found, *, by: Caller, now: datetime) -> CaseFacts:
    """The new case, open and with deadlines."""
    facts = CaseFacts(
        id=found.case_id,
        number=number_of(found.case_id, now),
        version=1,
        seq=1,
        state=State.REPORTED,
        source=said.source,
        synthetic=said.synthetic,
        title=intake.title_of(said),
        place=found.place,
        grid=found.grid,
        component=found.component,
        opened_at=now,
        due_at=None,
        stage_due_at=None,
        class_kind=said.class_kind,
        class_code=said.class_code,
        rule_no=said.rule_no,
        reporter_id=by.person_id if said.own else None,
        routing={"owner_unit": found.owner_unit} if found.owner_unit else {},
    )
    return moves.first_deadlines(facts, now, found.masters)


def case_params(facts: CaseFacts, now: datetime) -> dict[str, Any]:
    """The columns of a case as parameters of a statement."""
    kept = vars(facts)
    params = {name: kept[name] for name in COLUMNS}
    params["state"] = str(facts.state)
    params["state_before"] = str(facts.state_before) if facts.state_before else None
    params["past_units"] = list(facts.past_units)
    params["asked"] = orjson.dumps(dict(facts.asked)).decode()
    params["routing"] = orjson.dumps(dict(facts.routing)).decode()
    params["now"] = now
    return params


def report_params(
    said: Report, facts: CaseFacts, *, by: Caller, now: datetime, body: bytes, key: str, secret: str
) -> dict[str, Any]:
    """What the report's statement needs beside the columns of the case: words, reporter, first event, ledger entry."""
    contact = said.contact or intake.Contact(language=by.language)
    fields = {"source": said.source, **({"attributes": dict(said.attributes)} if said.attributes else {})}
    people = {"people": [facts.reporter_id]} if facts.reporter_id else {}
    entry = ledger.entry_row(
        by,
        "case.report",
        facts.subject,
        at=now,
        area=facts.place,
        unit=facts.unit_id,
        detail={"version": 1, "state": facts.state, **fields, **people},
    )
    return {
        "who": sender(by),
        "key": key,
        "body_hash": body,
        "text": said.text.strip(),
        "address": said.address.strip() or names.chain(facts.place)[0],
        "lon": said.lon,
        "lat": said.lat,
        "photo": said.photos[0] if said.photos else None,
        "photos": list(said.photos),
        "tokens": tokens(f"{facts.title} {said.text} {said.address}"),
        "has_reporter": said.source != intake.RECURRENCE
        and (facts.reporter_id is not None or said.contact is not None or by.person_id is None),
        "reporter_name": by.name if said.own and by.person_id else contact.name,
        "contact": contacts.sealed(contact.reach),
        "language": contact.language if contact.language in {"zh", "en"} else "zh",
        "secret_hash": intake.secret_hash(secret),
        "verb": "report",
        "by_id": by.person_id,
        "by_name": by.name,
        "duty": _duty(said, by),
        "grant_id": None,
        "note": "",
        "fields": orjson.dumps(fields).decode(),
        "ledger_action": entry["action"],
        "ledger_subject": entry["subject"],
        "ledger_body": entry["body"],
        "tell": True,
    }


def _duty(said: Report, by: Caller) -> str:
    """Under which duty it was reported: one's own report is a resident's, unless a collector brings it."""
    for duty in (Duty.COLLECTOR, Duty.ACCEPTOR, Duty.INTEGRATOR):
        if by.holds(duty) and (duty is not Duty.COLLECTOR or said.source == "collector"):
            return str(duty)
    return str(Duty.CITIZEN)


def _write(params: dict[str, Any], said: Report, facts: CaseFacts, *, by: Caller, now: datetime) -> bool:
    """Write it all; False when the key was taken in the meantime."""
    if not said.photos:
        return bool(sql.run(sql.text("report"), params, prepare=True))
    with transaction.atomic():
        written = bool(sql.run(sql.text("report"), params, prepare=True))
        if written:
            photos.attach(said.photos, facts.id, kind_of("report"), by=by, now=now)
    return written


def _before(case_id: int, key_hash: bytes, body: bytes) -> Reported:
    """The answer that the key got the first time."""
    rows = sql.run("select number, reporter_id from cases_case where id = %s", [case_id])
    if not rows:
        raise Refused(
            "this Idempotency-Key was used for another request; take a new one",
            zh="该 Idempotency-Key 已用于另一请求,请换一个",
        )
    number, reporter_id = rows[0]
    intake.same_request(number, key_hash, body)
    secret = intake.secret_of(number, settings.SECRET_KEY) if reporter_id is None else ""
    return Reported(case_id, number, 1, secret, repeated=True)


def write_child(
    parent: CaseFacts, facts: CaseFacts, *, by: Caller, now: datetime, text: str, spot: tuple[float, float]
) -> None:
    """A child case with its first event, in the transaction of the split; it shares the parent's words and place."""
    said = Report(text=text, lon=spot[0], lat=spot[1], source="split", title=facts.title)
    params = case_params(facts, now) | report_params(said, facts, by=by, now=now, body=b"", key="", secret=facts.number)
    fields = orjson.dumps({"source": "split", "parent": parent.number}).decode()
    sql.run(
        sql.text("report"),
        params | {"has_reporter": False, "fields": fields, "duty": str(Duty.DISPATCHER)},
        prepare=True,
    )


def numbered(facts: CaseFacts, now: datetime) -> CaseFacts:
    """The case with a fresh id and number; one statement."""
    case_id = int(sql.run("select nextval('cases_case_id')")[0][0])
    return facts.but(id=case_id, number=number_of(case_id, now))
