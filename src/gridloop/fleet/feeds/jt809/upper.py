"""We are the upper platform: lower ones log in on the main link, we connect back on the sub link, they send their vehicles."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.jt809.link import Link, Terms
from gridloop.fleet.feeds.jt809.places import Coordinates, sighting_of
from gridloop.fleet.feeds.sightings import Sighting
from gridloop.fleet.intake import Known, Register, Source, Window
from gridloop.fleet.jt809 import Edition, Keys, Message
from gridloop.fleet.jt809.registry import (
    CONNECT_BACK,
    CONNECTED_BACK,
    KEEP,
    KEPT,
    LOG_IN,
    LOG_OUT,
    LOGGED_IN,
    LOGGED_OUT,
    MOVED,
    POSITION,
    POSITIONS_LATER,
    RECEIVED,
    SUB_KEEP,
)
from gridloop.fleet.rules.kinds import Protocol

LOG_IN_WITHIN_S = 10.0
DONE, WRONG_ACCESS_CODE, UNKNOWN_USER, WRONG_PASSWORD = 0, 2, 3, 4
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Partner:
    """A lower platform: its access code, how it logs in, its edition and coordinates, its keys where bodies are encrypted."""

    centre: int
    user: int
    password: str
    edition: Edition = Edition.V2011
    coordinates: Coordinates = Coordinates.FLAGGED
    keys: Keys | None = None


@dataclass(slots=True)
class Session:
    """One partner that is logged in."""

    partner: Partner
    main: Link
    verify_code: int
    sub: Link | None = None
    told_at: float = 0.0
    since_told: int = 0


@dataclass(slots=True)
class UpperFeed:
    """The feed `jt809`: one port, any number of partners; one edition a port, because nothing in a frame tells it."""

    host: str
    port: int
    partners: tuple[Partner, ...]
    edition: Edition = Edition.V2011
    tell_every_s: float = 60.0
    keep_s: float = 60.0
    name: str = "jt809"
    counts: Counts = field(default_factory=Counts)
    sessions: dict[int, Session] = field(default_factory=dict)
    others: dict[tuple[int, int], int] = field(default_factory=dict)  # messages that nobody here acts on, by id and sub
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, window: Window, register: Register) -> None:
        """Serve until cancelled."""
        door = Door(Protocol.JT809, Source.JT809, window, register, self.counts)
        server = await asyncio.start_server(
            lambda reader, writer: self._main(door, reader, writer), self.host, self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        self.listening.set()
        try:
            async with server:
                await server.serve_forever()
        finally:
            self.listening.clear()
            for session in list(self.sessions.values()):
                session.main.close()

    async def _main(self, door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        keys = next((partner.keys for partner in self.partners if partner.keys), None)
        link = Link(Terms(self.edition, 0, keys), reader, writer, self.counts)
        self.counts.connections += 1
        session = None
        back: asyncio.Task[None] | None = None
        try:
            stream = link.messages()
            async with asyncio.timeout(LOG_IN_WITHIN_S):
                first = await anext(stream, None)
            session = await self._log_in(door, link, first)
            if session is None or first is None:
                return
            back = asyncio.create_task(self._connect_back(session, first.body))
            async for message in stream:
                if not await self._take(door, session, message):
                    break
        except (OSError, TimeoutError) as lost:
            logger.warning("feed jt809: %s is gone: %r", link.address, lost)
        finally:
            self.counts.connections -= 1
            if back is not None:
                back.cancel()
                with suppress(asyncio.CancelledError):
                    await back
            if session is not None and self.sessions.get(session.partner.centre) is session:
                del self.sessions[session.partner.centre]
            link.close()

    async def _log_in(self, door: Door, link: Link, first: Message | None) -> Session | None:
        """The session of a partner that may log in, or None after telling it and us why not."""
        if first is None or first.header.id != LOG_IN:
            self.counts.refused["no_login"] += 1
            return None
        partner, result = self._judged(first)
        link.terms = Terms(self.edition, first.header.centre, partner.keys if partner else None)
        code = secrets.randbits(32) if partner else 0
        await link.send(LOGGED_IN, {"result": result, "verify_code": code})
        if partner is None:
            name = f"{first.header.centre}/{first.body['user']}"
            said = (
                f"a platform with access code and user {name} was not let in (answer {result}); see the partners of jt809",
                f"接入码/用户 {name} 的平台登录被拒(应答 {result});请核对 jt809 的下级平台配置",
            )
            door.refuse(name, link.address, "wrong_code" if result == WRONG_PASSWORD else "unregistered", said)
            return None
        session = self.sessions[partner.centre] = Session(partner, link, code, told_at=time.time())
        return session

    def _judged(self, message: Message) -> tuple[Partner | None, int]:
        body = message.body
        there = [partner for partner in self.partners if partner.centre == message.header.centre]
        if not there:
            return None, WRONG_ACCESS_CODE
        same = [partner for partner in there if partner.user == body["user"]]
        if not same:
            return None, UNKNOWN_USER
        if not secrets.compare_digest(same[0].password.encode(), str(body["password"]).encode("utf-8", "replace")):
            return None, WRONG_PASSWORD
        return same[0], DONE

    async def _connect_back(self, session: Session, said: Mapping[str, Any]) -> None:
        """The sub link, for as long as the main link stands; without it positions come all the same, only our notices do not go out."""
        host, port = str(said["down_host"]).strip() or session.main.address, int(said["down_port"])
        while port:
            try:
                reader, writer = await asyncio.open_connection(host, port)
                link = Link(session.main.terms, reader, writer, self.counts)
                await self._on_sub(session, link)
            except (OSError, TimeoutError) as lost:
                logger.warning("feed jt809: no sub link to %s:%s: %r", host, port, lost)
            finally:
                session.sub = None
            self.counts.sought += 1
            await asyncio.sleep(self.keep_s / 2)

    async def _on_sub(self, session: Session, link: Link) -> None:
        keeping = [asyncio.create_task(link.keep(SUB_KEEP))]
        try:
            await link.send(CONNECT_BACK, {"verify_code": session.verify_code})
            async for message in link.messages():
                if message.header.id == CONNECTED_BACK:
                    if message.body["result"] != DONE:
                        return
                    session.sub = link
                    keeping.append(asyncio.create_task(self._tell_totals(session, link)))
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)  # the peer may be gone already
            link.close()

    async def _take(self, door: Door, session: Session, message: Message) -> bool:
        """Act on one message of a partner that is logged in; False ends the link."""
        ids = (message.header.id, message.sub)
        if ids == (KEEP, 0):
            await session.main.send(KEPT, {})
        elif ids == (LOG_OUT, 0):
            await session.main.send(LOGGED_OUT, {})
            return False
        elif ids == (MOVED, POSITION):
            await self._moved(door, session, message, [message.body])
        elif ids == (MOVED, POSITIONS_LATER):
            await self._moved(door, session, message, message.body["items"])
        else:
            self.others[ids] = self.others.get(ids, 0) + 1
        return True

    async def _moved(self, door: Door, session: Session, message: Message, bodies: list[Mapping[str, Any]]) -> None:
        plate = str(message.about["plate"]).strip()
        known = door.let_in_plate(plate, session.main.address)
        if known is None or not bodies:
            return
        seen: list[tuple[Known, Sighting]] = [
            (known, sighting_of(body, session.partner.coordinates)) for body in bodies
        ]

        def stored() -> None:
            session.since_told += len(seen)

        await door.offer(seen, stored)

    async def _tell_totals(self, session: Session, link: Link) -> None:
        """Now and then, how many positions we have stored (0x9101): the only receipt that the standard has."""
        while True:
            await asyncio.sleep(self.tell_every_s)
            if session.since_told:
                now = time.time()
                total, since = session.since_told, session.told_at
                session.since_told, session.told_at = 0, now
                await link.send(RECEIVED, {"total": total, "start": int(since), "end": int(now)})
