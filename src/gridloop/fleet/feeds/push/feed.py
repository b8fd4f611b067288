"""Takes batches from the web process on a socket in the run's folder, which only our own account may open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.push.wire import LENGTH, MESSAGE_MAX, packed
from gridloop.fleet.feeds.sightings import Sighting, sighting_of
from gridloop.fleet.intake import Known, Register, Source, Window
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed

STORED_WITHIN_S = 25.0


class PushFeed:
    """The feed `push`."""

    name = "push"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts = Counts()
        self.listening = asyncio.Event()

    async def run(self, window: Window, register: Register) -> None:
        """Serve until cancelled."""
        door = Door(Protocol.HTTP, Source.HTTP, window, register, self.counts)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)  # left behind by a gateway that was killed
        server = await asyncio.start_unix_server(lambda reader, writer: self._serve(door, reader, writer), self.path)
        self.path.chmod(0o600)
        self.listening.set()
        try:
            async with server:
                await server.serve_forever()
        finally:
            self.listening.clear()
            self.path.unlink(missing_ok=True)

    async def _serve(self, door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts.connections += 1
        try:
            answer = await self._taken(door, orjson.loads(await _message(reader)))
        except (Malformed, orjson.JSONDecodeError) as wrong:
            answer = {"stored": 0, "refused": [_refusal(-1, str(wrong), getattr(wrong, "zh", "不是 JSON"))]}
        except (OSError, EOFError):
            self.counts.connections -= 1
            writer.close()
            return
        try:
            writer.write(packed(answer))
            await writer.drain()
        except OSError:
            self.counts.refused["gone"] += 1  # stored, and the caller will send it again: its keys make that harmless
        finally:
            self.counts.connections -= 1
            writer.close()

    async def _taken(self, door: Door, said: Any) -> dict[str, Any]:
        positions = said.get("positions") if isinstance(said, Mapping) else None
        if not isinstance(positions, Sequence) or isinstance(positions, str):
            raise Malformed("'positions' must be a list", zh="“positions”应为列表")
        self.counts.received += 1
        good: list[tuple[Known, Sighting]] = []
        refused: list[dict[str, Any]] = []
        for number, one in enumerate(positions):
            taken = self._one(door, one, str(said.get("caller", "")))
            if isinstance(taken, Malformed):
                refused.append(_refusal(number, taken.en, taken.zh))
            else:
                good.append(taken)
        if good:
            committed = asyncio.Event()
            await door.offer(good, committed.set)
            async with asyncio.timeout(STORED_WITHIN_S):
                await committed.wait()
        return {"stored": len(good), "refused": refused}

    def _one(self, door: Door, one: Any, caller: str) -> tuple[Known, Sighting] | Malformed:
        """A position, or why it is none."""
        name = one.get("id") or one.get("plate") if isinstance(one, Mapping) else None
        if not isinstance(name, str) or not name or len(name) > 60:
            self.counts.refused["form"] += 1
            return Malformed("a position names its vehicle by 'id' or 'plate'", zh="定位数据应以“id”或“plate”指明车辆")
        try:
            sighting = sighting_of(one)
        except Malformed as wrong:
            self.counts.refused["form"] += 1
            return wrong
        known = door.let_in(name, caller) if one.get("id") else door.let_in_plate(name, caller)
        if known is None:
            return Malformed(
                f"'{name}' is not registered for pushing, is blocked, or says too much",
                zh=f"“{name}”未登记、已封禁或消息过多",
            )
        return known, sighting


def _refusal(index: int, en: str, zh: str) -> dict[str, Any]:
    return {"index": index, "en": en, "zh": zh}


async def _message(reader: asyncio.StreamReader) -> bytes:
    (size,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if size > MESSAGE_MAX:
        raise Malformed("a batch has at most 4 MB", zh="一批数据不超过 4 MB")
    return await reader.readexactly(size)
