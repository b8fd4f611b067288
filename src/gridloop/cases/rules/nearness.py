"""How alike two reports are: distance, class, time and text, each with its share, so that the desk can see why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

NEAR_M = 150.0
SAME_SPOT_M = 10.0
SPAN_DAYS = 14.0
WEIGHTS = {"distance": 0.4, "class": 0.25, "time": 0.1, "text": 0.25}  # constructed; the desk sees each part
LIKELY = 0.55
SAME_CLASS, SAME_GROUP = 1.0, 0.4


@dataclass(frozen=True, slots=True)
class Likeness:
    """Each part from 0 to 1, and the whole as their weighted sum."""

    distance_m: float
    distance: float
    same_class: float
    time: float
    text: float

    @property
    def score(self) -> float:
        """From 0 (unrelated) to 1 (the same spot, class, hour and words)."""
        parts = (("distance", self.distance), ("class", self.same_class), ("time", self.time), ("text", self.text))
        return round(sum(WEIGHTS[name] * value for name, value in parts), 3)

    def why(self, language: str) -> str:
        """The parts as a sentence for the desk."""
        if language.startswith("zh"):
            return f"相距 {self.distance_m:.0f} 米,类别 {self.same_class:.0%},时间 {self.time:.0%},文字 {self.text:.0%}"
        return f"{self.distance_m:.0f} m away, class {self.same_class:.0%}, time {self.time:.0%}, text {self.text:.0%}"


def likeness(
    *,
    distance_m: float,
    class_a: tuple[str, str] | None,
    class_b: tuple[str, str] | None,
    at_a: datetime,
    at_b: datetime,
    words_a: frozenset[int],
    words_b: frozenset[int],
) -> Likeness:
    """Compare two reports, the words as their tokens; an unknown class counts as half alike, so that it decides nothing."""
    distance = min(1.0, max(0.0, 1 - max(0.0, distance_m - SAME_SPOT_M) / (NEAR_M - SAME_SPOT_M)))
    days = abs((at_a - at_b).total_seconds()) / 86400
    shared = len(words_a & words_b) / min(len(words_a), len(words_b)) if words_a and words_b else 0.0
    return Likeness(
        round(distance_m, 1), distance, _class_alike(class_a, class_b), max(0.0, 1 - days / SPAN_DAYS), shared
    )


def _class_alike(one: tuple[str, str] | None, other: tuple[str, str] | None) -> float:
    if one is None or other is None:
        return 0.5
    if one == other:
        return SAME_CLASS
    return SAME_GROUP if (one[0], one[1][:2]) == (other[0], other[1][:2]) else 0.0
