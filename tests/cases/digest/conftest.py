"""Digests tell of the same ground and the same crew."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
