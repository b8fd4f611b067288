"""What the gateway does beside its windows: listening for changes, orders, strangers, idle connections, days made ahead, the kept state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import numpy as np
import psycopg
import structlog
from psycopg.types.json import Jsonb

from gridloop.fleet.gateway import counts, loading, orders, remembering
from gridloop.fleet.gateway.desk import Connection, Desk
from gridloop.fleet.gateway.drivers import Drivers
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.pipeline import Pipeline
from gridloop.fleet.gateway.register import Prepared
from gridloop.fleet.gateway.settings import Settings
from gridloop.fleet.gateway.strangers import Strangers
from gridloop.fleet.gateway.talk import Talk
from gridloop.fleet.gateway.wire import Inbox, Peer
from gridloop.fleet.judge.masters import Masters
from gridloop.kernel import clock

log = structlog.get_logger("gridloop.gateway")
DEBOUNCE_S = 0.2
AGAIN_S = 1.0
EVERY_S = 1.0
KEEP_EVERY_S = 30.0
DAYS_EVERY_S = 3600.0
SEEN_EVERY_S = 10.0
DAYS_BACK, DAYS_AHEAD = 14, 3
MAKE_DAYS_SQL = "select fleet_make_days((now() at time zone 'UTC')::date - %s, (now() at time zone 'UTC')::date + %s)"
DAYS_SQL = """
select to_date(right(c.relname, 8), 'YYYYMMDD') - date '1970-01-01' from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'fleet_position'::regclass and c.relname ~ '^fleet_position_[0-9]{8}$' order by 1
"""
SEEN_SQL = """
update fleet_terminal set last_seen_at = now(), last_address = told.address
from jsonb_to_recordset(%s::jsonb) as told(id bigint, address text) where fleet_terminal.id = told.id
"""


class Upkeep:
    """The gateway's chores, each in a task of its own."""

    def __init__(self, settings: Settings, desk: Desk, pipeline: Pipeline, talk: Talk) -> None:
        self.settings, self.desk, self.pipeline, self.talk = settings, desk, pipeline, talk
        self.inbox: Inbox = pipeline.inbox
        self.judging: Judging = pipeline.judging
        self.strangers: Strangers = talk.strangers
        self.drivers: Drivers = talk.drivers
        self._masters_due = asyncio.Event()
        self._seen: dict[int, str] = {}
        talk.signed_in = self._signed_in

    async def load(self) -> None:
        """Register and masters as the database has them now."""
        terminals, before = self.pipeline.terminals, self.judging.masters
        terminals.expect()

        def read(connection: Connection) -> tuple[Prepared, Masters]:
            loaded = loading.load(connection, clock.now())
            version = (before.version if before else 0) + 1
            return terminals.prepared(loaded.terminals, loaded.vehicles), loaded.masters(before, version)

        prepared, masters = await self.desk.surely(read)
        terminals.adopt(prepared)
        self.judging.renewed(masters, time.time_ns() // 1_000_000)

    async def make_days(self) -> None:
        """Partitions some days ahead and back; which there are."""

        def work(connection: Connection) -> list[int]:
            connection.execute(MAKE_DAYS_SQL, (DAYS_BACK, DAYS_AHEAD))
            return [row[0] for row in connection.execute(DAYS_SQL)]

        self.pipeline.days = np.array(await self.desk.surely(work), np.int64)

    def tasks(self) -> list[Awaitable[None]]:
        """All chores, to be run until cancelled."""
        return [
            self._listen(),
            self._reload(),
            self._every(EVERY_S, self._second),
            self._every(SEEN_EVERY_S, self._tell_seen),
            self._every(KEEP_EVERY_S, self.keep),
            self._every(DAYS_EVERY_S, self.make_days),
        ]

    async def keep(self) -> None:
        """Write the judge's state as of the last committed window."""
        state = self.pipeline.reached
        if state is not None:
            await asyncio.to_thread(remembering.keep, self.settings.folder, *state)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except psycopg.OperationalError as lost:
                log.warning("database out of reach", reason=str(lost).strip())

    async def _listen(self) -> None:
        """Wait for NOTIFY; after a lost connection everything is looked at again."""
        while True:
            try:
                listener = await psycopg.AsyncConnection.connect(
                    self.settings.conninfo, autocommit=True, application_name="gridloop-gateway-listen"
                )
                async with listener:
                    await listener.execute("listen fleet_masters")
                    await listener.execute("listen fleet_orders")
                    self._masters_due.set()
                    self.talk.orders.due = True
                    async for notice in listener.notifies():
                        if notice.channel == "fleet_masters":
                            self._masters_due.set()
                        else:
                            self.talk.orders.due = True
                            await self._send_orders()
            except psycopg.OperationalError as lost:
                log.warning("not listening for changes", reason=str(lost).strip())
                await asyncio.sleep(AGAIN_S)

    async def _reload(self) -> None:
        while True:
            await self._masters_due.wait()
            await asyncio.sleep(DEBOUNCE_S)
            self._masters_due.clear()
            try:
                await self.load()
            except (psycopg.DatabaseError, ValueError) as wrong:
                log.exception("the masters could not be read; the earlier ones hold", reason=str(wrong).strip())

    async def _second(self) -> None:
        at = clock.now().isoformat()
        self.talk.orders.overdue(at)
        if self.talk.orders.waits or self.talk.orders.due:
            await self._send_orders()
        noted, drove = self.strangers.take(), self.drivers.take_waiting()
        if noted:
            await self.desk.surely(lambda connection: self.strangers.write(connection, noted))
        if drove:
            await self.desk.surely(lambda connection: self.drivers.write(connection, drove))
        self.talk.ask_for_missing(self._peer_of)
        self._close_idle()
        speakers = self.pipeline.terminals.slots.speaker
        counts.TERMINALS.set(int(np.count_nonzero(speakers)))
        counts.SOCKETS.labels("tcp").set(self.inbox.sockets)
        counts.SOCKETS.labels("udp").set(len(self.inbox.datagram_peers))

    async def _send_orders(self) -> None:
        """Send what waits, then write what became of orders."""
        taken = self.talk.orders
        at = clock.now().isoformat()
        taken.due = False
        rows = await self.desk.surely(orders.waiting)
        taken.take(
            rows,
            lambda vehicle, number, body: self.talk.order(vehicle, number, body, self.inbox.peers),
            self.talk.edition_of,
            at,
        )
        told = taken.take_told()
        if told:
            await self.desk.surely(lambda connection: orders.write(connection, told))

    def _peer_of(self, subscriber: str) -> Peer | None:
        slot = self.pipeline.terminals.slot("jt808", subscriber)
        return self.inbox.peers.get(int(self.pipeline.terminals.slots.speaker[slot])) if slot >= 0 else None

    def _signed_in(self, slot: int) -> None:
        known = self.pipeline.terminals.known_at[slot]
        peer = self.inbox.peers.get(int(self.pipeline.terminals.slots.speaker[slot]))
        if known is not None and peer is not None:
            self._seen[known.terminal] = peer.where

    async def _tell_seen(self) -> None:
        seen, self._seen = self._seen, {}
        if seen:
            rows = [{"id": terminal, "address": where} for terminal, where in sorted(seen.items())]
            await self.desk.surely(lambda connection: tell_seen(connection, rows))

    def _close_idle(self) -> None:
        """Close connections that fell silent, and those on which nobody ever signed in."""
        now_s = time.monotonic()
        for peer in self.inbox.idle(now_s - self.settings.idle_s):
            counts.REFUSED.labels("idle").inc()
            self._end(peer)
        for peer in self.inbox.nameless(now_s - self.settings.silent_s):
            waited = int(self.settings.silent_s)
            said = (
                f"connected from {peer.where} and did not sign in within {waited} s; look which terminal is set to this address",
                f"自 {peer.where} 连接后 {waited} 秒内未注册或鉴权;请核查该终端的配置",
            )
            self.strangers.note(
                "jt808", peer.address[0] if isinstance(peer.address, tuple) else "?", peer.where, "silent", said
            )
            counts.REFUSED.labels("silent").inc()
            self._end(peer)

    def _end(self, peer: Peer) -> None:
        if peer.tcp:
            peer.transport.abort()
        else:
            self.inbox.leave(peer)


def tell_seen(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Write when and from where terminals signed in."""
    connection.execute(SEEN_SQL, (Jsonb(rows),))
