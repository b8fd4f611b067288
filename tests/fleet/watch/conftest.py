"""Supervision needs the same ground and crew as the loop."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
