"""Bodies written by hand after the tables of the standard: what both directions get wrong alike, these would show."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.fleet.jt808 import Edition, Header, Message, decode, encode
from gridloop.fleet.jt808.frames import close_frame
from tests.fleet.jt808.values import a_moment

OLD, NEW = Edition.V2013, Edition.V2019
FIXED = "00000001 000c0003 01758b80 070a4f80 000c 0258 005a 261122083000"
FIXED_READ = {
    "alarm": 1,
    "status": 0x000C0003,
    "latitude": 24_480_640,
    "longitude": 118_116_224,
    "altitude": 12,
    "speed": 600,
    "heading": 90,
    "time": a_moment(2026, 11, 22, 8, 30),
}
DAILY = bytes.fromhex("000000073000")


def text(words: str, size: int = 0) -> str:
    raw = words.encode("gbk")
    return raw.ljust(size, b"\0").hex()


BODIES = [
    (
        "register 2013",
        0x0100,
        OLD,
        f"0023 00cb {text('ABCDE')} {text('MODEL-1', 20)} {text('T000001')} 02 {text('闽D12345')}",
        {
            "province": 35,
            "city": 203,
            "maker": "ABCDE",
            "model": "MODEL-1",
            "terminal_id": "T000001",
            "plate_colour": 2,
            "plate": "闽D12345",
        },
    ),
    (
        "register 2019",
        0x0100,
        NEW,
        f"0023 00cb {text('ABCDE', 11)} {text('MODEL-1', 30)} {text('T000001', 30)} 05 {text('闽D12345')}",
        {
            "province": 35,
            "city": 203,
            "maker": "ABCDE",
            "model": "MODEL-1",
            "terminal_id": "T000001",
            "plate_colour": 5,
            "plate": "闽D12345",
        },
    ),
    ("authenticate 2013", 0x0102, OLD, text("secret"), {"code": "secret"}),
    (
        "authenticate 2019",
        0x0102,
        NEW,
        f"06 {text('secret')} {text('860000000000001')} {text('V1.2', 20)}",
        {"code": "secret", "imei": "860000000000001", "software": "V1.2"},
    ),
    ("register answer", 0x8100, OLD, f"0007 00 {text('secret')}", {"acked_serial": 7, "result": 0, "code": "secret"}),
    ("register refused", 0x8100, OLD, "0007 03", {"acked_serial": 7, "result": 3}),
    (
        "set parameters",
        0x8103,
        OLD,
        f"03 00000001 04 0000001e 00000013 09 {text('10.0.0.10')} 0000f001 02 beef",
        {"parameters": [(0x0001, 30), (0x0013, "10.0.0.10"), (0xF001, b"\xbe\xef")]},
    ),
    (
        "extra items",
        0x0200,
        NEW,
        f"{FIXED} 0602 8005 1105 02 0000002a 1206 04 00000007 01 1307 00000009 0e10 01 1803 0003 32 2504 00000010",
        {
            **FIXED_READ,
            "extras": [
                (0x06, -5),
                (0x11, {"kind": 2, "area": 42}),
                (0x12, {"kind": 4, "area": 7, "direction": 1}),
                (0x13, {"section": 9, "seconds": 3600, "result": 1}),
                (0x18, {"behaviour": 3, "fatigue": 50}),
                (0x25, 16),
            ],
        },
    ),
    (
        "overspeed without area",
        0x0200,
        OLD,
        f"{FIXED} 1101 00",
        {**FIXED_READ, "extras": [(0x11, {"kind": 0})]},
    ),
    (
        "batch",
        0x0704,
        OLD,
        f"0002 01 001c {FIXED} 001f {FIXED} 3101 0c",
        {"count": 2, "kind": 1, "items": [{**FIXED_READ, "extras": []}, {**FIXED_READ, "extras": [(0x31, 12)]}]},
    ),
    (
        "driver 2019",
        0x0702,
        NEW,
        f"01 261122083000 00 04 {text('张三')} {text('Q1', 20)} 04 {text('厦门')} 20301231 {text('350203199001011234', 20)}",
        {
            "state": 1,
            "time": a_moment(2026, 11, 22, 8, 30),
            "card_result": 0,
            "name": "张三",
            "qualification": "Q1",
            "issuer": "厦门",
            "valid_to": dt.date(2030, 12, 31),
            "id_number": "350203199001011234",
        },
    ),
    (
        "driver's card not read",
        0x0702,
        OLD,
        "01 261122083000 02",
        {"state": 1, "time": a_moment(2026, 11, 22, 8, 30), "card_result": 2},
    ),
    (
        "multimedia",
        0x0801,
        OLD,
        f"00000001 00 00 03 01 {FIXED} ffd8ff",
        {
            "media": 1,
            "kind": 0,
            "format": 0,
            "event": 3,
            "channel": 1,
            "position": FIXED_READ,
            "data": b"\xff\xd8\xff",
        },
    ),
    ("text 2013", 0x8300, OLD, f"0c {text('慢行')}", {"flags": 12, "text": "慢行"}),
    ("text 2019", 0x8300, NEW, f"0d 02 {text('慢行')}", {"flags": 13, "kind": 2, "text": "慢行"}),
    (
        "circle 2013, by time and speed",
        0x8600,
        OLD,
        "01 01 00000005 0003 01758b80 070a4f80 000001f4 000000073000 000000090000 003c 0a",
        {
            "action": 1,
            "areas": [
                {
                    "id": 5,
                    "attributes": 3,
                    "latitude": 24_480_640,
                    "longitude": 118_116_224,
                    "radius": 500,
                    "start": DAILY,
                    "end": bytes.fromhex("000000090000"),
                    "speed_most": 60,
                    "overspeed_lasts": 10,
                }
            ],
        },
    ),
    (
        "circle 2019, by speed",
        0x8600,
        NEW,
        f"01 01 00000005 0002 01758b80 070a4f80 000001f4 003c 0a 0028 0004 {text('学校')}",
        {
            "action": 1,
            "areas": [
                {
                    "id": 5,
                    "attributes": 2,
                    "latitude": 24_480_640,
                    "longitude": 118_116_224,
                    "radius": 500,
                    "speed_most": 60,
                    "overspeed_lasts": 10,
                    "night_speed_most": 40,
                    "name": "学校",
                }
            ],
        },
    ),
    (
        "polygon 2019",
        0x8604,
        NEW,
        "00000006 0002 0050 05 0001 01758b80 070a4f80 0028 0000",
        {
            "id": 6,
            "attributes": 2,
            "speed_most": 80,
            "overspeed_lasts": 5,
            "vertices": [{"latitude": 24_480_640, "longitude": 118_116_224}],
            "night_speed_most": 40,
            "name": "",
        },
    ),
    (
        "route 2013",
        0x8606,
        OLD,
        "00000007 0000 0001 00000001 00000002 01758b80 070a4f80 14 03 0e10 012c 0050 05",
        {
            "id": 7,
            "attributes": 0,
            "corners": [
                {
                    "id": 1,
                    "section": 2,
                    "latitude": 24_480_640,
                    "longitude": 118_116_224,
                    "width": 20,
                    "attributes": 3,
                    "longest": 3600,
                    "shortest": 300,
                    "speed_most": 80,
                    "overspeed_lasts": 5,
                }
            ],
        },
    ),
    ("resend 2013", 0x8003, OLD, "0009 02 0001 0003", {"first_serial": 9, "parts": [1, 3]}),
    ("resend 2019", 0x8003, NEW, "0009 0002 0001 0003", {"first_serial": 9, "parts": [1, 3]}),
    ("tracking", 0x8202, OLD, "001e 00000e10", {"interval": 30, "lasts": 3600}),
    ("tracking stops", 0x8202, OLD, "0000", {"interval": 0}),
    ("doors 2013", 0x8500, OLD, "01", {"flags": 1}),
    ("doors 2019", 0x8500, NEW, "0001 0001 01", {"controls": [{"id": 1, "value": 1}]}),
    ("everything received", 0x8800, OLD, "00000001", {"media": 1}),
    ("snapshot failed", 0x0805, OLD, "0007 01", {"acked_serial": 7, "result": 1}),
    ("compressed", 0x0901, OLD, "00000003 1f8b08", {"gzip": b"\x1f\x8b\x08"}),
    ("passed on", 0x0900, OLD, "f0 c0ffee", {"kind": 0xF0, "data": b"\xc0\xff\xee"}),
    (
        "CAN",
        0x0705,
        OLD,
        "0001 0830001234 18fef100 0102030405060708",
        {"count": 1, "time": "0830001234", "items": [{"id": 0x18FEF100, "data": bytes(range(1, 9))}]},
    ),
    (
        "live video",
        0x9101,
        OLD,
        f"09 {text('10.0.0.10')} 1f90 0000 01 00 01",
        {"server": "10.0.0.10", "tcp_port": 8080, "udp_port": 0, "channel": 1, "kind": 0, "stream": 1},
    ),
]


@pytest.mark.parametrize(
    ("message_id", "edition", "body", "read"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES]
)
def test_a_body_written_by_hand_is_read_and_written(message_id, edition, body, read):
    header = Header(message_id, "13912345678".zfill(edition.phone_digits), 1, edition)
    frame = close_frame(header, bytes.fromhex(body))
    message = decode(frame)
    assert message.body == read
    assert message.marks == () or message_id == 0x0200
    assert encode(Message(header, read)) == frame
