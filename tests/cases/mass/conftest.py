"""Mass actions happen on the same ground, with the same crew."""

from tests.cases.conftest import crew, ground

__all__ = ["crew", "ground"]
