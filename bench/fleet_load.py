"""The load of `bench fleet`: terminals on real sockets in a process of their own, and a reader of the live stream in another.

Frames are built by columns, because the load shares the machine with what is measured. Vehicles drive along a mesh of streets as in `bench fences`.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import struct
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.fences import CITY, DEGREES, STREET_M
from gridloop.fleet.jt808 import Header, Message, Splitter, decode, encode
from gridloop.fleet.jt808.frames import escape

CODE = "bench-code"
PHONE_FIRST = 13_900_000_000
RING = 64
"""Moments of sending kept for each vehicle, by the second of its fix."""
TICK_S = 0.05
CITY_M = 60_000.0
EAST_OF_UTC_S = 8 * 3600
EXTRAS = bytes.fromhex("0104000004d202020abc30011831010c")
BODY = 28 + len(EXTRAS)
FRAME = 12 + BODY + 1
ANSWERS_S = 60.0
UNANSWERED_S = 15.0


@dataclass(slots=True)
class Line:
    """One socket, standing for some vehicles: what it sent and is not answered yet (moment, frames)."""

    socket: socket.socket
    waiting: deque[tuple[float, int]] = field(default_factory=deque)
    open_frames: int = 0
    unsent: bytes = b""


class Fleet:
    """Where the vehicles are, and their next frames."""

    def __init__(self, vehicles: int, every_s: float, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.every_s = every_s
        self.at = self.chance.integers(0, 150, (vehicles, 2)) * STREET_M * 1.0
        self.axis = self.chance.integers(0, 2, vehicles)
        self.speed = self.chance.uniform(5, 20, vehicles) * self.chance.choice([-1, 1], vehicles)
        self.serial = np.zeros(vehicles, np.int64)
        self.phones = bcd(PHONE_FIRST + np.arange(vehicles), 6)

    def move(self, who: NDArray[np.int64]) -> None:
        """One step of these, turning at crossings now and then; out of the city means in again on the other side."""
        before = np.floor(self.at[who, self.axis[who]] / STREET_M)
        self.at[who, self.axis[who]] += self.speed[who] * self.every_s
        crossed = np.floor(self.at[who, self.axis[who]] / STREET_M) != before
        turns = who[crossed & (self.chance.random(len(who)) < 0.3)]
        self.at[turns, self.axis[turns]] = np.round(self.at[turns, self.axis[turns]] / STREET_M) * STREET_M
        self.axis[turns] = 1 - self.axis[turns]
        outside = (self.at[who] < 0).any(axis=1) | (self.at[who] > CITY_M).any(axis=1)
        self.speed[who[outside]] *= -1
        self.at[who] = np.clip(self.at[who], 0, CITY_M)

    def frames(self, who: NDArray[np.int64], at_s: int) -> list[bytes]:
        """A 0x0200 of each at this second, delimiters included."""
        self.serial[who] += 1
        lonlat = CITY + ((self.at[who] + self.chance.normal(0, 5, (len(who), 2))) / CITY_M - 0.5) * DEGREES
        table = np.zeros((len(who), FRAME + 2), np.uint8)
        table[:, 0] = table[:, -1] = 0x7E
        inner = table[:, 1:-1]
        inner[:, 0:2] = words(np.full(len(who), 0x0200), 2)
        inner[:, 2:4] = words(np.full(len(who), BODY), 2)
        inner[:, 4:10] = self.phones[who]
        inner[:, 10:12] = words(self.serial[who] & 0xFFFF, 2)
        body = inner[:, 12:-1]
        body[:, 4:8] = words(np.full(len(who), 0x000C0003), 4)
        body[:, 8:12], body[:, 12:16] = words(lonlat[:, 1] * 1e6, 4), words(lonlat[:, 0] * 1e6, 4)
        body[:, 16:18], body[:, 20:22] = words(np.full(len(who), 12), 2), words(np.full(len(who), 90), 2)
        body[:, 18:20] = words(np.abs(self.speed[who]) * 36, 2)
        local = time.gmtime(at_s + EAST_OF_UTC_S)
        body[:, 22:28] = np.frombuffer(bytes.fromhex(time.strftime("%y%m%d%H%M%S", local)), np.uint8)
        body[:, 28:] = np.frombuffer(EXTRAS, np.uint8)
        inner[:, -1] = np.bitwise_xor.reduce(inner[:, :-1], axis=1)
        whole, width = table.tobytes(), table.shape[1]
        made = [whole[start : start + width] for start in range(0, len(whole), width)]
        for place in np.flatnonzero(((inner == 0x7D) | (inner == 0x7E)).any(axis=1)).tolist():
            made[place] = b"\x7e" + escape(made[place][1:-1]) + b"\x7e"
        return made


def words(values: NDArray[Any], size: int) -> NDArray[np.uint8]:
    """Whole numbers as big-endian bytes (n, size)."""
    return np.ascontiguousarray(values.astype(f">u{size}")).view(np.uint8).reshape(len(values), size)


def bcd(numbers: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    """Decimal digits, two a byte (n, size)."""
    digits = numbers[:, None] // 10 ** np.arange(2 * size - 1, -1, -1) % 10
    packed: NDArray[np.uint8] = (digits[:, 0::2] << 4 | digits[:, 1::2]).astype(np.uint8)
    return packed


class Load:
    """Sends at a pace and counts the answers. Every answer is one frame, in the order of sending on its socket."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.fleet = Fleet(asked.vehicles, asked.vehicles / asked.rate, 808)
        self.lines: list[Line] = []
        self.poll = select.epoll()
        self.by_file: dict[int, Line] = {}
        self.sent = self.acked = self.held_back = 0
        self.ack_s: list[float] = []
        self.ring = np.memmap(asked.memory, np.float64, "r+", shape=(asked.vehicles, RING))

    def connect(self) -> None:
        """Open the sockets and sign all vehicles in."""
        for _ in range(self.asked.sockets):
            line = Line(socket.create_connection(("127.0.0.1", self.asked.port[0])))
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.lines.append(line)
            self.by_file[line.socket.fileno()] = line
        for start in range(0, self.asked.sockets, 200):
            chosen = range(start, min(start + 200, self.asked.sockets))
            for number in chosen:
                self.lines[number].socket.sendall(b"".join(self._sign_in(number)))
            for number in chosen:
                self._signed_in(number)
        for line in self.lines:
            line.socket.setblocking(False)
            self.poll.register(line.socket.fileno(), select.EPOLLIN)

    def _line_of(self, who: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sockets of vehicles: `batch` of those that report one after the other share one, and are sent together."""
        found: NDArray[np.int64] = who // self.asked.batch % self.asked.sockets
        return found

    def _on(self, number: int) -> list[int]:
        """The vehicles of a socket."""
        return np.flatnonzero(self._line_of(np.arange(self.asked.vehicles)) == number).tolist()

    def _sign_in(self, number: int) -> list[bytes]:
        return [
            encode(Message(Header(0x0102, f"{PHONE_FIRST + vehicle:012d}", 1), {"code": CODE}))
            for vehicle in self._on(number)
        ]

    def _signed_in(self, number: int) -> None:
        splitter, wanted = Splitter(), len(self._on(number))
        self.lines[number].socket.settimeout(ANSWERS_S)
        while wanted:
            for frame in splitter.feed(self.lines[number].socket.recv(65_536)):
                result = decode(frame).body["result"]
                if result:
                    raise SystemExit(f"a vehicle was not let in: {result}")
                wanted -= 1

    def run(self) -> None:
        """Until standard input closes; a line of JSON a second."""
        begun = due = time.monotonic()
        told = begun
        turn = 0
        vehicles = self.asked.vehicles
        a_tick = round(self.asked.rate * TICK_S)
        stop = select.poll()
        stop.register(sys.stdin.fileno(), select.POLLIN | select.POLLHUP)
        while not stop.poll(0):
            now = time.monotonic()
            if now >= due:
                due += TICK_S
                if due < now - 1.0:
                    due = now  # the load itself is behind: what it offers is told, not what was asked
                who = np.arange(turn, turn + a_tick) % vehicles
                turn = (turn + a_tick) % vehicles
                self._send(who)
            self._hear(max(0.0, due - time.monotonic()))
            if now - told >= 1.0:
                told += 1.0
                self._tell(now - begun)
        self._drain()

    def _send(self, who: NDArray[np.int64]) -> None:
        self.fleet.move(who)
        at_s = int(time.time())
        frames = self.fleet.frames(who, at_s)
        lines = self._line_of(who)
        edges = [0, *(np.flatnonzero(lines[1:] != lines[:-1]) + 1).tolist(), len(frames)]
        self.ring[who, at_s % RING] = time.time()
        for start, stop in pairwise(edges):
            line, parts = self.lines[int(lines[start])], frames[start:stop]
            data = line.unsent + b"".join(parts)
            try:
                gone = line.socket.send(data)
            except BlockingIOError:
                gone = 0
                self.held_back += 1
            line.unsent = data[gone:]
            line.waiting.append((time.monotonic(), len(parts)))
            self.sent += len(parts)

    def _hear(self, wait_s: float) -> None:
        for number, _ in self.poll.poll(wait_s, 4096):
            line = self.by_file[number]
            data = line.socket.recv(65_536)
            if not data:
                raise SystemExit("the gateway closed a connection")
            frames = data.count(b"\x7e") + line.open_frames
            line.open_frames = frames & 1
            self._answered(line, frames // 2)

    def _answered(self, line: Line, count: int) -> None:
        self.acked += count
        now = time.monotonic()
        while count and line.waiting:
            sent_s, frames = line.waiting[0]
            if frames > count:
                line.waiting[0] = (sent_s, frames - count)
                return
            line.waiting.popleft()
            count -= frames
            if len(self.ack_s) < 200_000:
                self.ack_s.append(now - sent_s)

    def _tell(self, at_s: float) -> None:
        spent, self.ack_s = sorted(self.ack_s), []
        p99 = spent[len(spent) * 99 // 100] if spent else 0.0
        p50 = spent[len(spent) // 2] if spent else 0.0
        said = {"at_s": round(at_s, 1), "sent": self.sent, "acked": self.acked, "held_back": self.held_back}
        print(json.dumps(said | {"ack_p50_ms": round(p50 * 1000), "ack_p99_ms": round(p99 * 1000)}), flush=True)

    def _drain(self) -> None:
        """Wait for the last answers."""
        until = time.monotonic() + UNANSWERED_S
        while self.acked < self.sent and time.monotonic() < until:
            for line in self.lines:
                if line.unsent:
                    line.unsent = line.unsent[line.socket.send(line.unsent) :]
            self._hear(0.1)
        self._tell(0.0)


def read_stream(asked: argparse.Namespace) -> None:
    """Follow the live streams until told to end: how long after its frame was sent each warning arrived. One JSON line at the end of input."""
    ring = np.memmap(asked.memory, np.float64, "r", shape=(asked.vehicles, RING))
    lines = {line.fileno(): line for line in (socket.create_connection(("127.0.0.1", port)) for port in asked.port)}
    held, warnings, positions = dict.fromkeys(lines, b""), 0, 0
    stop = select.poll()
    for file in (sys.stdin.fileno(), *lines):
        stop.register(file, select.POLLIN | select.POLLHUP)
    while sys.stdin.fileno() not in (ready := {number for number, _ in stop.poll()}):
        for number in ready:
            read = lines[number].recv(1 << 20)
            now = time.time()
            if not read:
                raise SystemExit("a live stream has ended")
            frames, held[number] = frames_of(held[number] + read)
            for kind, payload in frames:
                if kind == 1:
                    positions += struct.unpack_from("<I", payload)[0]
                elif kind == 2:
                    late = [latency_ms(one, ring, asked.first, now) for one in json.loads(payload)]
                    warnings += len(late)
                    good = [one for one in late if one is not None]
                    if good:
                        print(json.dumps(good), flush=True)
    print(json.dumps({"warnings": warnings, "positions": positions}), flush=True)


def frames_of(held: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """(kind, payload) of each whole frame, and what is left of the next one."""
    found, start = [], 0
    while len(held) - start >= 4:
        size = struct.unpack_from("<I", held, start)[0]
        if len(held) - start < 4 + size:
            break
        found.append((held[start + 4], held[start + 5 : start + 4 + size]))
        start += 4 + size
    return found, held[start:]


def latency_ms(one: dict[str, Any], ring: NDArray[np.float64], first: int, now: float) -> float | None:
    """From the sending of the deciding fix to now; None where the stage was decided by no fix."""
    at_ms = {"suspected": one["suspected_at_ms"], "confirmed": one["confirmed_at_ms"], "ended": one["ended_at_ms"]}.get(
        one["stage"]
    )
    if at_ms is None or one["stage"] == "ended":
        return None
    sent = float(ring[one["vehicle_id"] - first, at_ms // 1000 % RING])
    spent_ms = (now - sent) * 1000
    return round(spent_ms, 1) if 0 <= spent_ms < RING * 1000 / 2 else None


def main() -> None:
    """As the load or as the reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("load", "stream"))
    parser.add_argument("--port", type=int, nargs="+", required=True, help="of the gateway, or of each live stream")
    parser.add_argument("--memory", required=True)
    parser.add_argument("--vehicles", type=int, default=60_000)
    parser.add_argument("--sockets", type=int, default=2_000)
    parser.add_argument("--rate", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--batch", type=int, default=1)
    asked = parser.parse_args()
    if asked.part == "stream":
        read_stream(asked)
        return
    load = Load(asked)
    load.connect()
    print(json.dumps({"signed_in": asked.vehicles}), flush=True)
    sys.stdin.readline()
    load.run()


if __name__ == "__main__":
    main()
