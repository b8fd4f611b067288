"""Somebody reports what is reported already: one more reporter of the open case, with a secret of their own, told of it like the first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.actions.report import Reported
from gridloop.cases.actions.step import stale
from gridloop.cases.photos import actions as photos
from gridloop.cases.queries import contacts
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.rules import intake, joining
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.intake import Report
from gridloop.cases.rules.keys import sender
from gridloop.cases.rules.pictures import kind_of
from gridloop.kernel.caller import Caller

TRIES = 3
KEY_SQL = """
select k.body_hash, k.version, k.case_id, c.number from cases_idempotency k left join cases_case c on c.id = k.case_id
where k.who = %s and k.key = %s
"""
NEAR_SQL = f"""
select {facts_now.SELECTED}, st_distance(c.geom, spot.geom) * %(shrink)s,
       exists (select from cases_reporter r where r.case_id = c.id and r.person_id = %(person)s::bigint)
from cases_case c, st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 3857) spot(geom)
where c.number = %(number)s
order by c.id desc
limit 1
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Near:
    """The case that is to be joined, how far it lies from the reporter's spot, and whether they report it already."""

    facts: CaseFacts
    distance_m: float
    follows: bool


def join(number: str, said: Report, *, by: Caller, now: datetime, key: str = "") -> Reported:
    """Make the caller one more reporter of an open case within 300 m; somebody with an account who reports it already stays the one they are.

    The same key with the same words gives the same answer, with others it is Refused; Refused too for a case that is not open or not near.
    """
    intake.checked(said, key)
    body = intake.body_hash({"same_as": number, "said": said})
    for _ in range(TRIES):
        before = _before(number, body, said, by=by, key=key)
        if before is not None:
            return before
        near = _near(number, said, by=by)
        if near.follows:
            return Reported(near.facts.id, near.facts.number, near.facts.version, "", repeated=True)
        version = _written(near, said, by=by, now=now, key=key, body=body)
        if version is not None:
            return Reported(near.facts.id, near.facts.number, version, _secret(number, version, said), repeated=False)
    raise stale(_near(number, said, by=by).facts, None)


def _secret(number: str, version: int, said: Report) -> str:
    """The joiner's own code, the same for a repeated request; none for somebody with an account."""
    return "" if said.own else intake.secret_of(f"{number}:{version}", settings.SECRET_KEY)


def _before(number: str, body: bytes, said: Report, *, by: Caller, key: str) -> Reported | None:
    """The answer that the key got the first time."""
    rows = sql.run(KEY_SQL, [sender(by), key]) if key else []
    if not rows:
        return None
    key_hash, version, case_id, used_for = rows[0]
    intake.same_request(used_for or number, bytes(key_hash), body)
    return Reported(case_id, number, version, _secret(number, version, said), repeated=True)


def _near(number: str, said: Report, *, by: Caller) -> Near:
    shrink = math.cos(math.radians(said.lat))  # a metre of the Mercator map is longer than one on the ground
    person = by.person_id if said.own else None
    rows = sql.run(NEAR_SQL, {"number": number, "lon": said.lon, "lat": said.lat, "shrink": shrink, "person": person})
    *columns, distance_m, follows = rows[0] if rows else (None, math.inf, False)
    facts = joining.joinable(number, facts_now.of_row(columns) if rows else None, distance_m)
    return Near(facts, distance_m, bool(follows))


def _written(near: Near, said: Report, *, by: Caller, now: datetime, key: str, body: bytes) -> int | None:
    """The case's new version; None when somebody changed it, or used the key, in this moment."""
    params = _params(near, said, by=by, now=now) | {"who": sender(by), "key": key, "body_hash": body}
    try:
        with transaction.atomic():
            rows = sql.run(sql.text("join"), params, prepare=True)
            if rows:
                photos.attach(said.photos, near.facts.id, kind_of("report"), by=by, now=now)
    except IntegrityError:
        return None
    return int(rows[0][0]) if rows else None


def _params(near: Near, said: Report, *, by: Caller, now: datetime) -> dict[str, Any]:
    facts, person = near.facts, by.person_id if said.own else None
    contact = said.contact or intake.Contact(language=by.language)
    version = facts.version + 1
    people = sorted({one for one in (facts.reporter_id, person) if one is not None})
    detail = {"version": version, "state": facts.state, "source": said.source, "distance_m": round(near.distance_m, 1)}
    entry = ledger.entry_row(
        by, "case.join", facts.subject, at=now, area=facts.place, unit=facts.unit_id,
        detail=detail | ({"people": people} if people else {}),
    )  # fmt: skip
    secret = _secret(facts.number, version, said)
    return {
        "id": facts.id,
        "state": str(facts.state),
        "version": facts.version,
        "place": facts.place,
        "unit_id": facts.unit_id,
        "now": now,
        "reporter_id": person,
        "reporter_name": by.name if person is not None else contact.name,
        "contact": contacts.sealed(contact.reach),
        "language": contact.language if contact.language in {"zh", "en"} else "zh",
        "secret_hash": intake.secret_hash(secret) if secret else None,
        "by_id": by.person_id,
        "by_name": by.name,
        "note": said.text.strip(),
        "photos": list(said.photos),
        "source": said.source,
        "distance_m": round(near.distance_m, 1),
        "ledger_action": entry["action"],
        "ledger_subject": entry["subject"],
        "ledger_body": entry["body"],
    }
