"""A terminal for tests: a plain socket that speaks JT/T 808 and waits for each answer."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Iterator
from typing import Any

from gridloop.fleet.jt808 import Edition, Header, Message, Splitter, decode, encode, encode_parts
from gridloop.kernel.clock import CITY_ZONE

ANSWER_S_MAX = 60.0


class Terminal:
    """One phone number on one socket; `udp` for datagrams."""

    def __init__(self, port: int, phone: str, *, edition: Edition = Edition.V2013, udp: bool = False) -> None:
        self.phone, self.edition = phone.zfill(edition.phone_digits), edition
        if udp:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.connect(("127.0.0.1", port))
        else:
            self.socket = socket.create_connection(("127.0.0.1", port))
        self.serial = 0
        self._splitter = Splitter()
        self._heard: list[Message] = []

    def say(self, message_id: int, body: dict[str, Any] | None = None, *, serial: int | None = None) -> int:
        """Send a message; its serial."""
        if serial is None:
            self.serial += 1
            serial = self.serial
        header = Header(message_id, self.phone, serial, self.edition)
        for frame in encode_parts(Message(header, body or {})):
            self.socket.sendall(frame)
        return serial

    def say_raw(self, frame: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(frame)

    def hear(self, message_id: int, **fields: object) -> Message:
        """The next message of this id whose body has these fields; others are kept for later."""
        until = time.monotonic() + ANSWER_S_MAX
        while True:
            for message in self._heard:
                body = message.body
                if message.header.id == message_id and all(body.get(name) == value for name, value in fields.items()):
                    self._heard.remove(message)
                    return message
            left = until - time.monotonic()
            assert left > 0, f"no {message_id:#06x} {fields} among {[m.header.id for m in self._heard]}"
            self.socket.settimeout(left)
            chunk = self.socket.recv(65_536)
            assert chunk, "the gateway hung up"
            self._heard += [decode(frame) for frame in self._splitter.feed(chunk)]

    def ask(self, message_id: int, body: dict[str, Any] | None = None) -> int:
        """Send, and wait for the general acknowledgement; its result."""
        serial = self.say(message_id, body)
        return int(self.hear(0x8001, acked_serial=serial).body["result"])

    def register(self, plate: str, *, device: str = "DEV0001") -> Message:
        """0x0100 and its answer."""
        body = {
            "province": 35,
            "city": 200,
            "maker": "GLTST",
            "model": "T-1",
            "terminal_id": device,
            "plate_colour": 2,
            "plate": plate,
        }
        serial = self.say(0x0100, body)
        return self.hear(0x8100, acked_serial=serial)

    def sign_in(self, code: str) -> int:
        """0x0102; the result."""
        late = {"imei": "123456789012345", "software": "1"} if self.edition is Edition.V2019 else {}
        return self.ask(0x0102, {"code": code} | late)

    def hung_up(self) -> bool:
        """Whether the gateway closes the line."""
        self.socket.settimeout(ANSWER_S_MAX)
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def position(
    at: dt.datetime, lon: float = 118.1, lat: float = 24.5, *, speed: int = 300, extras: tuple[Any, ...] = ()
) -> dict[str, Any]:
    """The body of 0x0200."""
    return {
        "alarm": 0,
        "status": 0x000C0003,
        "latitude": round(lat * 1e6),
        "longitude": round(lon * 1e6),
        "altitude": 12,
        "speed": speed,
        "heading": 90,
        "time": at.astimezone(CITY_ZONE),
        "extras": list(extras),
    }


def frame(phone: str, message_id: int, serial: int, body: dict[str, Any]) -> bytes:
    """One frame of 2013."""
    return encode(Message(Header(message_id, phone.zfill(12), serial), body))


def seconds(begin: dt.datetime, count: int) -> Iterator[dt.datetime]:
    """Moments a second apart."""
    return (begin + dt.timedelta(seconds=number) for number in range(count))
