"""What a photo shows, by the verb it came with, and where the web finds it."""

from __future__ import annotations

from collections.abc import Mapping

KIND_OF_VERB: Mapping[str, str] = {
    "confirm": "verify",
    "not_found": "verify",
    "finish": "handle",
    "self_handle": "handle",
    "ask_suspend": "handle",
    "pass": "check",
    "fail": "check",
}
"""With every other verb a photo shows what is reported."""


def address(photo_id: str, size: str) -> str:
    """Where the web finds a photo in a size (thumb, medium or full)."""
    return f"/api/v1/photos/{photo_id}/{size}"


def kind_of(verb: str) -> str:
    """What photos that come with this verb show."""
    return KIND_OF_VERB.get(verb, "report")
