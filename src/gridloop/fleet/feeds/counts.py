"""What a feed did, in numbers for the metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """received: messages; offered, stored: fixes before and after their commit; refused: by reason; marked: fixes with a mark.

    connections: peers that are there now; sought: how often a lost peer was sought again; repeated: what a peer told a second time.
    """

    received: int = 0
    offered: int = 0
    stored: int = 0
    marked: int = 0
    repeated: int = 0
    connections: int = 0
    sought: int = 0
    refused: Counter[str] = field(default_factory=Counter)
