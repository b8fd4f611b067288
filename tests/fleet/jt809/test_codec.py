"""JT/T 809: every message of both editions comes back, frames stay whole, and nothing that comes in does harm."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.fleet.jt808.records import Record
from gridloop.fleet.jt809 import (
    FAMILIES,
    MESSAGES,
    BadFrame,
    Code,
    Edition,
    Header,
    Keys,
    Message,
    Splitter,
    decode,
    encode,
)
from gridloop.fleet.jt809.__main__ import main
from gridloop.fleet.jt809.frames import close_frame, crc_of, escape, unescape
from gridloop.fleet.jt809.kinds import GnssTime
from gridloop.fleet.jt809.reference import page
from gridloop.kernel.clock import CITY_ZONE
from tests.fleet.jt808.values import ALONE, record

ROOT = Path(__file__).resolve().parents[3]
EDITIONS = (Edition.V2011, Edition.V2019)
KEYS = Keys(m1=10_000_000, ia1=20_000_000, ic1=30_000_000)
MOMENTS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31)).map(  # noqa: DTZ001 - the zone comes next
    lambda moment: moment.replace(microsecond=0, tzinfo=CITY_ZONE)
)
ALONE[GnssTime] = lambda _: MOMENTS | st.just(b"\x1f\x02\x07\xea\x00\x00\x00")
KNOWN = [
    pytest.param(entry, edition, id=f"{entry.id:04x}-{entry.sub:04x}-{int(edition)}")
    for entry in MESSAGES.values()
    for edition in EDITIONS
    if entry.known_in(edition) and not (entry.sub and edition > FAMILIES[entry.id].until)
]
HARMLESS = {Code.TIME, Code.PLACE, Code.ITEM}


@st.composite
def messages(draw, entry, edition):
    encrypted = draw(st.booleans())
    header = Header(
        entry.id,
        draw(st.integers(0, 0xFFFFFFFF)),
        draw(st.integers(0, 0xFFFFFFFF)),
        edition,
        (1, 2, 15),
        encrypted=encrypted,
        key=draw(st.integers(0, 0xFFFFFFFF)) if encrypted else 0,
        moment=draw(st.integers(0, 2**40)) if edition is Edition.V2019 else 0,
    )
    envelope = FAMILIES[entry.id].envelope if entry.sub else Record()
    return Message(header, draw(record(entry.body, edition)), entry.sub, draw(record(envelope, edition)))


@pytest.mark.parametrize(("entry", "edition"), KNOWN)
def test_what_is_sent_is_what_comes_back(entry, edition):
    @settings(max_examples=12, deadline=None, database=None)
    @given(messages(entry, edition), st.integers(1, 40))
    def every(message, cut):
        frame = encode(message, keys=KEYS)
        splitter = Splitter()
        frames = [one for at in range(0, len(frame), cut) for one in splitter.feed(frame[at : at + cut])]
        assert len(frames) == 1
        back = decode(frames[0], edition=edition, keys=KEYS)
        assert (back.header, back.sub, back.about, back.body) == (
            message.header,
            message.sub,
            message.about,
            message.body,
        )
        assert {mark.code for mark in back.marks} <= HARMLESS
        assert encode(back, keys=KEYS) == frame

    every()


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_message_whose_layout_is_not_known_is_kept_raw_and_sent_again_as_it_came(edition):
    for entry in MESSAGES.values():
        if entry.known_in(edition):
            continue
        sub = entry.sub if edition <= FAMILIES[entry.id].until else 0
        message = Message(Header(entry.id, 7, 11, edition), {"raw": b"\x01\x5b\x5d"}, sub, a_plate(entry.id, edition))
        back = decode(encode(message), edition=edition)
        assert back.body == {"raw": b"\x01\x5b\x5d"}
        assert back.marks
    strange = Message(Header(0x4321, 1, 1, edition), {"raw": b"abc"})
    assert decode(encode(strange), edition=edition).body == {"raw": b"abc"}


def a_plate(family: int, edition: Edition) -> dict:
    there = FAMILIES[family].until >= edition and FAMILIES[family].envelope.fields
    return {"plate": "闽D12345", "plate_colour": 2} if there else {}


def a_position() -> Message:
    body = {
        "encrypted": 0, "time": dt.datetime(2026, 11, 22, 8, 30, 5, tzinfo=CITY_ZONE), "longitude": 118_100_000, "latitude": 24_500_000,
        "speed": 43, "recorder_speed": 43, "mileage": 1234, "heading": 271, "altitude": 12, "status": 3, "alarm": 0,
    }  # fmt: skip
    return Message(Header(0x1200, 1, 11), body, 0x1202, {"plate": "闽D12345", "plate_colour": 2})


def test_a_position_of_2011_stands_byte_for_byte():
    frame = encode(a_position())
    inside, wrong = unescape(frame[1:-1])
    assert wrong == -1
    assert inside[:22].hex() == "0000005a0000000112000000000b0100000000000000"
    assert inside[22:43] == "闽D12345".encode("gbk").ljust(21, b"\0")
    assert inside[43:50].hex() == "02120200000024"
    assert inside[50:58].hex() == "00160b07ea081e05"
    assert int.from_bytes(inside[-2:], "big") == crc_of(inside[:-2])
    assert len(inside) + 2 == 0x5A


def test_the_check_is_the_crc_that_tables_of_the_ccitt_give():
    assert crc_of(b"123456789") == 0x29B1


@given(st.binary(max_size=60))
@settings(deadline=None, database=None)
def test_escaping_leaves_no_delimiter_and_comes_back(data):
    travelling = escape(data)
    assert not {0x5B, 0x5D} & set(travelling)
    assert unescape(travelling) == (data, -1)


def test_an_encrypted_body_needs_the_keys_and_differs_on_the_way():
    message = a_position()
    secret = Message(Header(0x1200, 1, 11, encrypted=True, key=256_178), message.body, message.sub, message.about)
    frame = encode(secret, keys=KEYS)
    assert "闽D12345".encode("gbk") not in frame
    assert decode(frame, keys=KEYS).body == message.body
    with pytest.raises(BadFrame, match="no key is agreed here"):
        decode(frame)
    with pytest.raises(BadFrame):
        encode(secret)


def test_strict_refuses_what_lenient_marks():
    frame = bytearray(encode(a_position()))
    frame[60] ^= 1
    with pytest.raises(BadFrame, match="the check does not fit"):
        decode(bytes(frame))
    assert [mark.code for mark in decode(bytes(frame), lenient=True).marks] == [Code.CHECKSUM]
    short = close_frame(Header(0x1001, 1, 1), b"\x00\x00\x00\x01abc")
    with pytest.raises(BadFrame, match="ends before"):
        decode(short)
    assert decode(short, lenient=True).body["user"] == 1


@settings(max_examples=400, deadline=None, database=None)
@given(st.data())
def test_nothing_that_comes_in_does_harm(data):
    frame = bytearray(encode(a_position()))
    for at in data.draw(st.lists(st.integers(0, len(frame) - 1), max_size=6)):
        frame[at] = data.draw(st.integers(0, 255))
    stream = data.draw(st.binary(max_size=80)) + bytes(frame) + data.draw(st.binary(max_size=80))
    splitter = Splitter()
    for one in splitter.feed(stream):
        for edition in EDITIONS:
            for lenient in (False, True):
                try:
                    decode(one, edition=edition, lenient=lenient, keys=KEYS)
                except BadFrame as refused:
                    assert refused.en and refused.zh  # noqa: PT017, PT018 - refusing is right, crashing is not


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(sorted(MESSAGES)), st.binary(max_size=200), st.sampled_from(EDITIONS), st.booleans())
def test_a_frame_that_is_whole_with_nonsense_inside_does_no_harm(ids, body, edition, lenient):
    try:
        decode(close_frame(Header(ids[0], 1, 1, edition), body), edition=edition, lenient=lenient)
    except BadFrame as refused:
        assert refused.code in set(Code)  # noqa: PT017


def test_a_stream_without_an_end_is_held_within_bounds():
    splitter = Splitter(most=1_000)
    for _ in range(100):
        splitter.feed(b"\x5b" + b"a" * 400)
        splitter.feed(b"b" * 700)
    assert splitter.waiting <= 1_000
    assert splitter.losses.too_long == 100
    frame = encode(a_position())
    assert splitter.feed(b"junk\x5d" + frame + frame) == [frame[1:-1], frame[1:-1]]


def test_the_tables_hold_every_id_of_the_independent_list():
    listed = json.loads((ROOT / "tests/fleet/jt809/ids.json").read_text(encoding="utf-8"))["main_ids"]
    known = {entry.id for entry in MESSAGES.values()}
    assert {int(number, 16) for number, _ in listed} <= known


def test_the_reference_page_is_fresh():
    written = (ROOT / "docs/reference/jt809.md").read_text(encoding="utf-8")
    assert written == page(), "run python -m gridloop.fleet.jt809 reference > docs/reference/jt809.md"


def test_a_frame_can_be_looked_at_from_the_shell(capsys):
    assert main(["decode", encode(a_position()).hex()]) == 0
    assert json.loads(capsys.readouterr().out)["about"]["plate"] == "闽D12345"
    assert main(["decode", "5b00"]) == 1
    assert "too short" in capsys.readouterr().err
    assert main(["decode", "zz"]) == 1
    assert main(["sing"]) == 2
