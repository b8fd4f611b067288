"""How many JT/T 808 position frames a second one core reads: one by one, in windows, and from the stream of bytes on.

Needs no database. Positions with four extra items (mileage, fuel, signal, satellites), every 20th as a batch of five, every 50th a
heartbeat. Processor seconds of this process, so that neighbours on the machine count little; the best of
`--rounds`. Last line: one JSON object.

    ./gridloop bench jt808 [--frames 2000,10000,100000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import random
import time
from collections.abc import Callable

from bench.yardstick import yardstick_ms
from gridloop.fleet.jt808 import Edition, Header, Message, Splitter, decode, encode
from gridloop.fleet.jt808.acks import acks
from gridloop.fleet.jt808.positions import decode_many
from gridloop.kernel.clock import CITY_ZONE

DAY = dt.datetime(2026, 11, 22, tzinfo=CITY_ZONE)
DISTINCT = 5_000  # frames that differ; larger windows repeat them
CHUNK_BYTES = 4_096  # what a socket gives at a time


def main() -> None:
    """Measure at each size, print."""
    asked = arguments()
    figures: dict[str, object] = {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "yardstick_ms": yardstick_ms(),
    }
    print(f"yardstick {figures['yardstick_ms']} ms")
    for count in asked.frames:
        figures[str(count)] = measured(count, asked.rounds)
    figures["yardstick_after_ms"] = yardstick_ms()
    print(json.dumps(figures))


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--frames", type=lambda text: [int(part) for part in text.split(",")], default=[2_000, 10_000, 100_000]
    )
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def measured(count: int, rounds: int) -> dict[str, int]:
    """Frames a second at one size of the window."""
    sent = traffic(count)
    stream = b"".join(sent)
    chunks = [stream[at : at + CHUNK_BYTES] for at in range(0, len(stream), CHUNK_BYTES)]
    bare = [frame[1:-1] for frame in sent]
    rows = decode_many(bare).rows
    bad = [broken(frame) if place % 10 == 0 else frame for place, frame in enumerate(bare)]
    few = bare[: min(count, 20_000)]
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "careful_per_s": (len(few), lambda: [decode(frame) for frame in few]),
        "split_per_s": (count, lambda: split(chunks)),
        "window_per_s": (count, lambda: decode_many(bare)),
        "split_and_window_per_s": (count, lambda: decode_many(split(chunks))),
        "a_chunk_a_frame_per_s": (count, lambda: decode_many(split(sent))),
        "window_tenth_bad_per_s": (count, lambda: decode_many(bad)),
        "acks_per_s": (len(rows), lambda: acks(rows, range(len(rows)))),
    }
    figures = {name: speed(work, done, rounds) for name, (done, work) in works.items()}
    figures["positions"] = len(rows)
    figures["bytes_per_frame"] = len(stream) // count
    for name, figure in figures.items():
        print(f"{count:>7} frames  {name:<24}{figure:>12,}")
    return figures


def speed(work: Callable[[], object], done: int, rounds: int) -> int:
    """How many a processor second, the best of the rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return round(done / best)


def split(chunks: list[bytes]) -> list[bytes]:
    """The frames of one stream, as a gateway cuts them."""
    splitter = Splitter()
    frames: list[bytes] = []
    for chunk in chunks:
        frames += splitter.feed(chunk)
    return frames


def broken(frame: bytes) -> bytes:
    """The frame with another last byte of its body."""
    return frame[:-2] + bytes([frame[-2] ^ 0x10]) + frame[-1:]


def traffic(count: int) -> list[bytes]:
    """Frames as terminals send them, half of each edition, the same for every run."""
    chance = random.Random(808)
    distinct = [encode(said(chance, number)) for number in range(min(count, DISTINCT))]
    return [distinct[number % len(distinct)] for number in range(count)]


def said(chance: random.Random, number: int) -> Message:
    """One message: usually a position."""
    edition = Edition.V2019 if number % 2 else Edition.V2013
    header = Header(0x0200, f"139{chance.randrange(10**8):08d}", chance.randrange(65_536), edition)
    if number % 50 == 49:
        return Message(Header(0x0002, header.phone, header.serial, edition), {})
    if number % 20 == 19:
        items = [position(chance) for _ in range(5)]
        return Message(Header(0x0704, header.phone, header.serial, edition), {"kind": 1, "items": items})
    return Message(header, position(chance))


def position(chance: random.Random) -> dict[str, object]:
    """A position somewhere in the city on one day."""
    return {
        "alarm": 0,
        "status": 0x000C0003,
        "latitude": chance.randrange(24_400_000, 24_700_000),
        "longitude": chance.randrange(117_900_000, 118_300_000),
        "altitude": chance.randrange(60),
        "speed": chance.randrange(900),
        "heading": chance.randrange(360),
        "time": DAY + dt.timedelta(seconds=chance.randrange(86_400)),
        "extras": [(0x01, chance.randrange(10**7)), (0x02, chance.randrange(4000)), (0x30, 24), (0x31, 12)],
    }


if __name__ == "__main__":
    main()
