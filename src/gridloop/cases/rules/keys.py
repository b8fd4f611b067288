"""Idempotency keys: whose they are."""

from __future__ import annotations

from gridloop.kernel.caller import Caller


def sender(by: Caller) -> str:
    """Whose idempotency key: a key is its sender's own; everybody who is not known shares one drawer."""
    if by.key_id is not None:
        return f"key:{by.key_id}"
    return f"person:{by.person_id}" if by.person_id is not None else by.via
