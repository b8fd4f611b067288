"""Sealing what must be readable again (telephone numbers, TOTP secrets) under keys that are not in the database."""

from __future__ import annotations

from django.conf import settings

from gridloop.identity import rules


def secret_of(purpose: str) -> bytes:
    """The 32-byte key for one purpose, out of the installation's secret."""
    return rules.derived_key(str(getattr(settings, "GRIDLOOP_DATA_KEY", "") or settings.SECRET_KEY), purpose)


def sealed_text(text: str) -> bytes:
    """Personal text, sealed for the database."""
    return rules.sealed(secret_of("personal"), text)


def unsealed_text(box: bytes) -> str:
    """The personal text in a sealed box."""
    return rules.unsealed(secret_of("personal"), bytes(box))


def sealed_bytes(data: bytes) -> bytes:
    """A file that must be readable again, such as a photo's original."""
    return rules.boxed(secret_of("files"), data)


def unsealed_bytes(box: bytes) -> bytes:
    """The file in a sealed box."""
    return rules.unboxed(secret_of("files"), box)


def phone_hash(phone: str) -> bytes:
    """What a telephone number is found by."""
    return rules.keyed_hash(secret_of("phone"), phone)
