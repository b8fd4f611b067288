"""The ground and the crew of the loop's tests."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
