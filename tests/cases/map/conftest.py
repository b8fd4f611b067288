"""The map stands on the same ground as the loop."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
