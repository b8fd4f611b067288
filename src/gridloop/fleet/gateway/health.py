"""Health and metrics of the gateway, on a port that only our own machines reach."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gridloop.fleet.gateway import counts

REQUEST_S_MAX = 10.0
Wrong = Callable[[], dict[str, str]]
GONE = (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, IndexError)
REASONS = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}


class Health:
    """Answers /healthz, /readyz and /metrics; `wrong` says what keeps the gateway from being ready, by name."""

    def __init__(self, wrong: Wrong, refresh: Callable[[], None]) -> None:
        self.wrong = wrong
        self.refresh = refresh

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer; whoever has gone meanwhile, or was no browser, gets none."""
        with contextlib.suppress(*GONE):
            async with asyncio.timeout(REQUEST_S_MAX):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._said(head.split(b" ", 2)[1].decode("ascii", "replace")))
                await writer.drain()
        writer.close()

    def _said(self, path: str) -> bytes:
        if path == "/metrics":
            self.refresh()
            return _answer(200, generate_latest(counts.REGISTRY), CONTENT_TYPE_LATEST)
        if path == "/healthz":
            return _answer(200, b'{"status":"ok"}', "application/json")
        if path == "/readyz":
            wrong = self.wrong()
            return _answer(
                503 if wrong else 200,
                orjson.dumps({"status": "not ready" if wrong else "ok", **wrong}),
                "application/json",
            )
        return _answer(404, b'{"status":"try /healthz, /readyz or /metrics"}', "application/json")


def _answer(status: int, body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
