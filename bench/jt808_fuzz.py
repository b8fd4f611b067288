"""Mutated JT/T 808 frames by the million: no frame may crash the codec or make it slow.

Frames of every message and edition are made from the tables, then bytes are changed, cut, inserted, repeated; most get a right check
byte again, so that the damage reaches the body. Frames are decoded strictly and leniently in turn; every fifth window also goes through the
splitter in random pieces and through the fast way, which must refuse the same frames; what was accepted is written and read again now and
then. Prints a line a window of progress; last line: one JSON object. Any other error than a refusal ends it, with the frame in hexadecimal.

    ./gridloop bench jt808_fuzz [--frames 1000000] [--seed 1]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import time
from collections import Counter
from typing import Any

from bench.yardstick import yardstick_ms
from gridloop.fleet.jt808 import MESSAGES, BadFrame, Edition, Header, Item, Message, Splitter, decode, encode
from gridloop.fleet.jt808.frames import BODY_MAX, Part, close_frame, unescape, xor_of
from gridloop.fleet.jt808.items import Items
from gridloop.fleet.jt808.kinds import Day, Digits, LongText, Number, Raw, Signed, Text, Time
from gridloop.fleet.jt808.message import encode_body
from gridloop.fleet.jt808.positions import decode_many
from gridloop.fleet.jt808.records import CountOf, Listed, Record, Sized
from gridloop.kernel.clock import CITY_ZONE

WINDOW = 5_000
CORPUS_ROUNDS = 4
EVIL = bytes.fromhex("000102040d1c207d7e7f8080819999fefeffff")
BEGINNING = dt.datetime(2000, 1, 1, tzinfo=CITY_ZONE)
LETTERS = "闽粤港测试张三李四0123456789ABCxyz;~}"


class Tallies:
    """What became of the frames, and the slowest of them."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.longest_s = 0.0
        self.longest_frame = b""
        self.written_again = 0
        self.windows_compared = 0


def main() -> None:
    """Mutate, decode, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    frames = corpus(chance)
    tallies, done, begun = Tallies(), 0, time.process_time()
    while done < asked.frames:
        size = min(WINDOW, asked.frames - done)
        window = [mutated(chance, frames[chance.randrange(len(frames))]) for _ in range(size)]
        refused = {place for place, frame in enumerate(window) if not tried(frame, tallies, lenient=bool(place & 1))}
        if done // WINDOW % 5 == 0:
            compare(chance, window, refused, tallies)
        done += size
        if done // WINDOW % 40 == 0:
            print(f"{done:,} frames, longest {tallies.longest_s * 1e6:.0f} us", file=sys.stderr, flush=True)
    print(json.dumps(summary(done, asked.seed, len(frames), time.process_time() - begun, tallies)))


def summary(done: int, seed: int, made: int, seconds: float, tallies: Tallies) -> dict[str, object]:
    """The figures of the whole run."""
    return {
        "frames": done,
        "seed": seed,
        "corpus": made,
        "crashes": 0,
        "cpu_s": round(seconds, 1),
        "longest_us": round(tallies.longest_s * 1e6),
        "longest_bytes": len(tallies.longest_frame),
        "written_again": tallies.written_again,
        "windows_compared": tallies.windows_compared,
        "yardstick_ms": yardstick_ms(),
        "verdicts": dict(tallies.verdicts.most_common()),
    }


def tried(frame: bytes, tallies: Tallies, *, lenient: bool) -> bool:
    """Decode one frame in one mode; whether it was accepted."""
    begun = time.thread_time()
    try:
        message = decode(frame, lenient=lenient)
    except BadFrame as error:
        verdict, message = f"refused {error.code}", None
    except Exception:
        print(f"crashed (lenient: {lenient}): {frame.hex()}", file=sys.stderr)
        raise
    else:
        verdict = f"marked {message.marks[0].code}" if message.marks else "accepted"
    took = time.thread_time() - begun
    if took > tallies.longest_s:
        took = min(took, *(timed(frame, lenient=lenient) for _ in range(3)))
        if took > tallies.longest_s:
            tallies.longest_s, tallies.longest_frame = took, frame
    tallies.verdicts[verdict] += 1
    if message is not None and tallies.verdicts[verdict] % 20 == 0:
        again(message, lenient=lenient)
        tallies.written_again += 1
    return message is not None


def timed(frame: bytes, *, lenient: bool) -> float:
    """Processor seconds of one decoding alone, whatever its verdict: the first time the collector of garbage may have struck."""
    begun = time.thread_time()
    try:
        decode(frame, lenient=lenient)
    except BadFrame:
        return time.thread_time() - begun
    return time.thread_time() - begun


def again(message: Message, *, lenient: bool) -> None:
    """What was read can be written, and says the same when it is read again; a lenient reading says what it could."""
    frame = encode(message)
    if not lenient:
        back = decode(frame, edition=message.header.edition)
        assert back.body == message.body, frame.hex()
        assert back.header == message.header, frame.hex()


def compare(chance: random.Random, window: list[bytes], refused: set[int], tallies: Tallies) -> None:
    """The fast way refuses what the careful way refuses; the splitter takes every piece of it."""
    tallies.windows_compared += 1
    for lenient in (False, True):
        fast = {place for place, _ in decode_many(window, lenient=lenient).refused if place & 1 == lenient}
        assert fast == {place for place in refused if place & 1 == lenient}
    splitter, stream, at = Splitter(), b"\x7e".join(window), 0
    while at < len(stream):
        step = chance.randrange(1, 5_000)
        splitter.feed(stream[at : at + step])
        at += step


def mutated(chance: random.Random, frame: bytes) -> bytes:
    """One frame with damage."""
    way = chance.randrange(10)
    if way == 0:
        return chance.randbytes(chance.randrange(80))
    if way == 1:
        return damaged(chance, frame)
    data = damaged(chance, unescape(frame[1:-1])[0][:-1])
    if way < 7 and len(data) > 3:  # a length that fits, so that the body is read
        size = len(data) - (17 if data[2] & 0x40 else 12) - (4 if data[2] & 0x20 else 0)
        if 0 <= size <= BODY_MAX:
            data = data[:2] + bytes([data[2] & 0xFC & ~0x1C | size >> 8, size & 0xFF]) + data[4:]
    data += bytes([xor_of(data)])
    return b"\x7e" + data.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def damaged(chance: random.Random, data: bytes) -> bytes:
    """The bytes with one to four changes."""
    bytes_now = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at, way = chance.randrange(len(bytes_now) + 1), chance.randrange(6)
        if way <= 2 and at < len(bytes_now):
            bytes_now[at] = chance.choice(EVIL) if way else chance.randrange(256)
        elif way == 3:
            del bytes_now[at : at + chance.randrange(1, 9)]
        elif way == 4:
            bytes_now[at:at] = chance.randbytes(chance.randrange(1, 9))
        elif way == 5:
            bytes_now[at:at] = bytes_now[at : at + chance.randrange(1, 200)]
    return bytes(bytes_now)


def corpus(chance: random.Random) -> list[bytes]:
    """Whole frames: every message in every edition, some as packets."""
    frames = []
    for entry in MESSAGES.values():
        for edition in Edition:
            for _ in range(CORPUS_ROUNDS):
                header = Header(entry.id, f"{chance.randrange(10**12):012d}", chance.randrange(65_536), edition)
                body = encode_body(Message(header, filled(chance, entry.body, entry.layout_of(edition), {})))[:BODY_MAX]
                frames.append(close_frame(header, body))
            part = Part(3, chance.randrange(5))
            frames.append(close_frame(Header(entry.id, "13912345678", 1, edition, part=part), body))
    return frames


def filled(chance: random.Random, record: Record, edition: Edition, around: dict[str, Any]) -> dict[str, Any]:
    """Random values of the fields that this edition has, where their conditions hold."""
    values: dict[str, Any] = {}
    for field in record.fields:
        if field.since <= edition <= field.until and (field.when is None or field.when.holds([around, values])):
            words = field.words
            values[field.name] = (
                chance.choice(sorted(words)) if words else value_of(chance, field.kind, edition, values)
            )
    return values


def value_of(chance: random.Random, kind: Any, edition: Edition, around: dict[str, Any]) -> Any:
    """A random value that this kind can carry."""
    if isinstance(kind, Number):
        return chance.randrange(1 << chance.choice((1, 8 * kind.size)))
    if isinstance(kind, Text | LongText):
        return "".join(chance.choices(LETTERS, k=chance.randrange(4)))
    if isinstance(kind, Raw):
        return chance.randbytes(kind.size or chance.randrange(30))
    if isinstance(kind, Listed):
        return [value_of(chance, kind.kind, edition, around) for _ in range(chance.randrange(4))]
    if isinstance(kind, Items):
        tags = [chance.choice(sorted(kind.tags)) for _ in range(chance.randrange(6))]
        return [Item(tag, value_of(chance, kind.tags[tag].kind, edition, {})) for tag in tags]
    if isinstance(kind, Record | Sized):
        return filled(chance, kind.record if isinstance(kind, Sized) else kind, edition, around)
    if isinstance(kind, Digits):
        return f"{chance.randrange(10**9):0{2 * kind.size}d}"[: 2 * kind.size]
    made = {
        Signed: lambda: chance.randrange(-50, 50),
        Time: lambda: BEGINNING + dt.timedelta(seconds=chance.randrange(3 * 10**9)),
        Day: lambda: dt.date(2026, 11, 22),
        CountOf: lambda: 0,
    }
    return made[type(kind)]()


if __name__ == "__main__":
    main()
