"""The statements of the measured hot paths, one named file each; `run` sends them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gridloop.kernel.statements import run

__all__ = ["run", "text"]
HERE = Path(__file__).parent


@cache
def text(name: str) -> str:
    """The statement in `name`.sql."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")
