"""Where somebody comes from who is not known yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a sign-in comes from."""

    ip: str
    user_agent: str = ""
    request_id: str = ""
    language: str = "zh"
