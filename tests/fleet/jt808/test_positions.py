"""The fast way and the careful way say the same of every frame."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.fleet.jt808 import MESSAGES, BadFrame, Edition, Header, Message, decode, degrees, encode
from gridloop.fleet.jt808.acks import acks
from gridloop.fleet.jt808.bulk import moments
from gridloop.fleet.jt808.frames import close_frame
from gridloop.fleet.jt808.message import encode_body
from gridloop.fleet.jt808.positions import BATCH_NONE, MARK_PLACE, MARK_TIME, decode_many
from gridloop.fleet.jt808.registry import BATCH, POSITION
from tests.fleet.jt808.values import a_moment, messages

EITHER = st.sampled_from([Edition.V2013, Edition.V2019])


def a_position(**but) -> dict:
    return {
        "alarm": 0,
        "status": 3,
        "latitude": 24_478_123,
        "longitude": 118_110_456,
        "altitude": 12,
        "speed": 605,
        "heading": 359,
        "time": a_moment(2026, 11, 22, 8, 30, 1),
        "extras": [(0x01, 1_234_567), (0x31, 14)],
        **but,
    }


def a_frame(body: dict, *, message_id: int = POSITION, edition: Edition = Edition.V2013, serial: int = 7) -> bytes:
    return encode(Message(Header(message_id, "13912345678", serial, edition), body))


@st.composite
def frames(draw):
    """A frame that is whole, mutated, cut, or no frame at all."""
    message_id = draw(st.sampled_from([POSITION, POSITION, BATCH, BATCH, 0x0002, 0x0201, 0x0704]))
    message = draw(messages(MESSAGES[message_id], draw(EITHER)))
    frame = bytearray(encode(message))
    change = draw(st.integers(0, 5))
    if change == 1:
        frame[draw(st.integers(0, len(frame) - 1))] = draw(st.integers(0, 255))
    elif change == 2:
        frame = frame[: draw(st.integers(0, len(frame)))]
    elif change == 3:
        frame = bytearray(draw(st.binary(max_size=60)))
    elif change == 4:
        frame = fixed_up(draw, message, frame)
    elif change == 5:
        frame = frame[1:-1]
    return bytes(frame)


def fixed_up(draw, message: Message, frame: bytearray) -> bytearray:
    """A byte of the body changed, with the check byte made right again."""
    body = bytearray(encode_body(message))
    if not body:
        return frame
    for _ in range(draw(st.integers(1, 3))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.sampled_from([0, 1, 2, 0x1C, 0x7D, 0x7E, 0x99, 0xFF]))
    return bytearray(close_frame(message.header, bytes(body)))


def careful(frame: bytes, *, lenient: bool):
    try:
        return decode(frame, lenient=lenient)
    except BadFrame as error:
        return error


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(frames(), max_size=12), st.booleans())
def test_both_ways_agree_on_every_frame(given_frames, lenient):
    fast = decode_many(given_frames, lenient=lenient)
    others, refused = dict(fast.others), dict(fast.refused)
    for place, frame in enumerate(given_frames):
        slow = careful(frame, lenient=lenient)
        rows = np.flatnonzero(fast.rows["frame"] == place)
        if isinstance(slow, BadFrame):
            assert (refused[place].code, refused[place].offset) == (slow.code, slow.offset)
            assert not len(rows)
            continue
        assert place not in refused
        if place in others:
            assert others[place] == slow
            assert not len(rows)
            continue
        bodies = slow.body["items"] if slow.header.id == BATCH else [slow.body]
        bodies = [body for body in bodies if "time" in body]
        assert len(rows) == len(bodies) > 0
        for number, (row, body) in enumerate(zip(rows, bodies, strict=True)):
            same(fast, row, number, slow, body)


def same(fast, index: int, number: int, slow: Message, body) -> None:
    row = fast.rows[index]
    header = slow.header
    assert row["item"] == number
    assert (row["id"], row["serial"], row["edition"]) == (header.id, header.serial, header.edition)
    assert row["phone"].decode() == header.phone
    assert row["batch"] == (slow.body["kind"] if header.id == BATCH else BATCH_NONE)
    assert (row["alarm"], row["status"]) == (body["alarm"], body["status"])
    assert (float(row["lon"]), float(row["lat"])) == degrees(body)
    assert (row["altitude_m"], row["speed"], row["heading"]) == (body["altitude"], body["speed"], body["heading"])
    impossible = isinstance(body["time"], bytes)
    assert bool(row["marks"] & MARK_TIME) == impossible == bool(np.isnat(row["time"]))
    if not impossible:
        assert row["time"].astype(int) == int(body["time"].timestamp())
    assert bool(row["marks"] & MARK_PLACE) == (body["latitude"] > 90_000_000 or body["longitude"] > 180_000_000)
    assert fast.extras(index) == body.get("extras", [])


def test_the_time_stands_at_byte_22_and_is_of_the_city():
    rows = decode_many([a_frame(a_position())]).rows
    assert rows["time"][0] == np.datetime64("2026-11-22T00:30:01")
    assert rows["lon"][0] == 118.110456
    assert rows["lat"][0] == 24.478123


def test_south_and_west_are_negative():
    rows = decode_many([a_frame(a_position(status=0b1110))]).rows
    assert (rows["lon"][0], rows["lat"][0]) == (-118.110456, -24.478123)


def test_extra_items_are_read_when_asked_for():
    decoded = decode_many([a_frame(a_position())])
    assert decoded.extras_raw(0).hex() == "01040012d68731010e"
    assert decoded.extras(0) == [(0x01, 1_234_567), (0x31, 14)]


def test_rows_of_a_batch_stand_in_order_beside_single_positions():
    late = a_frame({"kind": 1, "items": [a_position(speed=1), a_position(speed=2)]}, message_id=BATCH)
    rows = decode_many([a_frame(a_position(speed=9)), late, a_frame(a_position(speed=8))]).rows
    assert rows["frame"].tolist() == [0, 1, 1, 2]
    assert rows["item"].tolist() == [0, 0, 1, 0]
    assert rows["speed"].tolist() == [9, 1, 2, 8]
    assert rows["batch"].tolist() == [BATCH_NONE, 1, 1, BATCH_NONE]


def test_a_batch_without_positions_is_handed_over_to_be_acknowledged():
    decoded = decode_many([a_frame({"kind": 0, "items": []}, message_id=BATCH)])
    assert not len(decoded.rows)
    assert decoded.others[0][1].body == {"count": 0, "kind": 0, "items": []}


def test_no_frames_are_no_rows():
    decoded = decode_many([])
    assert (len(decoded.rows), decoded.others, decoded.refused) == (0, [], [])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(EITHER.flatmap(lambda edition: messages(MESSAGES[POSITION], edition))), min_size=1, max_size=9),
    st.data(),
)
def test_every_row_gets_the_ack_that_the_careful_way_writes(drawn, data):
    given_messages = [one[0] for one in drawn]
    rows = decode_many([encode(message) for message in given_messages]).rows
    serials = [data.draw(st.integers(0, 0xFFFF)) for _ in given_messages]
    results = [data.draw(st.integers(0, 4)) for _ in given_messages]
    wanted = [
        encode(
            Message(
                Header(0x8001, message.header.phone, serial, message.header.edition),
                {"acked_serial": message.header.serial, "acked_id": POSITION, "result": result},
            )
        )
        for message, serial, result in zip(given_messages, serials, results, strict=True)
    ]
    assert acks(rows, serials, results) == wanted


def test_every_day_of_the_century_and_no_other_is_a_day():
    parts = [(year, month, day) for year in range(100) for month in range(14) for day in range(33)]
    digits = np.array([bytes.fromhex(f"{year:02d}{month:02d}{day:02d}000000") for year, month, day in parts])
    times, wrong = moments(digits.view(np.uint8).reshape(-1, 6))
    for (year, month, day), time, bad in zip(parts, times.tolist(), wrong.tolist(), strict=True):
        try:
            wanted = a_moment(2000 + year, month, day).astimezone(dt.UTC).replace(tzinfo=None)
        except ValueError:
            wanted = None
        assert (time, bad) == (wanted, wanted is None)


def test_hours_minutes_and_seconds_have_their_bounds():
    raw = [
        f"261122{hour:02d}{minute:02d}{second:02d}"
        for hour, minute, second in ((23, 59, 59), (24, 0, 0), (0, 60, 0), (0, 0, 60))
    ]
    raw += ["2611220a0000", "a61122000000", "26112200000f"]
    _, wrong = moments(np.array([list(bytes.fromhex(one)) for one in raw], np.uint8))
    assert wrong.tolist() == [False] + [True] * 6
