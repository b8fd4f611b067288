"""Keeps the register and the masters of judging as the database has them, and hears when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import psycopg
import structlog

from gridloop.fleet.gateway import loading
from gridloop.fleet.gateway.desk import Connection, Desk
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.loading import Loaded
from gridloop.fleet.gateway.register import Prepared, Terminals
from gridloop.fleet.judge.masters import Masters
from gridloop.kernel import clock

log = structlog.get_logger("gridloop.gateway")
DEBOUNCE_S = 0.2
AGAIN_S = 1.0
NOW_SQL = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"
Choose = Callable[[Loaded], Loaded]
"""What of all that was read is of concern here; raises ValueError with a sentence for what cannot be followed."""


def everything(loaded: Loaded) -> Loaded:
    """All of it."""
    return loaded


class Renewing:
    """judging: whose masters are renewed too, None where nothing is judged.

    begun_us, ended_us: the database's clock before and after the last reading's snapshot was taken: whoever begins later than another one ended knows at
    least as much; changed: called after each reading.
    """

    def __init__(
        self,
        conninfo: str,
        desk: Desk,
        terminals: Terminals,
        judging: Judging | None,
        *,
        choose: Choose = everything,
    ) -> None:
        self._conninfo, self.desk, self.terminals, self.judging, self._choose = (
            conninfo,
            desk,
            terminals,
            judging,
            choose,
        )
        self.begun_us = self.ended_us = 0
        self.changed: Callable[[], None] = lambda: None
        self._due = asyncio.Event()
        self._one_by_one = asyncio.Lock()

    async def load(self) -> None:
        """Register and masters as the database has them now."""
        async with self._one_by_one:
            terminals, judging = self.terminals, self.judging
            before = judging.masters if judging else None
            terminals.expect()

            def read(connection: Connection) -> tuple[Prepared, Masters | None, int, int]:
                begun_us = _now_us(connection)
                loaded = self._choose(loading.load(connection, clock.now()))
                ended_us = _now_us(connection)
                version = (before.version if before else 0) + 1
                masters = loaded.masters(before, version) if judging else None
                return terminals.prepared(loaded.terminals, loaded.vehicles), masters, begun_us, ended_us

            prepared, masters, self.begun_us, self.ended_us = await self.desk.surely(read)
            terminals.adopt(prepared)
            if judging is not None and masters is not None:
                judging.renewed(masters, time.time_ns() // 1_000_000)
            self.changed()

    async def be_as_new_as(self, ended_us: int) -> None:
        """Read again unless what is known is at least as new as what somebody read until then."""
        if self.begun_us < ended_us:
            await self.load()

    async def listen(self, others: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        """Wait for NOTIFY; after a lost connection everything is looked at again. others: what to do on further channels."""
        while True:
            try:
                listener = await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True, application_name="gridloop-gateway-listen"
                )
                async with listener:
                    await listener.execute("listen fleet_masters")
                    for channel in others:
                        await listener.execute(f"listen {channel}")
                    self._due.set()
                    for heard in others.values():
                        await heard()
                    async for notice in listener.notifies():
                        if notice.channel == "fleet_masters":
                            self._due.set()
                        else:
                            await others[notice.channel]()
            except psycopg.OperationalError as lost:
                log.warning("not listening for changes", reason=str(lost).strip())
                await asyncio.sleep(AGAIN_S)

    async def reload(self) -> None:
        """Read again whenever it is due, until cancelled."""
        while True:
            await self._due.wait()
            await asyncio.sleep(DEBOUNCE_S)
            self._due.clear()
            try:
                await self.load()
            except (psycopg.DatabaseError, ValueError) as wrong:
                log.exception("the masters could not be read; the earlier ones hold", reason=str(wrong).strip())


def _now_us(connection: Connection) -> int:
    row = connection.execute(NOW_SQL).fetchone()
    return int(row[0]) if row else 0
