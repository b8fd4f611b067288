"""The gateway's side of the seam, for feeds by themselves: a window that commits when told (or at once), a register in memory."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import numpy as np

from gridloop.fleet.intake import FIX, Known
from gridloop.fleet.rules.kinds import VehicleKind
from tests.fleet.drive.platform import until

__all__ = ["Committing", "Registered", "a_known", "serving", "until"]


class Committing:
    def __init__(self) -> None:
        self.at_once = True
        self.open = []
        self.offers = []

    async def offer(self, offered) -> None:
        assert offered.fixes.dtype == FIX
        self.open.append(offered)
        if self.at_once:
            self.commit()

    def commit(self) -> None:
        for offered in self.open:
            self.offers.append(offered)
            asyncio.get_running_loop().call_soon(offered.stored)
        self.open = []

    @property
    def rows(self):
        return np.concatenate([np.zeros(0, FIX), *(offered.fixes for offered in self.offers)])


def a_known(vehicle=7, plate="闽D12345", **said) -> Known:
    return Known(vehicle + 1000, vehicle, plate, VehicleKind.TAXI, **said)


class Registered:
    def __init__(self, known=()) -> None:
        self.terminals = dict(known)
        self.refused = []

    def known(self, protocol, name):
        return self.terminals.get((protocol, name))

    def by_plate(self, plate):
        return next((one for one in self.terminals.values() if one.plate == plate), None)

    def by_vehicle(self, vehicle):
        return next((one for one in self.terminals.values() if one.vehicle == vehicle), None)

    def refuse(self, protocol, name, address, reason, said) -> None:
        assert all(said)
        self.refused.append((protocol, name, reason))


@asynccontextmanager
async def serving(feed, window, register, *, ready="listening"):
    """The feed as a task, until the block ends."""
    task = asyncio.create_task(feed.run(window, register))
    flag = getattr(feed, ready, None)
    try:
        if isinstance(flag, asyncio.Event):
            await asyncio.wait_for(flag.wait(), 60)
        yield task
    finally:
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=60)
        assert done, "a feed that is cancelled must end"
