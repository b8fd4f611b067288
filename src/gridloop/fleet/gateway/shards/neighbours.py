"""What gateways tell each other of terminals: who speaks where, and who was given a new code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson

from gridloop.fleet.gateway.register import NOBODY, Terminals
from gridloop.fleet.gateway.shards.river import River
from gridloop.fleet.gateway.talk import JT808, LEFT, REGISTERED, SPEAKS

SUBJECT = "terminals"
BEGUN = "begun"


class Neighbours:
    """`me`: number of this gateway. A terminal that speaks at gateway k has the speaker -1 - k here, which is no connection's number."""

    def __init__(self, river: River, terminals: Terminals, me: int) -> None:
        self.river, self.terminals, self.me = river, terminals, me

    async def begin(self) -> None:
        """Listen, and say that nobody speaks here yet."""
        await self.river.hear(SUBJECT, self.hear)
        self.river.say(SUBJECT, {"gateway": self.me, "what": BEGUN})

    def notice(self, what: str, slot: int) -> None:
        """Tell the others of a terminal."""
        known = self.terminals.known_at[slot]
        said = {"gateway": self.me, "what": what, "name": self.terminals.name_at(slot)}
        if what == SPEAKS:
            said["since_ms"] = int(self.terminals.slots.since[slot])
        if what == REGISTERED and known is not None:
            said |= {"code": known.auth_hash.hex(), "device": known.device}
        self.river.say(SUBJECT, said)

    async def hear(self, raw: bytes) -> None:
        """What others tell; what was said here is known."""
        for said in orjson.loads(raw):
            if said["gateway"] != self.me:
                self._heard(said)

    def _heard(self, said: dict[str, object]) -> None:
        columns, there = self.terminals.slots, -1 - int(str(said["gateway"]))
        if said["what"] == BEGUN:
            columns.speaker[columns.speaker == there] = NOBODY
            return
        slot = self.terminals.slot(JT808, str(said["name"]))
        known = self.terminals.known_at[slot] if slot >= 0 else None
        if known is None:
            return
        if said["what"] == SPEAKS and np.int64(str(said["since_ms"])) >= columns.since[slot]:
            columns.speaker[slot], columns.since[slot] = there, np.int64(str(said["since_ms"]))
        elif said["what"] == LEFT and columns.speaker[slot] == there:
            columns.speaker[slot] = NOBODY
        elif said["what"] == REGISTERED:
            code = bytes.fromhex(str(said["code"]))
            self.terminals.replace(slot, replace(known, auth_hash=code, device=str(said["device"])))
