"""What this room holds of one person, for their own eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridloop.identity.models import Person, Session
from gridloop.identity.queries.seals import unsealed_text
from gridloop.kernel.errors import NotFound

SIGN_IN = ("created_at", "last_seen_at", "expires_at", "ip", "user_agent", "via")


@dataclass(frozen=True, slots=True)
class Held:
    """The account with its number in the clear, and where it is signed in."""

    person: dict[str, Any]
    sessions: list[dict[str, Any]]


def held_of(person_id: int) -> Held:
    """Account and sign-ins of a person; two statements. Only ever for that person."""
    columns = ("id", "login", "name", "title", "email", "language", "is_resident", "created_at")
    row = Person.objects.filter(pk=person_id).values(*columns, "phone_sealed").first()
    if row is None:
        raise NotFound(f"there is no person {person_id}", zh=f"人员 {person_id} 不存在")
    sealed = row.pop("phone_sealed")
    person = row | {"phone": unsealed_text(bytes(sealed)) if sealed else ""}
    sessions = Session.objects.filter(person_id=person_id).order_by("created_at")
    return Held(person, [dict(one) for one in sessions.values(*SIGN_IN)])
