"""The door of the moving map: a WebSocket for people whose desk duty lets them see vehicles."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

from gridloop.fleet.queries import live as asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotAllowed
from gridloop.site.live import counts
from gridloop.site.live.feed import LOST
from gridloop.site.live.vehicles.fleet import Fleet, Viewer

VIEWERS_MAX = 1000
CHECK_S = 60.0
BEAT_S = 15.0
NOT_SIGNED_IN, NOT_ALLOWED, CROWD, TOO_SLOW, AREAS_CHANGED = 4401, 4403, 4429, 4408, 4409
"""Codes with which the door closes; a browser comes back after the last two."""
GAP_MAX = 5000
Checked = Callable[[HTTPConnection], Awaitable[Caller | None]]


def door(
    checked: Checked, origin_allowed: Callable[[HTTPConnection], object]
) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint, with the doorkeepers of the event stream."""

    async def vehicles(socket: WebSocket) -> None:
        fleet: Fleet = socket.app.state.fleet
        await socket.accept()
        by = await _let_in(socket, checked, origin_allowed)
        areas = asked.watched_areas(by) if by is not None else ()
        if by is None:
            await socket.close(NOT_SIGNED_IN)
        elif not areas:
            counts.REFUSED.labels("duty").inc()
            await socket.close(NOT_ALLOWED)
        elif sum(len(one.viewers) for one in fleet.sequences.values()) >= VIEWERS_MAX:
            counts.REFUSED.labels("crowd").inc()
            await socket.close(CROWD)
        else:
            viewer = fleet.join(areas)
            try:
                await _served(socket, fleet, viewer, lambda: checked(socket))
            finally:
                fleet.leave(viewer)

    return vehicles


async def _let_in(
    socket: WebSocket, checked: Checked, origin_allowed: Callable[[HTTPConnection], object]
) -> Caller | None:
    try:
        origin_allowed(socket)
    except NotAllowed:
        return None
    return await checked(socket)


async def _served(
    socket: WebSocket, fleet: Fleet, viewer: Viewer, again: Callable[[], Awaitable[Caller | None]]
) -> None:
    """Hello, what was missed, then whatever comes, until the browser goes or may no longer look."""
    writing = asyncio.create_task(_write(socket, fleet, viewer, again))
    try:
        while True:  # browsers say nothing; reading notices that they have gone
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
    except WebSocketDisconnect:
        return
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError, *LOST):
            await writing


async def _write(
    socket: WebSocket, fleet: Fleet, viewer: Viewer, again: Callable[[], Awaitable[Caller | None]]
) -> None:
    hello = {"type": "hello", "kinds": asked.KIND_ORDER, "last_warning": fleet.last_warning, "gateway": fleet.connected}
    await socket.send_text(orjson.dumps(hello).decode())
    await _send_missed(socket, fleet, viewer)
    checked_s = time.monotonic()
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(viewer.wake.wait(), BEAT_S)
        viewer.wake.clear()
        words, viewer.words = viewer.words, []
        for word in words:
            await socket.send_text(word.decode())
        if viewer.frame is not None:
            await socket.send_bytes(viewer.frame)
            viewer.frame = None  # only now: while it is being sent, further frames are lost and a whole one follows
        if viewer.too_slow:
            counts.DROPPED.inc()
            await socket.close(TOO_SLOW)
            return
        if time.monotonic() - checked_s >= CHECK_S:
            checked_s = time.monotonic()
            by = await again()
            if by is None or asked.watched_areas(by) != viewer.areas:
                await socket.close(NOT_SIGNED_IN if by is None else AREAS_CHANGED)
                return


async def _send_missed(socket: WebSocket, fleet: Fleet, viewer: Viewer) -> None:
    """Warnings after the id that the browser saw last (`?after=`), so that coming back loses none."""
    said = socket.query_params.get("after", "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return
    after, sent = fleet.surely_seen(int(said)), 0
    while sent < GAP_MAX:
        items = await fleet.missed(after)
        for item in items:
            if fleet.sees(viewer.areas, item):
                await socket.send_text(fleet.word(item).decode())
        if len(items) < asked.MISSED_MAX:
            return
        after, sent = int(items[-1]["id"]), sent + len(items)
    await socket.send_text('{"type":"reset"}')
