"""The codec's tables say what the tables of the standard say; nothing is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gridloop.fleet.jt808 import MESSAGES, Edition
from gridloop.fleet.jt808.kinds import U8, U16, U32, Text
from gridloop.fleet.jt808.records import Confidence, Record
from gridloop.fleet.jt808.reference import page
from gridloop.fleet.jt808.tables.extra_items import CUSTOM_FROM, EXTRA_ITEMS
from gridloop.fleet.jt808.tables.meanings import ALARM, AREA, STATUS
from gridloop.fleet.jt808.tables.parameters import PARAMETERS
from gridloop.fleet.jt808.tables.shapes import FIXED_POSITION

STANDARD = json.loads((Path(__file__).parent / "data/jt808.json").read_text(encoding="utf-8"))
ROOT = Path(__file__).resolve().parents[3]
OLD, NEW = Edition.V2013, Edition.V2019
SIZES = {"BYTE": 1, "WORD": 2, "DWORD": 4}
ONLY_BITS_CHANGED = {0x0200}
RESEND_COUNTS = {0x8003}  # the table says `both`, its note on conflicts names the wider count of 2019


def laid_out(entry, edition) -> list[tuple[str, str]]:
    fields = [field for field in entry.body.fields if field.since <= edition <= field.until]
    return [(field.name, field.kind.name) for field in fields]


def differs(record: Record) -> bool:
    for field in record.fields:
        if field.since > OLD or OLD <= field.until < NEW:
            return True
        inner = getattr(field.kind, "kind", None) or field.kind
        if isinstance(inner, Record) and differs(inner):
            return True
    return False


def test_all_71_messages_are_there_and_nothing_is_invented():
    assert len(STANDARD["messages"]) == 71
    ours = {number for number, entry in MESSAGES.items() if entry.standard == "JT/T 808"}
    assert ours == {int(row["id"], 16) for row in STANDARD["messages"]}


@pytest.mark.parametrize("row", STANDARD["messages"], ids=lambda row: row["id"])
def test_direction_and_edition_are_those_of_the_table(row):
    entry = MESSAGES[int(row["id"], 16)]
    assert entry.direction == row["direction"]
    wanted = {"2013": (Edition.V2011, OLD), "2019": (NEW, NEW)}.get(row["edition"], (Edition.V2011, NEW))
    assert (entry.since, entry.until) == wanted
    if "(empty)" in row["name"]:
        assert not entry.body.fields
    if row["edition"] == "changed":
        assert differs(entry.body)
    elif row["edition"] == "both" and entry.id not in RESEND_COUNTS:
        assert not differs(entry.body)


@pytest.mark.parametrize("row", [row for row in STANDARD["messages"] if "body" not in row], ids=lambda row: row["id"])
def test_what_the_table_lays_out_was_read(row):
    entry = MESSAGES[int(row["id"], 16)]
    laid = any(key.split("/")[0].split(" ")[0].upper() == row["id"].upper() for key in STANDARD["bodies"])
    if entry.sure is Confidence.READ:
        assert laid or not entry.body.fields or entry.id in {0x0004, 0x8203}


def fixed_offsets(record: Record, edition: Edition) -> list[tuple[int, int]]:
    """(offset, size) of the fields before the first of varying size."""
    found, at = [], 0
    for field in record.fields:
        if not field.since <= edition <= field.until:
            continue
        size = getattr(field.kind, "size", None)
        if field.when is not None or size is None:
            break
        found.append((at, size))
        at += size
    return found


def table_offsets(rows) -> list[tuple[int, int]]:
    found = []
    for row in rows:
        kind = row["type"]
        size = SIZES.get(kind) or (int(kind.split("[")[1][:-1]) if "[" in kind else None)
        if not isinstance(row["offset"], int) or size is None or " if " in f" {row['unit_or_note']}":
            break
        found.append((row["offset"], size))
    return found


@pytest.mark.parametrize(
    ("key", "number", "edition"),
    [
        ("0x0001", 0x0001, OLD),
        ("0x8001", 0x8001, OLD),
        ("0x0100/2013", 0x0100, OLD),
        ("0x0100/2019", 0x0100, NEW),
        ("0x8100", 0x8100, OLD),
        ("0x0200", 0x0200, NEW),
        ("0x0704", 0x0704, OLD),
        ("0x0702", 0x0702, OLD),
        ("0x0800", 0x0800, OLD),
        ("0x0801", 0x0801, OLD),
        ("0x8202", 0x8202, OLD),
        ("0x8203", 0x8203, OLD),
        ("0x8300/2013", 0x8300, OLD),
        ("0x8300/2019", 0x8300, NEW),
        ("0x8500/2013", 0x8500, OLD),
        ("0x8604", 0x8604, OLD),
        ("0x8801", 0x8801, OLD),
    ],
)
def test_offsets_are_those_of_the_table(key, number, edition):
    table, ours = table_offsets(STANDARD["bodies"][key]), fixed_offsets(MESSAGES[number].body, edition)
    common = min(len(table), len(ours))
    assert common > 0
    assert ours[:common] == table[:common]


@pytest.mark.parametrize(
    ("key", "number"), [("0x8600 item", 0x8600), ("0x8602 item", 0x8602), ("0x8606 corner", 0x8606)]
)
def test_areas_and_corners_lie_as_in_the_table(key, number):
    listed = next(field for field in MESSAGES[number].body.fields if hasattr(field.kind, "kind"))
    ours, table = fixed_offsets(listed.kind.kind, OLD), table_offsets(STANDARD["bodies"][key])
    common = min(len(ours), len(table))
    assert common >= 5
    assert ours[:common] == table[:common]


def test_the_position_has_28_bytes_and_its_time_at_22():
    offsets = fixed_offsets(FIXED_POSITION, OLD)
    assert offsets[-1] == (22, 6)
    assert sum(size for _, size in offsets) == 28


def test_all_extra_items_are_there_with_their_lengths():
    for row in STANDARD["extra_items"]:
        if "-" in row["id"]:
            assert int(row["id"].split("-")[0], 16) == CUSTOM_FROM
            continue
        tag = EXTRA_ITEMS[int(row["id"], 16)]
        if isinstance(row["length"], int) and hasattr(tag.kind, "size"):
            assert tag.kind.size == row["length"], row
        elif isinstance(row["length"], int):
            assert sum(field.kind.size for field in tag.kind.fields if field.name != "fatigue") == row["length"], row
    assert len(EXTRA_ITEMS) == len(STANDARD["extra_items"]) - 1


def test_all_parameters_of_the_table_are_there_with_their_kind():
    kinds = {"BYTE": U8, "WORD": U16, "DWORD": U32}
    for number, kind, _meaning in STANDARD["parameters"]:
        tag = PARAMETERS[int(number, 16)]
        assert tag.sure is Confidence.READ
        assert isinstance(tag.kind, Text) if kind == "STRING" else tag.kind is kinds[kind]
    read = [tag for tag in PARAMETERS.values() if tag.sure is Confidence.READ]
    assert len(read) == len(STANDARD["parameters"])


def test_alarm_bits_differ_between_editions_as_the_table_says():
    old, new = ALARM.of(OLD), ALARM.of(NEW)
    for row in STANDARD["alarm_bits"]:
        assert (row["bit"] in old) == (row["name_2013"] is not None), row
        assert (row["bit"] in new) == (row["name_2019"] is not None), row
        if row["name_2013"] and row["name_2019"] and row["name_2019"] not in {"same", row["name_2013"]}:
            assert old[row["bit"]] != new[row["bit"]], row
    changed = {bit for bit in range(32) if old.get(bit) != new.get(bit)}
    assert changed == {3, 15, 16, 17, 29, 31}


def test_status_and_area_bits_are_those_of_the_table():
    listed = {bit for bit, _ in STANDARD["status_bits"] if isinstance(bit, int)} | {8, 9}
    assert set(STATUS.of(NEW)) == listed
    assert set(STATUS.of(NEW)) - set(STATUS.of(OLD)) == {6, 7, 22}
    assert set(AREA.of(NEW)) == {bit for bit, _ in STANDARD["area_attribute_bits"]}


def test_bits_are_said_in_the_words_of_the_edition():
    assert ALARM.named(1 << 31 | 1 << 29 | 1, OLD) == ("emergency", "collision pre-warning", "illegal door opening")
    assert ALARM.named(1 << 31 | 1 << 29 | 1, NEW) == ("emergency", "collision or rollover", "bit 31")


def test_every_message_of_video_is_there():
    video = {number for number, entry in MESSAGES.items() if entry.standard == "JT/T 1078"}
    turning = set(range(0x9301, 0x9307))
    assert video == turning | {
        0x1003, 0x1005, 0x1205, 0x1206, 0x9003, 0x9101, 0x9102, 0x9105, 0x9201, 0x9202, 0x9205, 0x9206, 0x9207,
    }  # fmt: skip


def test_the_reference_page_is_fresh():
    written = (ROOT / "docs/reference/jt808.md").read_text(encoding="utf-8")
    assert written.rstrip("\n") == page().rstrip("\n"), "run ./gridloop jt808 reference > docs/reference/jt808.md"
