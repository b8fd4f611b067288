"""The statements about shifts on foot, one file each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def text(name: str) -> str:
    """The statement in `name`.sql."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")
