"""A small ground with masters and a crew, as the tests of the loop have it."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
