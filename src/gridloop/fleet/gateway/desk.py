"""Everything the gateway writes besides windows: on a connection and in a thread of its own, so that no window waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
import structlog

log = structlog.get_logger("gridloop.gateway")
T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]
CONNECT_S = 5
AGAIN_S = 1.0


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do this every so many seconds until cancelled; a lost database is waited for."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except psycopg.OperationalError as lost:
            log.warning("database out of reach", reason=str(lost).strip())


class Desk:
    """One connection in autocommit mode; a lost database is waited for."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")

    async def ask(self, work: Callable[[Connection], T]) -> T:
        """Do this with the connection, once; raises psycopg.Error."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    async def surely(self, work: Callable[[Connection], T]) -> T:
        """Do this, again while the database is out of reach; the work must bear being done twice."""
        while True:
            try:
                return await self.ask(work)
            except psycopg.OperationalError as lost:
                log.warning("database out of reach", reason=str(lost).strip())
                await asyncio.sleep(AGAIN_S)

    def close(self) -> None:
        """Let the connection go, after what is being done."""
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()

    def _work(self, work: Callable[[Connection], T]) -> T:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._conninfo, autocommit=True, connect_timeout=CONNECT_S, application_name="gridloop-gateway-desk"
            )
        try:
            return work(self._connection)
        except psycopg.OperationalError:
            self._connection.close()
            raise
