"""What terminals say besides positions, and what they are answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import structlog

from gridloop.fleet.gateway import counts, registering
from gridloop.fleet.gateway.desk import Desk
from gridloop.fleet.gateway.drivers import Drivers
from gridloop.fleet.gateway.located import fix_of, place_of
from gridloop.fleet.gateway.orders import Orders
from gridloop.fleet.gateway.register import NOBODY, Terminals
from gridloop.fleet.gateway.strangers import Strangers, name_of
from gridloop.fleet.gateway.uploads import Uploads
from gridloop.fleet.gateway.wire import Peer
from gridloop.fleet.intake import Known, Offered
from gridloop.fleet.jt808 import Assembler, BadFrame, Edition, Header, Message, encode_parts
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel import clock

log = structlog.get_logger("gridloop.gateway")
WRONG_CODES_MOST = 5
DONE, FAILED, NOT_SUPPORTED = 0, 1, 3
QUIET_S = 5.0
"""Seconds without a packet after which the missing ones are asked for."""
JT808 = Protocol.JT808.value
REGISTERED, SPEAKS, LEFT = "registered", "speaks", "left"
"""What of a terminal concerns other gateways: it has a new code, it speaks here from now on, it speaks here no more."""
Handler = Callable[[Peer, Message, int, Known, int], None]


class Talk:
    """One handler a message id; terminals that have not signed in may only register and sign in."""

    def __init__(
        self,
        terminals: Terminals,
        desk: Desk,
        strangers: Strangers,
        orders: Orders,
        uploads: Uploads,
        *,
        drivers: Drivers,
    ) -> None:
        self.terminals, self.desk, self.strangers = terminals, desk, strangers
        self.orders, self.uploads, self.drivers = orders, uploads, drivers
        self.assembler = Assembler()
        self.offer: Callable[[Offered], None] = lambda _offered: None
        self.signed_in: Callable[[int], None] = lambda _slot: None
        self.noticed: Callable[[str, int], None] = lambda _what, _slot: None
        self.voices: dict[int, Header] = {}
        self._serial = 0
        self._asked_s: dict[tuple[str, int], float] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._handlers: dict[int, Handler] = {
            0x0001: self._acked,
            0x0002: self._heartbeat,
            0x0003: self._deregister,
            0x0004: self._server_time,
            0x0005: self._resend,
            0x0104: self._order_answered,
            0x0107: self._order_answered,
            0x0201: self._located,
            0x0702: self._driver,
            0x0704: self._done,
            0x0800: self._done,
            0x0801: self._upload,
            0x0805: self._order_answered,
        }

    def serials(self, count: int) -> npt.NDArray[np.int64]:
        """The platform's next serials."""
        made = np.arange(self._serial, self._serial + count) & 0xFFFF
        self._serial = (self._serial + count) & 0xFFFF
        return made

    def send(self, peer: Peer, message: Message) -> None:
        """Write a message, in packets where it is long; those are kept for terminals that miss one."""
        frames = encode_parts(message)
        if len(frames) > 1:
            peer.parts = {(message.header.phone, message.header.serial): frames}
        peer.write(b"".join(frames))

    def say(self, peer: Peer, to: Header, message_id: int, body: dict[str, Any]) -> int:
        """A message to the terminal that `to` came from; its serial."""
        serial = int(self.serials(1)[0])
        edition = Edition.V2013 if to.edition is Edition.V2011 else to.edition
        self.send(peer, Message(Header(message_id, to.phone, serial, edition), body))
        return serial

    def ack(self, peer: Peer, to: Header, result: int) -> None:
        """0x8001."""
        self.say(peer, to, 0x8001, {"acked_serial": to.serial, "acked_id": to.id, "result": result})

    def order(self, vehicle: int, message_id: int, body: dict[str, Any], peers: Mapping[int, Peer]) -> int | None:
        """Send a message to a vehicle's terminal; its serial, or None where none is signed in."""
        for slot in self.terminals.slots_of_vehicle(vehicle):
            peer = peers.get(int(self.terminals.slots.speaker[slot]))
            if peer is not None:
                return self.say(peer, self.voices[slot], message_id, body)
        return None

    def edition_of(self, vehicle: int) -> Edition:
        """The edition that a vehicle's terminal signed in with."""
        for slot in self.terminals.slots_of_vehicle(vehicle):
            if slot in self.voices:
                return self.voices[slot].edition
        return Edition.V2013

    def take(self, peer: Peer, message: Message, received_ms: int) -> None:
        """One message that is no position."""
        header = message.header
        slot = self.terminals.slot(JT808, header.subscriber)
        known = self.terminals.known_at[slot] if slot >= 0 else None
        if header.id == 0x0100 and header.part is None:
            self._spawn(self._register(peer, message, slot))
        elif header.id == 0x0102 and header.part is None:
            self._sign_in(peer, message, slot, received_ms)
        elif known is None or slot not in peer.slots:
            reason, said = name_of(known, header.subscriber)
            counts.REFUSED.labels(reason).inc()
            self.strangers.note(JT808, header.subscriber, peer.where, reason, said)
            self.ack(peer, header, FAILED)
        else:
            self.terminals.slots.said[slot] += 1
            self.speaks_again(peer, slot)
            self._known(peer, message, received_ms, known, slot)

    def _known(self, peer: Peer, message: Message, received_ms: int, known: Known, slot: int) -> None:
        if message.header.part is not None:
            try:
                whole = self.assembler.take(message, time.monotonic())
            except BadFrame as error:
                counts.REFUSED.labels(f"frame_{error.code}").inc()
                self.ack(peer, message.header, 2)
                return
            if whole is None:
                self.ack(peer, message.header, DONE)
                return
            message = whole
        handler = self._handlers.get(message.header.id)
        if handler is None:
            counts.REFUSED.labels("not_supported").inc()
            self.ack(peer, message.header, NOT_SUPPORTED)
        else:
            handler(peer, message, received_ms, known, slot)

    async def _register(self, peer: Peer, message: Message, slot: int) -> None:
        """0x0100: answered once the code is kept."""
        header, body = message.header, dict(message.body)
        known = self.terminals.known_at[slot] if slot >= 0 else None
        by_plate = self.terminals.by_plate(registering.plain(body.get("plate")))
        verdict = registering.verdict_of(known, body, by_plate, header.subscriber)
        answer: dict[str, Any] = {"acked_serial": header.serial, "result": verdict.result}
        if known is None or verdict.result != registering.DONE:
            counts.REFUSED.labels(verdict.reason).inc()
            self.strangers.note(JT808, header.subscriber, peer.where, verdict.reason, verdict.said)
        else:
            code = registering.new_code()
            after = registering.registered(known, body, code)
            try:
                await self.desk.ask(
                    lambda connection: registering.save(connection, after, body, int(header.edition), peer.where)
                )
            except psycopg.OperationalError as lost:
                log.warning("a registration could not be kept; the terminal will ask again", reason=str(lost).strip())
                return
            self.terminals.replace(slot, after)
            self.noticed(REGISTERED, slot)
            answer["code"] = code
        self.say(peer, header, 0x8100, answer)

    def _sign_in(self, peer: Peer, message: Message, slot: int, received_ms: int) -> None:
        """0x0102: with the right code the connection speaks for the terminal from now on."""
        header = message.header
        known = self.terminals.known_at[slot] if slot >= 0 else None
        if (
            known is not None
            and not known.blocked
            and known.vehicle
            and registering.fits(known, message.body.get("code"))
        ):
            self.terminals.slots.speaker[slot] = peer.number
            self.terminals.slots.since[slot] = received_ms
            peer.slots.add(slot)
            self.voices[slot] = header
            self.ack(peer, header, DONE)
            self.signed_in(slot)
            self.noticed(SPEAKS, slot)
            return
        reason, said = name_of(known, header.subscriber)
        if reason == "silent" and known is not None:
            reason, said = (
                "wrong_code",
                (
                    f"{header.subscriber} of {known.plate} signs in with a code that it was not given; let it register again (0x0100)",
                    f"{known.plate} 的终端 {header.subscriber} 鉴权码错误;请让终端重新注册(0x0100)",
                ),
            )
        counts.REFUSED.labels(reason).inc()
        self.strangers.note(JT808, header.subscriber, peer.where, reason, said)
        self.ack(peer, header, FAILED)
        peer.wrong_codes += 1
        if peer.wrong_codes >= WRONG_CODES_MOST:
            peer.close()

    def speaks_again(self, peer: Peer, slot: int) -> bool:
        """Whether this connection speaks for the terminal because it signed in on it and whoever did so later has gone.

        Authentication (0x0102) holds for the connection on which it was done; a copy that came and went is no reason to ask for it again.
        """
        columns = self.terminals.slots
        if columns.speaker[slot] != NOBODY or slot not in peer.slots or not columns.vehicle[slot]:
            return False
        columns.speaker[slot] = peer.number
        return True

    def left(self, peer: Peer) -> None:
        """A connection is over: nobody speaks for its terminals through it, until one that signed in before is heard."""
        speaker = self.terminals.slots.speaker
        for slot in peer.slots:
            if speaker[slot] == peer.number:
                speaker[slot] = NOBODY
                self.noticed(LEFT, slot)

    def _acked(self, _peer: Peer, message: Message, _received_ms: int, known: Known, _slot: int) -> None:
        self.orders.answered(
            known.vehicle,
            int(message.body["acked_serial"]),
            {"result": int(message.body["result"])},
            at=clock.now().isoformat(),
        )

    def _heartbeat(self, peer: Peer, message: Message, _received_ms: int, _known: Known, _slot: int) -> None:
        self.ack(peer, message.header, DONE)

    _done = _heartbeat

    def _deregister(self, peer: Peer, message: Message, _received_ms: int, _known: Known, slot: int) -> None:
        self.ack(peer, message.header, DONE)
        peer.slots.discard(slot)
        if self.terminals.slots.speaker[slot] == peer.number:
            self.terminals.slots.speaker[slot] = NOBODY
            self.noticed(LEFT, slot)

    def _server_time(self, peer: Peer, message: Message, _received_ms: int, _known: Known, _slot: int) -> None:
        self.say(peer, message.header, 0x8004, {"time": clock.now()})

    def _resend(self, peer: Peer, message: Message, _received_ms: int, _known: Known, _slot: int) -> None:
        """0x0005: packets of ours that did not arrive."""
        frames = peer.parts.get((message.header.phone, int(message.body["first_serial"])), [])
        for number in message.body["parts"]:
            if 0 < number <= len(frames):
                peer.write(frames[number - 1])

    def _order_answered(self, peer: Peer, message: Message, _received_ms: int, known: Known, _slot: int) -> None:
        said = {name: value for name, value in message.body.items() if name != "acked_serial"}
        self.orders.answered(
            known.vehicle,
            int(message.body.get("acked_serial", -1)),
            {"result": 0, "said": said},
            kind=message.header.id,
            at=clock.now().isoformat(),
        )
        self.ack(peer, message.header, DONE)

    def _located(self, peer: Peer, message: Message, received_ms: int, known: Known, slot: int) -> None:
        """0x0201: a position like any other, acknowledged when it is stored."""
        header, position = message.header, message.body["position"]
        fixes = fix_of(position, header.serial, known.vehicle, received_ms)
        self.orders.answered(
            known.vehicle,
            int(message.body["acked_serial"]),
            place_of(position),
            kind=header.id,
            at=clock.now().isoformat(),
        )
        self.offer(Offered(fixes, lambda: self.ack(peer, header, DONE)))
        self.terminals.slots.said[slot] += 1

    def _driver(self, peer: Peer, message: Message, received_ms: int, known: Known, _slot: int) -> None:
        header = message.header
        self.drivers.take(known.vehicle, dict(message.body), received_ms, lambda: self.ack(peer, header, DONE))

    def _upload(self, peer: Peer, message: Message, _received_ms: int, known: Known, _slot: int) -> None:
        self._spawn(self._kept(peer, message, known))

    async def _kept(self, peer: Peer, message: Message, known: Known) -> None:
        """0x0801: answered with 0x8800 once file and row are there."""
        try:
            await self.desk.ask(lambda connection: self.uploads.keep(connection, known.vehicle, dict(message.body)))
        except psycopg.OperationalError as lost:
            log.warning("an upload could not be kept; the terminal will send it again", reason=str(lost).strip())
            return
        self.say(peer, message.header, 0x8800, {"media": message.body["media"]})

    def ask_for_missing(self, peer_of: Callable[[str], Peer | None]) -> None:
        """0x8003 for messages of which packets are missing; peer_of: who speaks for a subscriber."""
        now_s = time.monotonic()
        self.assembler.forget(now_s)
        for one in self.assembler.missing(now_s, quiet_s=QUIET_S):
            key = (one.phone, one.id)
            if now_s - self._asked_s.get(key, 0.0) < QUIET_S:
                continue
            peer = peer_of(one.phone.lstrip("0"))
            if peer is not None:
                self._asked_s[key] = now_s
                self.send(peer, one.request(int(self.serials(1)[0])))
        self._asked_s = {key: at_s for key, at_s in self._asked_s.items() if now_s - at_s < self.assembler.timeout_s}

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("an answer to a terminal failed", error=repr(task.exception()))
