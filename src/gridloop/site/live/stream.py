"""The event stream of one browser (WHATWG server-sent events): hello, what it missed, what happens, a ping, and good-bye."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import orjson

from gridloop.cases.queries.feed import Line
from gridloop.kernel.caller import Caller
from gridloop.site.live import counts
from gridloop.site.live.feed import GAP_MAX, LOST, Feed, Listener

BEAT_S = 15.0  # shorter than the idle limits of proxies, which begin at 30 s
CHECK_S = 60.0
RETRY_MS = 2000
Check = Callable[[], Awaitable[Caller | None]]


def event(kind: str, data: Mapping[str, Any], position: int | None = None) -> bytes:
    """One event on the wire; its id is the ledger position from which the browser goes on when it comes back."""
    place = b"" if position is None else f"id: {position}\n".encode()
    return place + b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


def line_event(one: Line) -> bytes:
    """A line of the feed."""
    counts.SENT.inc()
    return event("change", one.item(), one.position)


async def stream(feed: Feed, by: Caller, after: int | None, check: Check) -> AsyncIterator[bytes]:
    """Everything that this browser is sent, until it goes, reads too slowly, or is signed out."""
    yield f"retry: {RETRY_MS}\n\n".encode()
    if not feed.ready:  # an error status would make the browser give up; after this it comes back by itself
        yield event("resume", {"why": "database out of reach"})
        return
    listener = feed.join(by)
    try:
        start = listener.since if after is None else after
        if start > listener.since or listener.since - start > GAP_MAX:
            start = listener.since
            yield event("reset", {"position": start, "why": "load the lists anew"}, start)
        yield event("hello", {"position": start}, start)
        async for one in feed.missed(listener, start):
            yield line_event(one)
        async for part in _happening(feed, listener, check):
            yield part
    except LOST:
        yield event("resume", {"why": "database out of reach"})
    finally:
        feed.leave(listener)


async def _happening(feed: Feed, listener: Listener, check: Check) -> AsyncIterator[bytes]:
    checked_s = time.monotonic()
    while True:
        while not listener.queue.empty():
            yield line_event(listener.queue.get_nowait())
        if listener.too_slow:
            yield event("resume", {"why": "too slow; come back, nothing is lost"})
            return
        if time.monotonic() - checked_s >= CHECK_S:
            checked_s = time.monotonic()
            again = await check()
            if again is None:
                yield event("signed-out", {"why": "the session has ended"})
                return
            listener.by = again
            continue
        try:
            yield line_event(await asyncio.wait_for(listener.queue.get(), BEAT_S))
        except TimeoutError:
            if listener.queue.empty() and not listener.too_slow:
                position = max(feed.position, listener.since)
                yield event("ping", {"position": position}, position)
