"""Sealing personal texts of other rooms (addresses, contacts of residents) with the installation's own secret."""

from __future__ import annotations

from django.conf import settings

from gridloop.identity import rules

PURPOSE = "personal-text"


def sealed_text(text: str) -> bytes:
    """The text under AES-256-GCM; only this installation's secret opens it."""
    return rules.sealed(rules.derived_key(settings.SECRET_KEY, PURPOSE), text)


def unsealed_text(box: bytes) -> str:
    """The text of a box made by `sealed_text`; whoever shows it to a person writes the look into the ledger."""
    return rules.unsealed(rules.derived_key(settings.SECRET_KEY, PURPOSE), box)
