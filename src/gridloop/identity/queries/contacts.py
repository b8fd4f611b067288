"""Where a person is reached; asked by the sender of notices, never shown."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.identity.models import Person
from gridloop.identity.queries.seals import unsealed_text
from gridloop.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's mail address and 11-digit number ("" where unknown), and their language."""

    email: str
    phone: str
    language: str


def contact(person_id: int) -> Contact:
    """Where to reach an active person; one statement. Somebody who left is reached nowhere."""
    row = Person.objects.filter(pk=person_id).values_list("email", "phone_sealed", "language", "active").first()
    if row is None:
        raise NotFound(f"there is no person {person_id}", zh=f"人员 {person_id} 不存在")
    email, sealed, language, active = row
    if not active:
        return Contact("", "", language)
    phone = unsealed_text(bytes(sealed)) if sealed else ""
    return Contact(email, phone, language)
