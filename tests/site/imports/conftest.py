"""Imports are tried on the same little ground as the loop: divisions, cells in Siming, class tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridloop.site.imports.order import Order
from tests.cases.conftest import ground

__all__ = ["ground", "order", "report", "town"]


@pytest.fixture
def town(ground: None, db: None) -> None:
    """The ground, with whatever a test changes rolled back after it."""


@pytest.fixture
def order(tmp_path: Path):
    """Writes a mapping and gives the order for a file."""

    def written(file: Path, mapping: str, **more: object) -> Order:
        path = tmp_path / "mapping.toml"
        path.write_text(mapping, encoding="utf-8")
        return Order(file=file, mapping=path, report=tmp_path / "report.csv", **more)

    return written


@pytest.fixture
def report(tmp_path: Path):
    """The rows of the report of the last import."""

    def lines() -> list[str]:
        return (tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()[1:]

    return lines
