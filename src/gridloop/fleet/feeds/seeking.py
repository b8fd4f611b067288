"""A lost peer is waited for and sought again, with growing patience."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from gridloop.fleet.feeds.counts import Counts

LOST = (OSError, EOFError, TimeoutError)
"""What a network does to us; anything else is our defect and ends the feed loudly."""
STEADY_S = 60.0  # a connection that held so long was a good one
logger = logging.getLogger(__name__)


async def sought_again(
    name: str, once: Callable[[], Awaitable[None]], counts: Counts, *, least_s: float = 1.0, most_s: float = 60.0
) -> None:
    """Run `once` again whenever it ends or its peer is lost, until cancelled."""
    loop = asyncio.get_running_loop()
    patience = least_s
    while True:
        begun = loop.time()
        try:
            await once()
        except LOST as lost:
            logger.warning("feed %s: %s; sought again in %.0f s", name, repr(lost), patience)
        if loop.time() - begun > STEADY_S:
            patience = least_s
        await asyncio.sleep(patience * random.uniform(0.8, 1.2))  # noqa: S311 - so that many do not come at once
        counts.sought += 1
        patience = min(2 * patience, most_s)
