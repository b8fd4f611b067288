"""The statements of the figures, in pieces, and the hash that names their version."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def text(name: str) -> str:
    """The statement in `name`.sql, without its heading comments."""
    lines = (HERE / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


@cache
def everything() -> str:
    """Every statement of this folder, by name, for the version of the queries."""
    return "\n".join(f"{file.name}\n{file.read_text(encoding='utf-8')}" for file in sorted(HERE.glob("*.sql")))
