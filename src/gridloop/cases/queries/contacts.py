"""The number or mail address of a reporter: sealed at rest, opened only for the desk (with a look in the ledger) and for telling them."""

from __future__ import annotations

import base64

from gridloop.identity import actions as identity

MARK = "sealed:"


def sealed(text: str) -> str:
    """What is kept of a contact; nothing for nothing."""
    return MARK + base64.b64encode(identity.sealed_text(text)).decode() if text else ""


def opened(kept: str) -> str:
    """The contact as it was given; one that was never sealed is given back as it is."""
    return identity.unsealed_text(base64.b64decode(kept.removeprefix(MARK))) if kept.startswith(MARK) else kept
