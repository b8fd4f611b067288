"""Many terminals on the road at once: each reports every so many seconds, with its faults, until told to stop."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

from gridloop.fleet.drive.faults import Fault, Trouble
from gridloop.fleet.drive.roads import Roads, Spot, Trip
from gridloop.fleet.drive.terminal import Counts, Identity, Terminal, Unwelcome
from gridloop.fleet.jt808 import Edition
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.fleet.rules.plates import SYNTHETIC_SIGN

HEARTBEAT_S, RESEND_S, SAY_S = 30.0, 10.0, 5.0
KNOCKS_PER_S = 200  # connections begun in a second
AGAIN_S = (1.0, 60.0)
FAREWELL_S = 5.0
CARD_EVERY, PICTURE_EVERY = 120, 240  # reports between two changes of driver, between two pictures, on average


@dataclass(frozen=True, slots=True)
class Asked:
    """How the vehicles drive: one report every so many seconds, faults as a share of all fixes."""

    host: str
    port: int
    every_s: float = 10.0
    faults: float = 0.0
    udp: bool = False
    picture: bytes = b""
    resend_s: float = RESEND_S
    extras: bool = True  # driver's cards and pictures now and then


class Source(Protocol):
    """Where a vehicle is next."""

    def advance(self, seconds: float) -> Spot:
        """So many seconds later."""
        ...


def identities(count: int, *, first: int = 1) -> list[Identity]:
    """Vehicles that cannot exist: phone numbers begin with 100, which no network issues; plates with 示, the sign of no province (fleet.rules.plates).

    Every second one speaks the edition of 2019.
    """
    return [
        Identity(
            phone=f"100{number:08d}",
            plate=f"{SYNTHETIC_SIGN}S{number:05d}",
            edition=Edition.V2019 if number % 2 else Edition.V2013,
            terminal_id=f"S{number:06d}",
        )
        for number in range(first, first + count)
    ]


@dataclass(slots=True)
class Car:
    """One vehicle: its terminal, its way, its troubles."""

    terminal: Terminal
    way: Source
    trouble: Trouble
    rng: Random
    held: list[tuple[Spot, dt.datetime]]
    media: itertools.count[int]


class Drive:
    """A company of vehicles on the road."""

    def __init__(
        self, asked: Asked, fleet: Sequence[tuple[Identity, VehicleKind]], roads: Roads, *, seed: int = 1
    ) -> None:
        self.asked = asked
        self.counts = Counts()
        self.cars = [
            Car(
                Terminal(identity, self.counts, resend_after_s=asked.resend_s, picture=asked.picture),
                Trip(roads, kind, Random(f"{seed} {identity.phone}")),  # noqa: S311 - a play
                Trouble(asked.faults, Random(f"{seed} trouble {identity.phone}")),  # noqa: S311
                Random(f"{seed} else {identity.phone}"),  # noqa: S311
                [],
                itertools.count(1),
            )
            for identity, kind in fleet
        ]
        self._clones: set[asyncio.Task[None]] = set()

    async def run(self, seconds: float, say: Callable[[str], None], now: Callable[[], dt.datetime]) -> None:
        """Drive for so long (0: until cancelled), then wait a little for what is not acknowledged and hang up."""
        tasks = [asyncio.create_task(self._keep(car, number, now)) for number, car in enumerate(self.cars)]
        tasks.append(asyncio.create_task(self._tell(say)))
        try:
            await asyncio.wait(tasks, timeout=seconds or None, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()  # a defect of ours ends the drive loudly
        finally:
            for task in (*tasks, *self._clones):
                task.cancel()
            await asyncio.gather(*tasks, *self._clones, return_exceptions=True)
            await self._farewell()
            say(self.line())

    def line(self) -> str:
        """Where the drive stands, in one line."""
        counts = self.counts
        online = sum(car.terminal.connected for car in self.cars)
        waiting = sum(sent.fixes for car in self.cars for sent in car.terminal.unacked.values())
        return (
            f"online {online:,} of {len(self.cars):,}, sent {counts.sent:,}, acked {counts.acked:,}, resent {counts.resent:,},"
            f" waiting {waiting:,}, refused {counts.refused:,}, unwelcome {counts.unwelcome:,},"
            f" reconnected {counts.reconnects:,}, orders {counts.orders:,}"
        )

    async def _tell(self, say: Callable[[str], None]) -> None:
        while True:
            await asyncio.sleep(SAY_S)
            say(self.line())

    async def _farewell(self) -> None:
        speaking = [car.terminal for car in self.cars if car.terminal.connected]
        await asyncio.gather(*(terminal.settled(FAREWELL_S) for terminal in speaking))
        for car in self.cars:
            car.terminal.close()
        await asyncio.sleep(0)

    async def _keep(self, car: Car, number: int, now: Callable[[], dt.datetime]) -> None:
        """Keep one car on the line; a lost peer is sought again, with growing patience."""
        await asyncio.sleep(number / KNOCKS_PER_S)
        patience = AGAIN_S[0]
        while True:
            try:
                await car.terminal.connect(self.asked.host, self.asked.port, udp=self.asked.udp)
            except Unwelcome:
                self.counts.unwelcome += 1
                car.terminal.close()
            except OSError:
                car.terminal.close()
            else:
                patience = AGAIN_S[0]
                with suppress(OSError):  # signed out, or the line broke: begun anew
                    await self._on_the_road(car, now)
                car.terminal.close()
                self.counts.reconnects += 1
                continue
            await asyncio.sleep(patience * car.rng.uniform(0.5, 1.0))
            patience = min(2 * patience, AGAIN_S[1])

    async def _on_the_road(self, car: Car, now: Callable[[], dt.datetime]) -> None:
        """Report until the connection is lost."""
        loop = asyncio.get_running_loop()
        gone = asyncio.create_task(car.terminal.gone())
        try:
            beat = loop.time() + HEARTBEAT_S
            due = loop.time() + car.rng.uniform(0, self.asked.every_s)
            while not gone.done():
                await asyncio.wait([gone], timeout=max(due - loop.time(), 0.001))
                if gone.done():
                    return
                pause = car.terminal.every_s or self.asked.every_s
                self._report(car, pause, now())
                due = max(due + pause, loop.time())
                if car.terminal.rejected:
                    await car.terminal.authenticate()
                    car.terminal.resend(0.0)
                car.terminal.resend()
                if loop.time() >= beat and car.trouble.fault is not Fault.SILENCE:
                    car.terminal.heartbeat()
                    beat = loop.time() + HEARTBEAT_S
                await car.terminal.room()
        finally:
            gone.cancel()

    def _report(self, car: Car, seconds: float, at: dt.datetime) -> None:
        true = car.way.advance(seconds)
        fault = car.trouble.next()
        spot = car.trouble.seen(true, fault)
        if car.held and fault is not Fault.BLIND:
            car.terminal.batch(car.held)
            car.held = []
        if fault is Fault.BLIND:
            car.held.append((spot, at))
        elif fault is not Fault.SILENCE:
            car.terminal.position(spot, at)
        if fault is Fault.CLONE:
            self._clone(car, true, at)
        if self.asked.extras and fault is None:
            self._extra(car, at)

    def _extra(self, car: Car, at: dt.datetime) -> None:
        if car.rng.random() * CARD_EVERY < 1:
            car.terminal.driver("测试驾驶员", f"99{car.rng.randrange(10**10):010d}", at, card_in=car.rng.random() < 0.5)
        if self.asked.picture and car.rng.random() * PICTURE_EVERY < 1:
            car.terminal.media(next(car.media), self.asked.picture)

    def _clone(self, car: Car, true: Spot, at: dt.datetime) -> None:
        """A second terminal of the same number reports once from elsewhere, on a connection of its own."""
        spot = car.trouble.elsewhere(true)
        task = asyncio.create_task(self._clone_speaks(car.terminal, spot, at))
        self._clones.add(task)
        task.add_done_callback(self._clones.discard)

    async def _clone_speaks(self, original: Terminal, spot: Spot, at: dt.datetime) -> None:
        identity = replace(original.identity, terminal_id="CLONE")
        clone = Terminal(identity, Counts(), code=original.code)
        try:
            await clone.connect(self.asked.host, self.asked.port, udp=self.asked.udp)
            clone.position(spot, at)
            await clone.settled(FAREWELL_S)
        except OSError:
            self.counts.unwelcome += 1
        finally:
            clone.close()
