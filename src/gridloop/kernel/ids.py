"""Names for the keys that pass between rooms, and the making of random ones."""

from __future__ import annotations

import secrets
import uuid
from typing import NewType

CaseId = NewType("CaseId", int)
CaseNumber = NewType("CaseNumber", str)  # 20261122-000731: day of the city, then the case id modulo a million
UnitId = NewType("UnitId", int)
PersonId = NewType("PersonId", int)
PhotoId = NewType("PhotoId", str)
GrantId = NewType("GrantId", int)


def request_id() -> str:
    """A reference for one request, short enough to be read out over the telephone (12 hex digits)."""
    return secrets.token_hex(6)


def random_key() -> str:
    """An unguessable key of 32 hex digits."""
    return uuid.uuid4().hex
