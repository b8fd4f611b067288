"""The SMS gateway protocol: JSON over HTTP, each request signed with HMAC-SHA256 (docs/reference/sms-gateway.md). Pure functions."""

from __future__ import annotations

import base64
import hashlib
import hmac

PATH = "/v1/messages"
CLOCK_SKEW_S_MAX = 300
FINAL_CODES = frozenset(
    {
        "MOBILE_NUMBER_ILLEGAL",
        "TEMPLATE_ILLEGAL",
        "TEMPLATE_MISSING_PARAMETERS",
        "SIGN_NAME_ILLEGAL",
        "BLACK_KEY_CONTROL_LIMIT",
    }
)
"""Answers after which another attempt cannot help; every other one is attempted again."""


def signature(key: str, *, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over method, path, timestamp, nonce and the body's SHA-256, one a line."""
    said = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return base64.b64encode(hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()).decode()


def is_signed(key: str, given: str, *, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> bool:
    """Whether the signature is that of this request, compared in constant time."""
    wanted = signature(key, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body)
    return hmac.compare_digest(wanted.encode(), given.encode())
