"""Intake help needs the ground and the class tables of the loop's tests."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
