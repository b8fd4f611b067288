"""Saved views are kept by the same crew."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
