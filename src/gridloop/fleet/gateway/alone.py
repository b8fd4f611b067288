"""The single process: what its sockets hear is judged and stored by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from gridloop.fleet.gateway import remembering
from gridloop.fleet.gateway.counter import Counter
from gridloop.fleet.gateway.desk import Connection, every
from gridloop.fleet.gateway.drivers import Driving, Shift, began_of
from gridloop.fleet.gateway.evaluation import Evaluation
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.orders import left_by_the_last_run
from gridloop.fleet.gateway.pipeline import Pipeline
from gridloop.fleet.gateway.renewing import Renewing
from gridloop.fleet.gateway.store import Store
from gridloop.fleet.gateway.stream import Reader, Stream
from gridloop.kernel import clock

KEEP_EVERY_S = 30.0
LAST_WARNING_SQL = "select coalesce(max(id), 0) from fleet_warning"
AHEAD_SQL = "select vehicle_id, (extract(epoch from max(at)) * 1000)::bigint from fleet_position where at > now() - interval '1 minute' group by 1"
REACH_BACK_MS = 1_000


class Alone:
    """Implements Works."""

    def __init__(self, counter: Counter) -> None:
        settings = counter.settings
        self.settings, self.desk = settings, counter.desk
        self.judging, self.stream, self.driving = Judging(), Stream(), Driving()
        store = Store(settings.conninfo, time.perf_counter)
        self.evaluation = Evaluation(self.judging, store, counter.terminals, self.stream, window_ms=settings.window_ms)
        self.pipeline = Pipeline(counter.opening, self.evaluation, window_ms=settings.window_ms)
        self.stopping = self.pipeline.stopping
        self.renewing = Renewing(settings.conninfo, counter.desk, counter.terminals, self.judging)
        self._server: asyncio.Server | None = None

    def wrong(self) -> dict[str, str]:
        """What keeps it from being ready."""
        return {} if self.evaluation.well else {"database": "the last window could not be stored yet"}

    def left_orders(self, connection: Connection) -> None:
        """Nobody but this process sends orders."""
        left_by_the_last_run(connection)

    def drove(self, rows: list[Shift]) -> None:
        """Who drives what counts for the next fixes."""
        self.judging.drivers |= self.driving.newer(began_of(rows))
        for one in rows:
            one.stored()

    async def begin(self) -> None:
        """The judge's state as of the last committed window."""
        now = clock.now()
        settings, evaluation = self.settings, self.evaluation
        self._server = await stream_server(self.stream, settings.inner_bind, settings.stream_port)

        def work(connection: Connection) -> int:
            return remembering.recall(
                connection, settings.folder, self.judging, minutes=settings.rebuild_minutes, now=now
            )

        evaluation.number = await self.desk.surely(work)
        await self.desk.surely(lambda connection: look_back(connection, evaluation))
        state = self.judging.state
        if (
            state is not None
        ):  # from now on there is always a file, and what comes after it is judged again from the table
            since_ms = round(now.timestamp() * 1000) - REACH_BACK_MS
            remembering.keep(settings.folder, *state, evaluation.number, since_ms)

    def chores(self) -> list[Awaitable[None]]:
        """The state is kept."""
        return [every(KEEP_EVERY_S, lambda: self.evaluation.keep(self.settings.folder))]

    async def run(self) -> None:
        """Window after window until told to stop."""
        await self.pipeline.run()

    async def end(self) -> None:
        """Keep the state as it is now."""
        if self._server is not None:
            self._server.close()
        await self.evaluation.keep(self.settings.folder)
        self.evaluation.store.close()


async def stream_server(stream: Stream, bind: str, port: int) -> asyncio.Server:
    """Where readers of the live stream connect."""
    return await asyncio.get_running_loop().create_server(lambda: Reader(stream), bind, port)


def look_back(connection: Connection, evaluation: Evaluation) -> None:
    """The last warning that was told, and vehicles whose clocks run ahead."""
    row = connection.execute(LAST_WARNING_SQL).fetchone()
    evaluation.stream.last_warning = int(row[0]) if row else 0
    evaluation.newest.ahead((int(vehicle), int(at_ms)) for vehicle, at_ms in connection.execute(AHEAD_SQL))
