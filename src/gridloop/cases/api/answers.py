"""Answers written with orjson straight from plain values, and what every door of cases reads from a request."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse

from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import Malformed


def written(body: Any, *, status: int = 200, version: int | None = None) -> HttpResponse:
    """A JSON answer; a card carries its version as ETag."""
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def seen_version(request: Asked) -> int | None:
    """The version that the caller has seen, from `If-Match`; None when they do not care."""
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    bare = given.removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise Malformed(
            'If-Match takes the version of the card, such as "3"',
            zh='If-Match 应为案件版本,如 "3"',
            fields={"If-Match": "version"},
        )
    return int(bare)


def key_of(request: Asked) -> str:
    """The key that makes a repeated request the same one."""
    return request.headers.get("Idempotency-Key", "").strip()
