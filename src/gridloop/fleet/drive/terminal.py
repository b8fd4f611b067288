"""A vehicle terminal of JT/T 808 as a gateway meets it: registers, authenticates, reports, resends, answers."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gridloop.fleet.drive.answers import answers_to
from gridloop.fleet.drive.link import Link
from gridloop.fleet.drive.roads import Spot
from gridloop.fleet.jt808 import BadFrame, Edition, Header, Message, decode, encode_parts
from gridloop.kernel.clock import CITY_ZONE

HEARTBEAT, REGISTER, AUTHENTICATE, POSITION, BATCH = 0x0002, 0x0100, 0x0102, 0x0200, 0x0704
DRIVER, MEDIA_EVENT, MEDIA = 0x0702, 0x0800, 0x0801
ACK, ASKED_AGAIN, REGISTERED, MEDIA_ACK = 0x8001, 0x8003, 0x8100, 0x8800
HELD_MAX = 2_000
"""Messages that wait for their acknowledgement; the terminal's memory ends there and the oldest is lost."""
ACC_ON, POSITIONED, BEIDOU = 1, 2, 1 << 19
MINOR = 1e6


class Unwelcome(ConnectionError):
    """The platform did not let the terminal in; `result` is what it said, -1 where it said nothing in time."""

    def __init__(self, phone: str, step: str, result: int) -> None:
        super().__init__(f"terminal {phone}: {step} was answered with {result}")
        self.step = step
        self.result = result


@dataclass(frozen=True, slots=True)
class Identity:
    """What a terminal says of itself. phone: digits without zeros at the left."""

    phone: str
    plate: str
    plate_colour: int = 2
    edition: Edition = Edition.V2013
    maker: str = "GLSIM"
    model: str = "SIM-1"
    terminal_id: str = "SIM0001"
    province: int = 35
    city: int = 200


@dataclass(slots=True)
class Counts:
    """What a drive has sent and heard; several terminals share one."""

    sent: int = 0
    acked: int = 0
    resent: int = 0
    refused: int = 0
    lost: int = 0
    orders: int = 0
    unwelcome: int = 0
    reconnects: int = 0


@dataclass(slots=True)
class Sent:
    """A message that waits for its acknowledgement; `fixes` positions stand in it."""

    frames: list[bytes]
    at: float
    fixes: int


def position_body(spot: Spot, at: dt.datetime, *, alarm: int = 0) -> dict[str, Any]:
    """The body of 0x0200 for this spot at this moment (aware); whole seconds, as the standard has them."""
    status = POSITIONED | BEIDOU | (0 if spot.parked else ACC_ON)
    status |= (4 if spot.lat < 0 else 0) | (8 if spot.lon < 0 else 0)
    return {
        "alarm": alarm,
        "status": status,
        "latitude": min(round(abs(spot.lat) * MINOR), 0xFFFFFFFF),
        "longitude": min(round(abs(spot.lon) * MINOR), 0xFFFFFFFF),
        "altitude": 12,
        "speed": min(round(spot.speed_kmh * 10), 0xFFFF),
        "heading": round(spot.heading) % 360,
        "time": at.astimezone(CITY_ZONE).replace(microsecond=0),
        "extras": [],
    }


@dataclass(slots=True)
class Terminal:
    """One session after another of one terminal. Everything that was sent and not acknowledged is sent again, also after a new connection."""

    identity: Identity
    counts: Counts = field(default_factory=Counts)
    resend_after_s: float = 10.0
    patience_s: float = 10.0
    code: str = ""
    heard: list[Message] = field(default_factory=list)
    heard_max: int = 100
    parameters: dict[int, Any] = field(default_factory=lambda: {0x0001: 30, 0x0029: 30, 0x0055: 100})
    picture: bytes = b""
    last: dict[str, Any] = field(default_factory=dict)
    rejected: bool = False  # the platform no longer takes what we say; a terminal then signs in again
    every_s: float | None = None  # asked for by 0x8202, None where not
    unacked: OrderedDict[int, Sent] = field(default_factory=OrderedDict)
    _serial: int = 0
    _link: Link | None = None
    _media: dict[int, int] = field(default_factory=dict)  # serial of the first packet by media number
    _waiting: dict[int, asyncio.Future[Message]] = field(default_factory=dict)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connected(self) -> bool:
        """Whether the connection stands."""
        return self._link is not None and self._link.is_open

    async def connect(self, host: str, port: int, *, udp: bool = False) -> None:
        """Connect, register where there is no code yet, authenticate, and send again what was never acknowledged.

        Raises OSError where nobody answers, Unwelcome where the platform refuses.
        """
        self._gone = asyncio.Event()
        self._link = await Link.opened(host, port, self._frame, self._lost, udp=udp)
        if not self.code:
            await self.register()
        await self.authenticate()
        self.resend(0.0)

    async def register(self) -> None:
        """0x0100, and keep the code that 0x8100 gives; raises Unwelcome."""
        said = await self._ask(REGISTER, self._registration(), REGISTERED)
        result = int(said.body.get("result", -1))
        if result != 0:
            raise Unwelcome(self.identity.phone, "registration", result)
        self.code = str(said.body["code"])

    async def authenticate(self) -> None:
        """0x0102 with the code; raises Unwelcome, and forgets a code that is no longer good."""
        body = {"code": self.code, "imei": "990000000000000", "software": "drive"}
        if self.identity.edition is not Edition.V2019:
            body = {"code": self.code}
        said = await self._ask(AUTHENTICATE, body, ACK)
        result = int(said.body.get("result", -1))
        if result != 0:
            self.code = ""
            raise Unwelcome(self.identity.phone, "authentication", result)
        self.rejected = False

    def position(self, spot: Spot, at: dt.datetime, *, alarm: int = 0) -> int:
        """Report one position; returns its serial."""
        self.last = position_body(spot, at, alarm=alarm)
        return self.say(POSITION, self.last, fixes=1)

    def batch(self, spots: Sequence[tuple[Spot, dt.datetime]], *, late: bool = True) -> int:
        """Report many positions in one 0x0704; `late`: from a blind zone."""
        items = [position_body(spot, at) for spot, at in spots]
        return self.say(BATCH, {"kind": int(late), "items": items}, fixes=len(items))

    def driver(self, name: str, qualification: str, at: dt.datetime, *, card_in: bool = True) -> int:
        """A driver's card goes in or out (0x0702)."""
        body: dict[str, Any] = {"state": 1 if card_in else 2, "time": at.astimezone(CITY_ZONE).replace(microsecond=0)}
        if card_in:
            body |= {"card_result": 0, "name": name, "qualification": qualification, "issuer": "测试发证机构"}
            body["valid_to"] = dt.date(at.year + 3, 12, 31)
            if self.identity.edition is Edition.V2019:
                body["id_number"] = "990000200001010018"
        return self.say(DRIVER, body)

    def media(self, number: int, data: bytes, *, event: int = 0, channel: int = 1) -> int:
        """A picture: its event (0x0800) and its data (0x0801) in packets."""
        about = {"media": number, "kind": 0, "format": 0, "event": event, "channel": channel}
        self.say(MEDIA_EVENT, about)
        where = {name: value for name, value in self.last.items() if name != "extras"}
        self._media[number] = self.say(MEDIA, about | {"position": where, "data": data})
        return self._media[number]

    def heartbeat(self) -> int:
        """0x0002."""
        return self.say(HEARTBEAT, {})

    def say(self, message_id: int, body: dict[str, Any], *, fixes: int = 0, keep: bool = True) -> int:
        """Send any message; kept until it is acknowledged unless `keep` says no. Returns the serial of its first packet."""
        frames, serial = self._frames(message_id, body)
        if keep:
            self.unacked[serial] = Sent(frames, asyncio.get_running_loop().time(), fixes)
            while len(self.unacked) > HELD_MAX:
                self.counts.lost += self.unacked.popitem(last=False)[1].fixes
        self.counts.sent += fixes
        self._write(frames)
        return serial

    def resend(self, after_s: float | None = None) -> int:
        """Send again what has waited so long (default: `resend_after_s`); returns how many messages."""
        now = asyncio.get_running_loop().time()
        least = self.resend_after_s if after_s is None else after_s
        old = [sent for sent in self.unacked.values() if now - sent.at >= least]
        for sent in old if self.connected else ():
            sent.at = now
            self._write(sent.frames)
            self.counts.resent += sent.fixes
        return len(old)

    async def room(self) -> None:
        """Wait until the platform takes more."""
        if self._link is not None:
            await self._link.room()

    async def settled(self, within_s: float = 10.0) -> bool:
        """Wait until everything is acknowledged; whether it was, in time."""
        if self.unacked:
            self._settled.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._settled.wait()
        return not self.unacked

    async def gone(self) -> None:
        """Wait until the connection is lost."""
        await self._gone.wait()

    def close(self) -> None:
        """Hang up; what is not acknowledged stays held."""
        if self._link is not None:
            self._link.close()

    def _registration(self) -> dict[str, Any]:
        one = self.identity
        return {
            "province": one.province,
            "city": one.city,
            "maker": one.maker,
            "model": one.model,
            "terminal_id": one.terminal_id,
            "plate_colour": one.plate_colour,
            "plate": one.plate,
        }

    def _frames(self, message_id: int, body: dict[str, Any]) -> tuple[list[bytes], int]:
        digits = self.identity.edition.phone_digits
        serial = self._serial
        header = Header(message_id, self.identity.phone.zfill(digits), serial, self.identity.edition)
        frames = encode_parts(Message(header, body))
        self._serial = (serial + len(frames)) & 0xFFFF
        return frames, serial

    def _write(self, frames: Sequence[bytes]) -> None:
        if self._link is not None:
            for frame in frames:
                self._link.send(frame)

    async def _ask(self, message_id: int, body: dict[str, Any], answer: int) -> Message:
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = future
        frames, _ = self._frames(message_id, body)
        self._write(frames)
        try:
            async with asyncio.timeout(self.patience_s):
                return await future
        except TimeoutError as silence:
            raise Unwelcome(self.identity.phone, f"0x{message_id:04x} (waiting for 0x{answer:04x})", -1) from silence
        finally:
            self._waiting.pop(message_id, None)

    def _lost(self) -> None:
        self._gone.set()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the platform hung up"))

    def _frame(self, frame: bytes) -> None:
        try:
            message = decode(frame)
        except BadFrame:
            self.counts.refused += 1
            return
        if message.header.id == ACK:
            self._acked(message)
        elif message.header.id == REGISTERED:
            self._answered(REGISTER, message)
        elif message.header.id == MEDIA_ACK:
            self._media_acked(message)
        elif message.header.id == ASKED_AGAIN:
            self._again(int(message.body["first_serial"]), message.body["parts"])
        else:
            self._ordered(message)

    def _acked(self, message: Message) -> None:
        answered, serial = message.body["acked_id"], message.body["acked_serial"]
        if answered == AUTHENTICATE:
            self._answered(AUTHENTICATE, message)
            return
        if message.body["result"] not in {0, 4}:
            self.counts.refused += 1
            self.rejected = True
            return
        first = serial if serial in self.unacked else self._first_of(serial)
        self._done(first)

    def _done(self, first: int) -> None:
        sent = self.unacked.pop(first, None)
        if sent is not None:
            self.counts.acked += sent.fixes
        if not self.unacked:
            self._settled.set()

    def _first_of(self, serial: int) -> int:
        """The first packet of the message whose last packet has this serial; a platform acknowledges either."""
        for first, sent in self.unacked.items():
            if len(sent.frames) > 1 and (first + len(sent.frames) - 1) & 0xFFFF == serial:
                return first
        return -1

    def _answered(self, message_id: int, message: Message) -> None:
        future = self._waiting.get(message_id)
        if future is not None and not future.done():
            future.set_result(message)

    def _media_acked(self, message: Message) -> None:
        number, parts = message.body["media"], message.body.get("parts", ())
        if parts and number in self._media:
            self._again(self._media[number], parts)
        else:
            self._done(self._media.pop(number, -1))

    def _again(self, first: int, parts: Sequence[int]) -> None:
        sent = self.unacked.get(first)
        if sent is not None:
            self._write([sent.frames[part - 1] for part in parts if 1 <= part <= len(sent.frames)])

    def _ordered(self, message: Message) -> None:
        self.counts.orders += 1
        self.heard.append(message)
        del self.heard[: -self.heard_max]
        for message_id, body in answers_to(message, self.last, self.parameters):
            self.say(message_id, body, keep=False)
        if message.header.id == 0x8202:
            self.every_s = float(message.body["interval"]) or None
        if message.header.id == 0x8801 and self.picture:
            self.media(message.header.serial + 1, self.picture)
