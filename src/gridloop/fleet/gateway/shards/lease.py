"""Who has a shard: a row with an epoch, kept alive by its holder, taken over when the holder is silent, checked by every commit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg

from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.gateway.store import Reach, Row

LEASE_S = 4.0
RENEW_EVERY_S = 1.0
MADE_SQL = "insert into fleet_shard (shards, shard) values (%s, %s) on conflict do nothing"
TAKEN_SQL = """
update fleet_shard set epoch = epoch + 1, holder = %s, until = now() + make_interval(secs => %s)
where shards = %s and shard = %s and until <= now() returning epoch, number, stream
"""
RENEWED_SQL = """
update fleet_shard set until = now() + make_interval(secs => %s) where shards = %s and shard = %s and epoch = %s
"""
GIVEN_UP_SQL = "update fleet_shard set until = now() where shards = %s and shard = %s and epoch = %s"
REACHED_SQL = "update fleet_shard set number = %s, stream = %s, at = %s where shards = %s and shard = %s and epoch = %s"


class SupersededError(Exception):
    """Another evaluator has taken this shard over; what was judged here is not stored."""


@dataclass(slots=True)
class Lease:
    """shard of shards, held in an epoch; number: the sequence of the last letter that is committed; stream: the stream that it counts."""

    shards: int
    shard: int
    epoch: int
    number: int
    stream: str

    def renewed(self, connection: Connection) -> None:
        """Hold it a while longer; raises SupersededError."""
        held = connection.execute(RENEWED_SQL, (LEASE_S, self.shards, self.shard, self.epoch))
        if held.rowcount != 1:
            raise SupersededError(self._said())

    def rebased(self, connection: Connection) -> None:
        """Write down that this sequence of this stream is the one reached, whatever stood there; raises SupersededError."""
        values = (self.number, self.stream, dt.datetime.now(dt.UTC), self.shards, self.shard, self.epoch)
        if connection.execute(REACHED_SQL, values).rowcount != 1:
            raise SupersededError(self._said())

    def given_up(self, connection: Connection) -> None:
        """A successor need not wait."""
        connection.execute(GIVEN_UP_SQL, (self.shards, self.shard, self.epoch))

    def reach(self) -> Reach:
        """What a window's transaction writes; raises SupersededError, which undoes the window."""

        def write(cursor: psycopg.Cursor[Row], number: int, at: dt.datetime) -> None:
            cursor.execute(REACHED_SQL, (number, self.stream, at, self.shards, self.shard, self.epoch), prepare=True)
            if cursor.rowcount != 1:
                raise SupersededError(self._said())

        return write

    def _said(self) -> str:
        return f"shard {self.shard} of {self.shards} was taken over in a later epoch than {self.epoch}"


def taken(connection: Connection, shards: int, shard: int, holder: str) -> Lease | None:
    """The lease, or None while somebody else holds it."""
    connection.execute(MADE_SQL, (shards, shard))
    row: tuple[Any, ...] | None = connection.execute(TAKEN_SQL, (holder, LEASE_S, shards, shard)).fetchone()
    return None if row is None else Lease(shards, shard, int(row[0]), int(row[1]), str(row[2]))
