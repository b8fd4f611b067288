"""What the feeds did, as Prometheus asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gridloop.fleet.feeds.counts import Counts

COUNTED = {
    "received": "Messages that came.",
    "offered": "Positions offered to the window; of jt809_up: put into the line.",
    "stored": "Positions committed; of jt809_up: sent up.",
    "marked": "Positions with a mark; of jt809_up: left out.",
    "repeated": "What a peer told a second time.",
    "sought": "Times a lost peer was sought again.",
}


class Counting(Protocol):
    """A feed with its counts."""

    name: str
    counts: Counts


class FeedNumbers(Collector):
    """One family a count, one sample a feed."""

    def __init__(self, feeds: Sequence[Counting]) -> None:
        self._feeds = feeds

    def collect(self) -> Iterator[Metric]:
        """The numbers now."""
        for name, help_text in COUNTED.items():
            family = CounterMetricFamily(f"gridloop_feed_{name}", help_text, labels=["feed"])
            for feed in self._feeds:
                family.add_metric([feed.name], getattr(feed.counts, name))
            yield family
        refused = CounterMetricFamily("gridloop_feed_refused", "What was refused.", labels=["feed", "reason"])
        peers = GaugeMetricFamily("gridloop_feed_connections", "Peers that are there.", labels=["feed"])
        for feed in self._feeds:
            peers.add_metric([feed.name], feed.counts.connections)
            for reason, count in sorted(feed.counts.refused.items()):
                refused.add_metric([feed.name, reason], count)
        yield refused
        yield peers
