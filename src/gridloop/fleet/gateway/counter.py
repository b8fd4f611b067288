"""Everything that terminals meet: sockets, the register, what they are told. What becomes of their positions is a matter of `Works`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from gridloop.fleet.gateway.answering import Answers
from gridloop.fleet.gateway.desk import Connection, Desk
from gridloop.fleet.gateway.drivers import Drivers, Shift
from gridloop.fleet.gateway.opening import Opening
from gridloop.fleet.gateway.orders import Orders
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.renewing import Renewing
from gridloop.fleet.gateway.settings import Settings
from gridloop.fleet.gateway.strangers import Strangers
from gridloop.fleet.gateway.talk import Talk
from gridloop.fleet.gateway.uploads import Uploads
from gridloop.fleet.gateway.wire import Inbox


class Counter:
    """The parts that the single process and one of several gateways share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.strangers = Strangers()
        self.terminals = Terminals(self.strangers.note)
        self.inbox = Inbox(settings.frames_waiting_max, settings.sockets_max)
        self.desk = Desk(settings.conninfo)
        uploads, drivers = Uploads(settings.folder), Drivers(settings.driver_key)
        self.talk = Talk(self.terminals, self.desk, self.strangers, Orders(), uploads, drivers=drivers)
        self.inbox.closed = self.talk.left
        answers = Answers(self.inbox, self.terminals, self.talk, self.strangers)
        self.opening = Opening(self.inbox, self.terminals, answers)
        self.talk.offer = self.opening.put


class Works(Protocol):
    """What becomes of windows: judged and stored here, or sent to those who do."""

    renewing: Renewing
    stopping: asyncio.Event

    def wrong(self) -> dict[str, str]:
        """What keeps it from being ready."""
        ...

    def left_orders(self, connection: Connection) -> None:
        """Orders whose answer nobody is there to hear."""
        ...

    def drove(self, rows: list[Shift]) -> None:
        """These began to drive, and it is written: answer them."""
        ...

    async def begin(self) -> None:
        """Be where the last commit left off; the register is read already."""
        ...

    def chores(self) -> list[Awaitable[None]]:
        """What goes on beside the windows."""
        ...

    async def run(self) -> None:
        """Window after window until told to stop."""
        ...

    async def end(self) -> None:
        """After the last window."""
        ...
