"""The codec at the terminal, in two languages."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridloop.fleet.jt808 import MESSAGES, decode, encode
from gridloop.fleet.jt808.plain import from_plain, to_plain
from gridloop.fleet.jt808.shell import main
from tests.fleet.jt808.test_frames import POSITION, framed
from tests.fleet.jt808.values import EDITIONS, messages


def test_a_frame_is_shown_field_by_field_with_its_bytes(capsys):
    assert main(["decode", POSITION.hex()]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "0x0200 position"
    assert [line.split()[:4] for line in lines[5:7]] == [
        ["12-15", "00000001", "alarm", "1"],
        ["16-19", "00000002", "status", "2"],
    ]
    assert lines[5].endswith("emergency")
    assert any(line.startswith("34-39  181015101010  time") for line in lines)
    assert any("extras.0x02 fuel" in line and "125" in line for line in lines)


def test_a_chinese_reader_reads_chinese(capsys):
    assert main(["--language", "zh", "decode", "7E " + POSITION[1:-1].hex(" ") + " 7E"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("0x0200 位置信息汇报")
    assert "紧急报警" in out
    assert "里程" in out


def test_marks_are_said(capsys):
    broken = POSITION[:-2] + b"\x14\x7e"
    assert main(["decode", broken.hex()]) == 1
    assert capsys.readouterr().err == "byte 50: the check does not fit the bytes before it\n"
    assert main(["decode", "--lenient", broken.hex()]) == 0
    assert "! byte 50: the check does not fit the bytes before it" in capsys.readouterr().out


def test_json_of_decode_is_what_encode_takes(capsys, tmp_path):
    main(["decode", "--json", POSITION.hex()])
    file = tmp_path / "message.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["encode", str(file)]) == 0
    assert capsys.readouterr().out.strip() == POSITION.hex()


def test_standard_input_will_do(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"0x{POSITION.hex()}\n"))
    assert main(["decode", "-"]) == 0
    assert capsys.readouterr().out.startswith("0x0200 position")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["decode", "zz"], "that is no hexadecimal text; a frame looks like 7e0002...7e"),
        (["encode", "/nowhere"], "/nowhere cannot be read"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(capsys, arguments, said):
    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "id, phone and body are needed"),
        ('{"id": 1, "phone": "1", "body": {}, "colour": 1}', "there is no key 'colour'"),
        ('{"id": "x", "phone": "1", "body": {}}', "the header cannot be read"),
        ('{"id": 1, "phone": "1", "edition": 2012, "body": {}}', "the header cannot be read"),
        ('{"id": 1, "phone": "1", "body": []}', "body maps field names to values"),
        ('{"id": 1, "phone": "1", "serial": 70000, "body": {"acked_serial": 1, "acked_id": 2, "result": 0}}', "16"),
    ],
)
def test_json_that_is_no_message_is_refused(capsys, tmp_path, text, said):
    file = tmp_path / "message.json"
    file.write_text(text, encoding="utf-8")
    assert main(["encode", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_all_messages_are_listed(capsys):
    assert main(["--language", "zh", "ids"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(MESSAGES) + 1
    assert any("位置信息汇报" in line for line in lines)


def test_an_unknown_message_and_a_packet_show_their_bytes(capsys):
    assert main(["decode", framed(0x0F01, "c0ffee").hex()]) == 0
    assert "c0ffee" in capsys.readouterr().out


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(MESSAGES)).flatmap(lambda number: messages(MESSAGES[number], EDITIONS[-1])))
def test_every_message_survives_json_and_can_be_shown(capsys, message):
    said = json.loads(json.dumps(to_plain(message)))
    frame = encode(message)
    assert encode(from_plain(said)) == frame
    assert main(["--language", "zh", "decode", frame.hex()]) == 0
    shown = capsys.readouterr().out
    assert decode(frame).entry.zh in shown
