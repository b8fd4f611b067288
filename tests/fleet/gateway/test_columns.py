"""Looking phones up, keys, marks and COPY by columns: the same as one by one."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.gateway import copying, reading
from gridloop.fleet.gateway.newest import Newest, first_of_each
from gridloop.fleet.gateway.register import Terminals, numbers_of
from gridloop.fleet.intake import NO_MOMENT, fixes

NOON = 1_795_320_000_000


@given(
    st.lists(
        st.integers(0, 10**18 - 1).flatmap(lambda n: st.sampled_from([f"{n:020d}"] + [f"{n:012d}"] * (n < 10**12))),
        max_size=20,
    )
)
def test_phone_numbers_are_read_as_python_reads_them(phones):
    found = numbers_of(np.array([phone.encode() for phone in phones], "S20"))
    assert found.tolist() == [int(phone) for phone in phones]


@pytest.mark.parametrize("phone", ["12345678901a", "99999999999999999999", "1234567890123456789a"])
def test_what_is_no_phone_number_is_nobody(phone):
    assert numbers_of(np.array([phone.encode()], "S20")).tolist() == [-1]


def a_register(*names: str) -> Terminals:
    found = Terminals(lambda *_: None)
    renew(found, *names)
    return found


def renew(terminals: Terminals, *names: str) -> None:
    rows = [
        ("jt808", name, number, number + 100, f"P{name}", "truck", b"", False, 600, "")
        for number, name in enumerate(names, 1)
    ]
    terminals.expect()
    terminals.adopt(terminals.prepared(rows, []))


def test_a_terminal_keeps_its_slot_and_its_line_when_the_register_is_read_again():
    terminals = a_register("13900000002", "13900000001")
    slot = terminals.slot("jt808", "13900000001")
    terminals.slots.speaker[slot] = 7
    renew(terminals, "13900000000", "13900000001")
    assert terminals.slot("jt808", "13900000001") == slot
    assert terminals.slots.speaker[slot] == 7
    assert terminals.slot("jt808", "13900000002") == -1
    assert terminals.slots_of(np.array([b"013900000001", b"013900000002"], "S20")).tolist() == [slot, -1]


def test_what_registration_changed_meanwhile_is_newer_than_what_was_read():
    terminals = a_register("1")
    terminals.expect()
    rows = [("jt808", "1", 1, 101, "P1", "truck", b"old", False, 600, "")]
    prepared = terminals.prepared(rows, [])
    known = terminals.known_at[0]
    assert known is not None
    terminals.replace(0, known)
    terminals.adopt(prepared)
    assert terminals.known_at[0] is known


def a_window(*rows: tuple[int, int, int]) -> np.ndarray:
    """Fixes by (vehicle, at ms, serial)."""
    made = fixes(len(rows))
    for number, (vehicle, at, serial) in enumerate(rows):
        made["vehicle"][number], made["at"][number], made["serial"][number] = vehicle, at, serial
    made["received"] = NOON
    return made


def test_the_same_key_twice_in_a_window_is_stored_once():
    window = a_window((1, NOON, 5), (2, NOON, 5), (1, NOON, 5), (1, NOON, 6), (1, NOON, 5))
    assert first_of_each(window).tolist() == [0, 1, 3]


def test_only_what_is_newer_than_its_vehicles_newest_goes_unchecked():
    newest = Newest(NOON, 100)
    first = a_window((3, NOON, 1), (3, NOON + 1000, 2), (5000, NOON + 1, 1))
    assert newest.checked(first).tolist() == [True, False, False]
    newest.take(first)
    assert newest.checked(a_window((3, NOON + 1000, 2), (3, NOON + 1001, 3))).tolist() == [True, False]


def test_every_last_position_is_written_once_within_ten_seconds():
    newest = Newest(0, 100)
    newest.take(a_window(*((vehicle, NOON, 1) for vehicle in range(1, 351))))
    written = [row["vehicle"] for _ in range(newest.share) for row in newest.next_last()]
    assert sorted(written) == list(range(1, 351))
    assert len(newest.next_last(everything=True)) == 0


def test_a_position_that_was_not_believed_is_no_last_position():
    newest = Newest(0, 100)
    window = a_window((1, NOON, 1), (1, NOON + 1000, 2))
    window["marks"][1] = Mark.JUMP
    newest.take(window)
    assert newest.next_last()["at"].tolist() == [NOON]


def test_a_fix_without_a_moment_stands_under_its_hour_and_a_day_without_partition_is_marked():
    window = a_window((1, NO_MOMENT, 1), (1, NOON, 2), (1, NOON + 40 * reading.DAY_MS, 3))
    window["received"] = NOON + 61_000
    assert reading.stored_moment(window)[0] == (NOON + 61_000) // reading.HOUR_MS * reading.HOUR_MS
    reading.mark_untimely(window, np.array([NOON // reading.DAY_MS]))
    assert window["marks"].tolist() == [0, 0, Mark.TIME]


def test_the_copy_of_positions_holds_each_row_as_postgresql_reads_it():
    window = a_window((7, NOON, 1), (8, NOON, 70_000))
    window["lon"], window["lat"], window["alarm"] = [118.1, 4294.0], [24.5, -91.0], [0xFFFFFFFF, 1]
    window["speed"], window["altitude_m"] = [65_535, 10], [-5, 5]
    said = copying.positions(window, np.array([0, 2]), np.array([0, 3]), b"..abc")
    head, size = len(copying.SIGNATURE), 2 + 13 * 4 + 2 * 8 + 6 * 4 + 5 * 2 + 4
    first = struct.unpack(">h" + "iq" * 2 + "ii" * 6 + "ih" * 5 + "i", said[head : head + size])
    at_us = NOON * 1000 - 946_684_800_000_000
    assert first[0] == 14
    assert first[2:-1:2] == (at_us, at_us, 7, 1, 1_181_000_000, 245_000_000, -1, 0, 32_767, 0, -5, 0, 0)
    assert first[-1] == -1
    second = said[head + size :]
    assert second.endswith(struct.pack(">i", 3) + b"abc" + b"\xff\xff")
    assert struct.unpack_from(">i", second, 2 + 12 + 12 + 8 + 8 + 4)[0] == 2_147_483_647
