"""Answers written with orjson straight from plain values."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse


def written(body: Any, *, status: int = 200, version: int | None = None) -> HttpResponse:
    """A JSON answer; a card carries its version as ETag."""
    response = HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
