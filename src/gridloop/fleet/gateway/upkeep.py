"""What a gateway does beside its windows: listening for changes, orders, strangers, idle connections, days made ahead."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import numpy as np
import orjson

from gridloop.fleet.gateway import counts, orders
from gridloop.fleet.gateway.desk import Connection, Desk, every
from gridloop.fleet.gateway.drivers import Drivers, Shift
from gridloop.fleet.gateway.opening import Opening
from gridloop.fleet.gateway.register import NOBODY
from gridloop.fleet.gateway.renewing import Renewing
from gridloop.fleet.gateway.settings import Settings
from gridloop.fleet.gateway.strangers import Strangers
from gridloop.fleet.gateway.talk import Talk
from gridloop.fleet.gateway.wire import Inbox, Peer
from gridloop.kernel import clock

EVERY_S = 1.0
DAYS_EVERY_S = 3600.0
SEEN_EVERY_S = 10.0
SEEN_AT_ONCE = 1_000
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

    def __init__(self, settings: Settings, desk: Desk, opening: Opening, talk: Talk, renewing: Renewing) -> None:
        self.settings, self.desk, self.opening, self.talk, self.renewing = settings, desk, opening, talk, renewing
        self.inbox: Inbox = opening.inbox
        self.strangers: Strangers = talk.strangers
        self.drivers: Drivers = talk.drivers
        self.drove: Callable[[list[Shift]], None] = lambda _rows: None
        self._seen: dict[int, str] = {}
        talk.signed_in = self._signed_in

    async def make_days(self) -> None:
        """Partitions some days ahead and back; which there are."""

        def work(connection: Connection) -> list[int]:
            with connection.transaction():  # another gateway may make them at the same moment
                connection.execute("select pg_advisory_xact_lock(hashtext('fleet_make_days'))")
                connection.execute(MAKE_DAYS_SQL, (DAYS_BACK, DAYS_AHEAD))
            return [row[0] for row in connection.execute(DAYS_SQL)]

        self.opening.days = np.array(await self.desk.surely(work), np.int64)

    def tasks(self) -> list[Awaitable[None]]:
        """All chores, to be run until cancelled."""
        return [
            self.renewing.listen({"fleet_orders": self._order}),
            self.renewing.reload(),
            every(EVERY_S, self._second),
            every(SEEN_EVERY_S, self._tell_seen),
            every(DAYS_EVERY_S, self.make_days),
        ]

    async def _order(self) -> None:
        self.talk.orders.due = True
        await self._send_orders()

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
            self.drove(drove)
        self.talk.ask_for_missing(self._peer_of)
        self._close_idle()
        speakers = self.opening.terminals.slots.speaker
        counts.TERMINALS.set(int(np.count_nonzero(speakers > NOBODY)))
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
        slot = self.opening.terminals.slot("jt808", subscriber)
        return self.inbox.peers.get(int(self.opening.terminals.slots.speaker[slot])) if slot >= 0 else None

    def _signed_in(self, slot: int) -> None:
        known = self.opening.terminals.known_at[slot]
        peer = self.inbox.peers.get(int(self.opening.terminals.slots.speaker[slot]))
        if known is not None and peer is not None:
            self._seen[known.terminal] = peer.where

    async def _tell_seen(self) -> None:
        seen, self._seen = self._seen, {}
        if seen:
            rows = [{"id": terminal, "address": where} for terminal, where in sorted(seen.items())]
            for start in range(0, len(rows), SEEN_AT_ONCE):  # a city that reconnects is no reason to hold a window up
                part = rows[start : start + SEEN_AT_ONCE]
                await self.desk.surely(lambda connection, part=part: tell_seen(connection, part))  # type: ignore[misc]

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
    connection.execute(SEEN_SQL, (orjson.dumps(rows).decode(),))
