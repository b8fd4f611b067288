"""Frames written by hand are read as the standard says, and what is wrong with one is said in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridloop.fleet.jt808 import (
    BadFrame,
    Code,
    Edition,
    Header,
    Message,
    Part,
    Tally,
    decode,
    degrees,
    encode,
    encode_parts,
)
from gridloop.fleet.jt808.frames import BODY_MAX, close_frame, escape, unescape, xor_of
from tests.fleet.jt808.values import a_moment

# 0x0200, 38 bytes of body, phone 123456789012, serial 0x7e (escaped): a worked example, checked by hand.
POSITION = bytes.fromhex(
    "7e 0200 0026 123456789012 007d02 00000001 00000002 00ba7f0e 07e4f11c 0028 003c 0000 181015101010 0104 00000064 0202 007d01 13 7e"
)


def framed(message_id: int, body: str, *, edition: Edition = Edition.V2013) -> bytes:
    return close_frame(Header(message_id, "13912345678", 1, edition), bytes.fromhex(body))


def with_check(data: str) -> bytes:
    raw = bytes.fromhex(data)
    return b"\x7e" + escape(raw + bytes([xor_of(raw)])) + b"\x7e"


def refusal(frame: bytes, *, lenient: bool = False) -> BadFrame:
    with pytest.raises(BadFrame) as caught:
        decode(frame, lenient=lenient)
    return caught.value


def test_a_position_of_2013_is_read_field_by_field():
    message = decode(POSITION)
    assert message.header == Header(0x0200, "123456789012", 0x7E, Edition.V2013)
    assert message.body == {
        "alarm": 1,
        "status": 2,
        "latitude": 12_222_222,
        "longitude": 132_444_444,
        "altitude": 40,
        "speed": 60,
        "heading": 0,
        "time": a_moment(2018, 10, 15, 10, 10, 10),
        "extras": [(0x01, 100), (0x02, 125)],
    }
    assert message.marks == ()
    assert degrees(message.body) == (132.444444, 12.222222)
    assert encode(message) == POSITION


def test_delimiters_may_be_gone_already():
    assert decode(POSITION[1:-1]) == decode(POSITION)


def test_the_header_of_2019_has_a_version_and_twenty_digits():
    message = decode(with_check("0002 4000 01 00000000013912345678 0009"))
    assert message.header == Header(0x0002, "00000000013912345678", 9, Edition.V2019, version=1)
    assert message.header.subscriber == "13912345678"


def test_one_packet_of_several_keeps_its_bytes():
    message = decode(with_check("0801 2003 013912345678 0009 0003 0002 aabbcc"))
    assert message.header.part == Part(total=3, number=2)
    assert message.body == {"fragment": b"\xaa\xbb\xcc"}


@settings(deadline=None)
@given(st.binary())
@example(b"")
def test_the_fold_is_the_sum_of_all_bytes(data):
    wanted = 0
    for byte in data:
        wanted ^= byte
    assert xor_of(data) == wanted


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"\x7d", b"\x7e", b"\x01", b"\x02", b"a"])).map(b"".join))
def test_escaping_hides_every_delimiter_and_comes_back(data):
    hidden = escape(data)
    assert b"\x7e" not in hidden
    assert unescape(hidden) == (data, -1)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"\x7d", b"\x01", b"\x02", b"a"])).map(b"".join))
def test_the_first_wrong_escape_is_found(data):
    meant, wrong, at = bytearray(), -1, 0
    while at < len(data):
        if data[at] == 0x7D and data[at + 1 : at + 2] in {b"\x01", b"\x02"}:
            meant.append(data[at + 1] + 0x7C)
            at += 2
            continue
        if data[at] == 0x7D and wrong < 0:
            wrong = len(meant)
        meant.append(data[at])
        at += 1
    assert unescape(data) == (bytes(meant), wrong)


@pytest.mark.parametrize(
    ("frame", "code", "offset"),
    [
        (b"", Code.SHORT, 0),
        (b"\x7e\x02\x00\x7e", Code.SHORT, 2),
        (POSITION + POSITION, Code.DELIMITER, 53),
        (with_check("0200 0400 013912345678 0001"), Code.ENCRYPTED, 2),
        (with_check("0200 1000 013912345678 0001"), Code.ENCRYPTED, 2),
        (with_check("0002 4000 01 0000000001391234"), Code.SHORT, 13),
        (b"a" * 4000, Code.LONG, 2090),
    ],
)
def test_what_cannot_be_trusted_is_refused_in_both_modes(frame, code, offset):
    for lenient in (False, True):
        error = refusal(frame, lenient=lenient)
        assert (error.code, error.offset) == (code, offset)
        assert error.sentence("en").startswith(f"byte {offset}")
        assert error.sentence("zh").startswith(f"第 {offset} 字节")


def test_an_encrypted_body_is_refused_with_its_reason():
    error = refusal(with_check("0200 0400 013912345678 0001"))
    assert str(error) == (
        "byte 2: the body is encrypted and no key is agreed here; let it be sent in the clear; RSA by its header"
    )
    assert error.zh == "第 2 字节:消息体已加密,本平台未约定密钥;请对方改为不加密;消息头标明 RSA"


@pytest.mark.parametrize(
    ("frame", "code", "offset", "field"),
    [
        (POSITION[:-2] + b"\x14\x7e", Code.CHECKSUM, 50, ""),
        (with_check("0002 0005 013912345678 0001"), Code.LENGTH, 2, ""),
        (with_check("0801 2001 013912345678 0009 0003 0004 aa"), Code.PART, 14, ""),
        (framed(0x8001, "0001 0200"), Code.BODY_SHORT, 16, "result"),
        (framed(0x0002, "00"), Code.BODY_LONG, 12, ""),
        (framed(0x0200, "00" * 25), Code.BODY_SHORT, 34, "time"),
        (framed(0x0200, "00" * 22 + "261122083000" + "0104"), Code.BODY_SHORT, 40, "extras"),
    ],
)
def test_a_defect_is_refused_strictly_and_marked_leniently(frame, code, offset, field):
    error = refusal(frame)
    assert (error.code, error.offset, error.field) == (code, offset, field)
    marks = decode(frame, lenient=True).marks
    assert (code, offset, field) in {(mark.code, mark.offset, mark.field) for mark in marks}


def test_a_wrong_escape_is_refused_strictly_and_kept_leniently():
    body = POSITION[1:-1].replace(b"\x7d\x02", b"\x7d\x03")
    error = refusal(body)
    assert (error.code, error.offset) == (Code.ESCAPE, 11)
    assert decode(body, lenient=True).marks[0].code is Code.ESCAPE


def test_the_lenient_mode_keeps_what_it_could_not_read():
    message = decode(framed(0x0200, "00" * 22 + "261122083000" + "3101 0c" + "0104"), lenient=True)
    assert message.body["extras"] == [(0x31, 12)]
    assert message.body["rest"] == b"\x01\x04"
    assert message.marks[0].sentence() == "byte 43 (extras): the body ends before this field is complete"


def test_a_batch_cut_short_keeps_the_positions_that_came():
    whole = bytes(22).hex() + "261122083000"
    message = decode(framed(0x0704, f"0002 00 001c {whole} 001c 0000"), lenient=True)
    assert len(message.body["items"]) == 1
    assert message.body["rest"].hex() == "001c0000"


@pytest.mark.parametrize("raw", ["261340083000", "260229083000", "2611220830aa", "ffffffffffff", "000000000000"])
def test_an_impossible_time_is_marked_and_kept(raw):
    message = decode(framed(0x0200, bytes(22).hex() + raw))
    assert message.body["time"] == bytes.fromhex(raw)
    assert [(mark.code, mark.offset, mark.field) for mark in message.marks] == [(Code.TIME, 34, "time")]


def test_a_place_that_is_none_is_marked():
    message = decode(framed(0x0200, "0000000000000003 055d4a81 0aba9501" + bytes(6).hex() + "261122083000"))
    assert [(mark.code, mark.field) for mark in message.marks] == [(Code.PLACE, "latitude"), (Code.PLACE, "longitude")]


def test_an_item_of_another_length_is_kept_raw_and_marked():
    message = decode(framed(0x0200, bytes(22).hex() + "261122083000 0103 000064 e102 beef"))
    assert message.body["extras"] == [(0x01, b"\x00\x00\x64"), (0xE1, b"\xbe\xef")]
    assert [mark.code for mark in message.marks] == [Code.ITEM]


def test_an_unknown_message_is_marked_and_kept_raw():
    message = decode(framed(0x0F01, "c0ffee"))
    assert message.body == {"raw": b"\xc0\xff\xee"}
    assert [mark.code for mark in message.marks] == [Code.UNKNOWN_ID]
    assert decode(encode(message)) == message


def test_a_message_of_2019_under_an_old_header_is_marked():
    assert [mark.code for mark in decode(framed(0x8204, "")).marks] == [Code.EDITION]


def test_texts_are_gbk_and_what_is_not_comes_back_unharmed():
    assert decode(framed(0x8300, "01 b2e2cad400")).body["text"] == "测试"
    odd = decode(framed(0x8300, "01 b2e2ff41"))
    assert [(mark.code, mark.offset) for mark in odd.marks] == [(Code.TEXT, 15)]
    assert encode(odd) == framed(0x8300, "01 b2e2ff41")


def test_a_registration_too_short_for_2013_is_read_as_2011():
    old = Message(
        Header(0x0100, "013912345678", 3, Edition.V2011),
        {
            "province": 35,
            "city": 203,
            "maker": "ABCDE",
            "model": "M1",
            "terminal_id": "T000001",
            "plate_colour": 2,
            "plate": "闽D12345",
        },
    )
    assert decode(encode(old)) == old


def test_a_driver_of_2011_is_told_by_the_name_at_the_beginning():
    old = Message(
        Header(0x0702, "013912345678", 3, Edition.V2011),
        {"name": "张三", "id_number": "350203199001011234", "qualification": "350200", "issuer": "厦门"},
    )
    assert decode(encode(old)) == old


def test_a_card_taken_out_needs_no_driver():
    message = decode(framed(0x0702, "02 261122083000"))
    assert message.body == {"state": 2, "time": a_moment(2026, 11, 22, 8, 30)}


def test_server_time_is_utc_unlike_all_others():
    message = decode(framed(0x8004, "261122003000", edition=Edition.V2019))
    assert message.body["time"] == a_moment(2026, 11, 22, 8, 30)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"flags": 256, "text": ""},
            "byte 0 (flags): the value cannot be written into this field; a whole number from 0 to 255 is needed",
        ),
        ({"flags": 1}, "byte 1 (text): the value cannot be written into this field; this field is missing"),
        (
            {"flags": 1, "text": "🚒"},
            "byte 1 (text): the value cannot be written into this field; GBK has no '🚒'; use other words",
        ),
        (
            {"flags": 1, "text": "a", "shout": 1},
            "byte 0: the value cannot be written into this field; there is no field 'shout' here",
        ),
        ({"flags": 1, "text": 5}, "byte 1 (text): the value cannot be written into this field; a text is needed"),
    ],
)
def test_what_cannot_be_written_is_said(body, said):
    with pytest.raises(BadFrame) as caught:
        encode(Message(Header(0x8300, "1", 1), body))
    assert str(caught.value) == said


def test_a_phone_number_that_is_too_long_is_refused():
    with pytest.raises(BadFrame, match="a phone number of up to 12 digits"):
        encode(Message(Header(0x0002, "1234567890123", 1), {}))


def test_what_is_too_long_for_a_frame_goes_in_parts():
    message = Message(Header(0x0900, "013912345678", 0xFFFF), {"kind": 0xF0, "data": bytes(2 * BODY_MAX)})
    with pytest.raises(BadFrame, match="send it in parts"):
        encode(message)
    parts = [decode(frame).header for frame in encode_parts(message)]
    assert [(header.serial, header.part) for header in parts] == [
        (0xFFFF, Part(3, 1)),
        (0, Part(3, 2)),
        (1, Part(3, 3)),
    ]


def test_refusals_and_marks_are_counted_by_reason():
    tally = Tally()
    for frame in (POSITION, POSITION[:-2] + b"\x14\x7e", framed(0x8204, ""), b""):
        try:
            tally.accept(decode(frame).marks)
        except BadFrame as error:
            tally.refuse(error)
    assert tally.accepted == 2
    assert tally.refused == {Code.CHECKSUM: 1, Code.SHORT: 1}
    assert tally.marked == {Code.EDITION: 1}
