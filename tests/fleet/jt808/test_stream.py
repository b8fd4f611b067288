"""Frames out of a stream, messages out of packets: bounded, and the same however the network cuts."""

from __future__ import annotations

from dataclasses import astuple
from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.fleet.jt808 import Assembler, Edition, Header, Message, Part, Splitter, decode, encode, encode_parts
from gridloop.fleet.jt808.frames import ESCAPED_MAX

PIECES = st.lists(
    st.one_of(
        st.just(b"\x7e"),
        st.binary(max_size=40),
        st.just(encode(Message(Header(0x0002, "13912345678", 5), {}))),
        st.binary(min_size=1, max_size=3).map(lambda few: few * 900),
    ),
    max_size=12,
).map(b"".join)
UPLOAD = Message(Header(0x0900, "013912345678", 10), {"kind": 0xF0, "data": bytes(range(250)) * 10})


def packets(message: Message = UPLOAD) -> list[Message]:
    return [decode(frame) for frame in encode_parts(message)]


@settings(deadline=None)
@given(PIECES, st.lists(st.integers(1, 1500), min_size=1, max_size=9))
def test_frames_and_losses_do_not_depend_on_where_the_stream_is_cut(stream, steps):
    whole = Splitter()
    wanted = whole.feed(stream)
    splitter, found, at, turns = Splitter(), [], 0, cycle(steps)
    while at < len(stream):
        step = next(turns)
        found += splitter.feed(stream[at : at + step])
        assert splitter.waiting <= ESCAPED_MAX
        at += step
    assert found == wanted
    assert astuple(splitter.losses) == astuple(whole.losses)


def test_every_byte_apart_gives_the_same_frames():
    frames = [encode(Message(Header(0x0002, "13912345678", serial), {})) for serial in range(120, 130)]
    splitter = Splitter()
    found = [frame for byte in b"".join(frames) for frame in splitter.feed(bytes([byte]))]
    assert found == [frame[1:-1] for frame in frames]
    assert splitter.losses.bytes == 0


def test_one_delimiter_between_two_frames_is_enough():
    frame = encode(Message(Header(0x0002, "13912345678", 1), {}))
    assert len(Splitter().feed(frame[:-1] + frame)) == 2


def test_junk_is_counted_and_costs_no_frame():
    frame = encode(Message(Header(0x0002, "13912345678", 1), {}))
    splitter = Splitter()
    assert splitter.feed(b"noise" + frame + b"short" + frame) == [frame[1:-1]] * 2
    assert (splitter.losses.bytes, splitter.losses.too_short) == (10, 1)


def test_a_frame_without_end_is_dropped_and_the_next_one_found():
    frame = encode(Message(Header(0x0002, "13912345678", 1), {}))
    splitter = Splitter()
    splitter.feed(b"\x7e")
    for _ in range(100):
        assert splitter.feed(b"a" * 1000) == []
        assert splitter.waiting <= ESCAPED_MAX
    assert splitter.feed(frame) == [frame[1:-1]]
    assert (splitter.losses.too_long, splitter.losses.bytes) == (1, 100_000)


@settings(deadline=None)
@given(st.permutations(range(3)))
def test_packets_in_any_order_become_the_message(order):
    assembler, parts = Assembler(), packets()
    taken = [assembler.take(parts[number], 0.0) for number in order]
    assert taken[:-1] == [None, None]
    assert taken[-1] == UPLOAD
    assert (len(assembler), assembler.held_bytes) == (0, 0)


def test_a_message_of_one_piece_passes_through():
    message = decode(encode(Message(Header(0x0002, "013912345678", 1), {})))
    assert Assembler().take(message, 0.0) is message


def test_what_is_missing_is_asked_for_by_the_serial_of_the_first_packet():
    assembler, parts = Assembler(), packets()
    assembler.take(parts[2], 100.0)
    assert assembler.missing(101.0, quiet_s=5.0) == []
    (missing,) = assembler.missing(105.0, quiet_s=5.0)
    asked = missing.request(77)
    assert asked.header == Header(0x8003, "013912345678", 77, Edition.V2013)
    assert asked.body == {"first_serial": 10, "parts": [1, 2]}
    assert decode(encode(asked)) == asked
    assert missing.request(78, by_terminal=True).header.id == 0x0005


def test_a_request_of_many_packets_fits_into_a_frame():
    for edition in (Edition.V2013, Edition.V2019):
        phone = "1".zfill(edition.phone_digits)
        long = Message(Header(0x0900, phone, 1, edition), {"kind": 0, "data": bytes(4_000)})
        parts = [decode(frame) for frame in encode_parts(long, most=5)]
        assembler = Assembler()
        assembler.take(parts[0], 0.0)
        (missing,) = assembler.missing(0.0)
        assert len(missing.parts) == 800
        asked = missing.request(1)
        assert decode(encode(asked)) == asked


def test_a_packet_sent_twice_counts_once():
    assembler, parts = Assembler(), packets()
    assembler.take(parts[0], 0.0)
    assembler.take(parts[0], 1.0)
    assembler.take(parts[1], 2.0)
    assert assembler.take(parts[2], 3.0) == UPLOAD


def test_a_new_message_replaces_an_unfinished_one_that_contradicts_it():
    assembler = Assembler()
    assembler.take(packets()[0], 0.0)
    other = Message(UPLOAD.header, {"kind": 0xF1, "data": b"x" * 2_500})
    taken = [assembler.take(part, 1.0) for part in packets(other)]
    assert taken[-1] == other
    assert assembler.lost.replaced == 1
    assert assembler.held_bytes == 0


def test_an_unfinished_message_is_forgotten_after_its_time():
    assembler = Assembler(timeout_s=60.0)
    assembler.take(packets()[0], 0.0)
    assembler.forget(60.0)
    assert len(assembler) == 1
    assembler.forget(61.0)
    assert (len(assembler), assembler.held_bytes, assembler.lost.timed_out) == (0, 0, 1)


def test_the_memory_of_unfinished_messages_is_bounded():
    assembler = Assembler(held_bytes_max=10_000)
    for number in range(200):
        header = Header(0x0900, f"{number:012d}", 1)
        assembler.take(packets(Message(header, UPLOAD.body))[0], float(number))
        assert assembler.held_bytes <= 10_000
    assert assembler.lost.too_large > 150


def test_empty_packets_are_not_free():
    assembler = Assembler(held_bytes_max=20_000)
    for number in range(1, 2_000):
        header = Header(0x0900, "000000000001", number, part=Part(5_000, number))
        assembler.take(Message(header, {"fragment": b""}), 0.0)
        assert assembler.held_bytes <= 20_000
    assert assembler.lost.too_large > 10


def test_a_packet_beyond_the_total_is_dropped():
    assembler = Assembler()
    frame = bytes.fromhex("0900200201391234567800090003000400aa")
    message = decode(frame + bytes([0]), lenient=True)
    assert assembler.take(message, 0.0) is None
    assert (len(assembler), assembler.lost.too_large) == (0, 1)
