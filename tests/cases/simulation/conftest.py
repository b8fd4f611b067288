"""A small ground with masters and a crew, as the tests of the loop have it."""

import pytest

from gridloop.cases.queries import filters, suggestions
from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]


@pytest.fixture(autouse=True)
def units_read_anew() -> None:
    """A test's units are gone after it, and the next one's stand under the same paths."""
    for shelf in (filters.SUBTREES, suggestions.KINDS):
        shelf._held.clear()
