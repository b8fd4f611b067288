"""Frames of positions, read back by a plain reader of the documented format; no database."""

from __future__ import annotations

import asyncio
import struct
import zlib

import numpy as np
import pytest

from gridloop.fleet.queries.live import Registered
from gridloop.site.live.vehicles import source
from gridloop.site.live.vehicles.frames import DELTA, KEY, Rows, Sent, key_frame
from gridloop.site.live.vehicles.source import BrokenStreamError, Fixes, Hello, Warned
from gridloop.site.live.vehicles.table import Table

NOW_MS = 1_795_000_000_000


def rows(count: int, seed: int = 1) -> Rows:
    random = np.random.default_rng(seed)
    return Rows(
        np.arange(1, count + 1, dtype=np.uint32), random.integers(11_700_000, 11_900_000, count, dtype=np.int32),
        random.integers(2_400_000, 2_500_000, count, dtype=np.int32), np.full(count, NOW_MS - 5_000, np.int64),
        random.integers(0, 360, count).astype(np.uint16), np.zeros(count, np.uint8), np.zeros(count, np.bool_),
    )  # fmt: skip


class Reader:
    """What a browser does with frames."""

    def __init__(self) -> None:
        self.x = self.y = np.zeros(0, np.int64)
        self.heard: list[bool] = []
        self.jumped: list[int] = []

    def take(self, frame: bytes) -> int:
        body = zlib.decompress(frame, -15)
        kind, version, _, n, seq, _, _ = struct.unpack_from("<BBHIIdI", body)
        assert version == 1
        at = 24
        if kind == KEY:
            self.ids = np.frombuffer(body, "<u4", n, at)
            self.x = np.frombuffer(body, "<i4", n, at + 4 * n).astype(np.int64)
            self.y = np.frombuffer(body, "<i4", n, at + 8 * n).astype(np.int64)
            self.age = np.frombuffer(body, "<u2", n, at + 12 * n)
            self.heading = np.frombuffer(body, "u1", n, at + 14 * n)
            self.kind = np.frombuffer(body, "u1", n, at + 15 * n)
            assert len(body) == at + 16 * n
            return int(seq)
        assert kind == DELTA
        far_n, jump_n = struct.unpack_from("<II", body, at)
        at += 8
        dx = np.frombuffer(body, "i1", n, at)
        dy = np.frombuffer(body, "i1", n, at + n)
        at += 2 * n
        bits = np.unpackbits(np.frombuffer(body, "u1", (n + 7) // 8, at), bitorder="little")[:n]
        at += (n + 7) // 8
        near = dx != -128
        self.x[near] += dx[near]
        self.y[near] += dy[near]
        far = np.frombuffer(body, "<u4", far_n, at)
        self.x[far] += np.frombuffer(body, "<i2", far_n, at + 4 * far_n)
        self.y[far] += np.frombuffer(body, "<i2", far_n, at + 6 * far_n)
        at += 8 * far_n
        jump = np.frombuffer(body, "<u4", jump_n, at)
        self.x[jump] = np.frombuffer(body, "<i4", jump_n, at + 4 * jump_n)
        self.y[jump] = np.frombuffer(body, "<i4", jump_n, at + 8 * jump_n)
        assert len(body) == at + 12 * jump_n
        self.heard, self.jumped = [bool(bit) for bit in bits], jump.tolist()
        return int(seq)


def test_a_key_frame_and_deltas_bring_every_vehicle_where_it_is_however_far_it_moved():
    random = np.random.default_rng(7)
    truth, reader = rows(500), Reader()
    sent = Sent(truth)
    reader.take(key_frame(truth, seq=0, now_ms=NOW_MS))
    for seq in range(1, 30):
        step = random.choice([0, 3, 127, -127, -128, 128, 4_000, 40_000], (2, 500))
        truth.x += step[0].astype(np.int32)
        truth.y += step[1].astype(np.int32)
        truth.at_ms += random.integers(0, 2, 500) * 1000
        truth.jumped[:] = random.random(500) < 0.05
        assert reader.take(sent.delta_frame(truth, seq=seq, now_ms=NOW_MS + 1000 * seq)) == seq
        assert reader.x.tolist() == truth.x.tolist()
        assert reader.y.tolist() == truth.y.tolist()


def test_a_delta_says_who_was_heard_and_who_jumped():
    truth, reader = rows(10), Reader()
    sent = Sent(truth)
    reader.take(key_frame(truth, seq=0, now_ms=NOW_MS))
    truth.at_ms[[2, 9]] += 1000
    truth.x[4] += 50
    truth.jumped[4] = True
    reader.take(sent.delta_frame(truth, seq=1, now_ms=NOW_MS))
    assert [row for row, heard in enumerate(reader.heard) if heard] == [2, 9]
    assert reader.jumped == [4]


def test_ages_are_seconds_and_never_heard_is_the_oldest():
    truth, reader = rows(3), Reader()
    truth.at_ms[:] = (NOW_MS - 61_000, 0, NOW_MS + 4_000)
    reader.take(key_frame(truth, seq=0, now_ms=NOW_MS))
    assert reader.age.tolist() == [61, 65_535, 0]


def fixes(vehicles: list[int], lon: float, at_ms: list[int], marks: int = 0) -> Fixes:
    n = len(vehicles)
    return Fixes(
        np.array(vehicles, np.int32), np.full(n, round(lon * 1e7), np.int32), np.full(n, 244_750_000, np.int32),
        np.array(at_ms, np.int64), np.full(n, 420, np.uint16), np.full(n, 90, np.uint16), np.full(n, marks, np.uint8),
    )  # fmt: skip


def a_table() -> Table:
    table = Table()
    table.register([Registered(5, "3502", "bus", "示D5"), Registered(9, "350203", "hazmat", "示D9")])
    return table


def test_the_newest_fix_counts_whatever_order_they_come_in_and_strangers_are_counted():
    table = a_table()
    assert table.take(fixes([9, 9, 7], 118.1, [2000, 1000, 3000]), now_ms=10_000) == 2
    assert table.rows(table.chosen(("",))).at_ms.tolist() == [0, 2000]
    assert table.unknown == 1
    assert table.take(fixes([9], 118.2, [1500]), now_ms=10_000) == 0


def test_a_fix_without_a_place_or_from_the_future_is_not_drawn():
    table = a_table()
    for marks, at_ms in ((1, 2000), (8, 2000), (0, 99_000)):
        assert table.take(fixes([9], 118.1, [at_ms], marks), now_ms=10_000) == 0


def test_what_moves_faster_than_any_vehicle_jumped():
    table = a_table()
    table.take(fixes([9], 118.1, [1000]), now_ms=200_000)
    table.forget_jumps()
    table.take(fixes([9], 118.1005, [2000]), now_ms=200_000)
    assert not table.rows(table.chosen(("",))).jumped.any()
    table.take(fixes([9], 118.2, [12_000]), now_ms=200_000)
    assert table.rows(table.chosen(("",))).jumped.tolist() == [False, True]


def test_areas_choose_rows_and_a_changed_register_keeps_what_was_heard():
    table = a_table()
    table.take(fixes([5], 118.1, [1000]), now_ms=10_000)
    assert table.rows(table.chosen(("350203",))).ids.tolist() == [9]
    version = table.version
    table.register([Registered(4, "3502", "taxi", "示D4"), Registered(5, "3502", "bus", "示D5")])
    after = table.rows(table.chosen(("3502",)))
    assert (table.version, after.ids.tolist(), after.at_ms.tolist()) == (version + 1, [4, 5], [0, 1000])


def test_the_gateways_frames_are_read_as_they_were_written():
    sent = fixes([5, 9], 118.1, [1000, 2000])
    whole = source.positions_frame(sent)
    length, kind = struct.unpack_from("<IB", whole)
    assert (length, kind) == (len(whole) - 4, 1)
    got = source.read(kind, whole[5:])
    assert isinstance(got, Fixes)
    assert (got.vehicle.tolist(), got.at_ms.tolist(), got.speed.tolist()) == ([5, 9], [1000, 2000], [420, 420])
    with pytest.raises(BrokenStreamError, match="too short"):
        source.positions(whole[5:-3])


def test_a_stream_is_followed_until_the_line_is_lost_and_later_kinds_are_passed_over():
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(source.frame(3, b'{"version": 1, "position": 17}'))
        writer.write(source.frame(9, b"later") + source.frame(2, b'[{"id": 18}]'))
        await writer.drain()
        writer.close()

    async def follow(port: int, got: list[object]) -> None:
        async for said in source.heard("127.0.0.1", port):
            got.append(said)  # noqa: PERF401 - the end is an error, and what came before it counts

    async def run() -> list[object]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        got: list[object] = []
        with pytest.raises(EOFError):
            await follow(port, got)
        server.close()
        return got

    assert asyncio.run(run()) == [Hello(17), Warned([{"id": 18}])]
