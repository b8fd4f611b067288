"""Many frames as one array of bytes: unescaped, checked and taken apart by columns. NumPy in, NumPy out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gridloop.fleet.jt808.frames import (
    DELIMITER,
    ENCRYPTION_BITS,
    ESCAPED_MAX,
    FRAME_MIN,
    HEADER_2013,
    HEADER_2019,
    LENGTH_BITS,
    PART_BIT,
    VERSION_BIT,
    Edition,
)
from gridloop.fleet.jt808.tables.shapes import FIXED_SIZE

Numbers = npt.NDArray[Any]
EAST_OF_UTC_S = 8 * 3600  # Asia/Shanghai has known no other offset since 1992
BATCH_HEAD = 3
DIGITS = np.frombuffer(b"0123456789", np.uint8)
DAYS_IN_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
TENS = np.array([(byte >> 4) * 10 + (byte & 15) if byte >> 4 < 10 and byte & 15 < 10 else 255 for byte in range(256)])


@dataclass(frozen=True, slots=True)
class Window:
    """Frames side by side, unescaped. Columns have one entry a frame and mean something only where `plain` is true.

    plain: whole, right check byte and length, decimal phone, in the clear, no packet, no reserved bit; start, stop: where the
    body lies in `bytes`.
    """

    data: bytes
    bytes: npt.NDArray[np.uint8]
    plain: npt.NDArray[np.bool_]
    id: Numbers
    serial: Numbers
    edition: Numbers
    phone: Numbers
    start: Numbers
    stop: Numbers


class Spots(NamedTuple):
    """Positions within a window: of which frame, which item, and where their bytes begin and end."""

    frame: Numbers
    item: Numbers
    start: Numbers
    stop: Numbers


def opened(frames: Sequence[bytes]) -> Window:
    """Take all frames apart."""
    joined = np.frombuffer(b"".join(frames), np.uint8)
    stop = np.cumsum(np.fromiter(map(len, frames), np.int64, len(frames)))
    start = np.concatenate([[0], stop[:-1]]) if len(stop) else stop
    start, stop = _bare(joined, start, stop)
    fits = (stop - start <= ESCAPED_MAX) & (stop > start)
    clean, start, stop, wrong = _unescaped(joined, start, stop)
    plain = fits & ~wrong & (stop - start >= FRAME_MIN)
    plain[plain] = xors(clean, start[plain], stop[plain]) == 0
    return _headed(clean, plain, start, stop)


def _bare(joined: Numbers, start: Numbers, stop: Numbers) -> tuple[Numbers, Numbers]:
    """Where the frames lie without their delimiters."""
    if not len(joined):
        return start, stop
    last = len(joined) - 1
    start = start + ((stop > start) & (joined[np.minimum(start, last)] == DELIMITER))
    stop = stop - ((stop > start) & (joined[np.maximum(stop - 1, 0)] == DELIMITER))
    return start, stop


def _unescaped(joined: Numbers, start: Numbers, stop: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """(bytes, start, stop, whether a frame has a wrong escape or a delimiter inside)."""
    wrong = np.zeros(len(start), np.bool_)
    lone = np.flatnonzero(joined == 0x7D)
    inner = np.flatnonzero(joined == DELIMITER)
    if len(inner):
        owner = np.searchsorted(start, inner, "right") - 1
        held = (owner >= 0) & (inner < stop[owner])
        wrong[owner[held]] = True
    if not len(lone):
        return joined, start, stop, wrong
    owner = np.searchsorted(start, lone, "right") - 1
    inside = (owner >= 0) & (lone < stop[owner])
    lone, owner = lone[inside], owner[inside]
    following = joined[np.minimum(lone + 1, len(joined) - 1)]
    good = (lone + 1 < stop[owner]) & ((following == 1) | (following == 2))
    wrong[owner[~good]] = True
    lone, following = lone[good], following[good]
    clean = joined.copy()
    clean[lone] = following + 0x7C
    kept = np.ones(len(joined), np.bool_)
    kept[lone + 1] = False
    return clean[kept], start - np.searchsorted(lone, start), stop - np.searchsorted(lone, stop), wrong


def xors(data: Numbers, start: Numbers, stop: Numbers) -> Numbers:
    """XOR of the bytes of each stretch (none empty, in ascending order, apart from each other)."""
    if not len(start):
        return np.empty(0, np.uint8)
    edges = np.empty(2 * len(start), np.int64)
    edges[0::2], edges[1::2] = start, stop
    if edges[-1] == len(data):
        edges = edges[:-1]
    return np.bitwise_xor.reduceat(data, edges)[0::2]


def _headed(clean: Numbers, plain: npt.NDArray[np.bool_], start: Numbers, stop: Numbers) -> Window:
    """Read both headers by columns; what is not plain leaves `plain`."""
    count = len(plain)
    columns = {name: np.zeros(count, np.int64) for name in ("id", "serial", "edition", "body")}
    phone = np.zeros(count, "S20")
    places = np.flatnonzero(plain)
    head = gathered(clean, start[places], 4)
    properties = u16(head, 2)
    strange = (properties & (ENCRYPTION_BITS | PART_BIT | 0x8000)) != 0
    late = (properties & VERSION_BIT) != 0
    for is_late, size, phone_at, phone_size, edition in (
        (False, HEADER_2013, 4, 6, Edition.V2013),
        (True, HEADER_2019, 5, 10, Edition.V2019),
    ):
        mine = (late == is_late) & ~strange
        here = places[mine]
        length = stop[here] - start[here] - 1 - size
        fits = (length >= 0) & (length == properties[mine] & LENGTH_BITS)
        here = here[fits]
        header = gathered(clean, start[here], size)
        nibbles = np.empty((len(here), 2 * phone_size), np.uint8)
        nibbles[:, 0::2] = header[:, phone_at : phone_at + phone_size] >> 4
        nibbles[:, 1::2] = header[:, phone_at : phone_at + phone_size] & 15
        decimal = (nibbles < 10).all(axis=1)
        here, header, nibbles = here[decimal], header[decimal], nibbles[decimal]
        columns["id"][here], columns["serial"][here] = u16(header, 0), u16(header, size - 2)
        columns["edition"][here], columns["body"][here] = edition, start[here] + size
        phone[here] = np.ascontiguousarray(DIGITS[nibbles]).view(f"S{2 * phone_size}").ravel()
    plain = columns["edition"] > 0
    return Window(
        clean.tobytes(),
        clean,
        plain,
        columns["id"],
        columns["serial"],
        columns["edition"],
        phone,
        columns["body"],
        stop - 1,
    )


def gathered(data: Numbers, start: Numbers, size: int) -> npt.NDArray[np.uint8]:
    """The `size` bytes from each start: (n, size)."""
    if not len(start):
        return np.empty((0, size), np.uint8)
    taken: npt.NDArray[np.uint8] = np.lib.stride_tricks.sliding_window_view(data, size)[start]
    return taken


def u16(rows: Numbers, at: int) -> Numbers:
    """The words at a column of bytes."""
    return rows[:, at].astype(np.int64) << 8 | rows[:, at + 1]


def u32(rows: Numbers, at: int) -> Numbers:
    """The double words at a column of bytes."""
    return u16(rows, at) << 16 | u16(rows, at + 2)


def well_formed(window: Window, spots: Spots) -> tuple[Spots, Numbers]:
    """(the spots of frames whose every spot has its fixed bytes and extra items that end where the spot ends, the other frames)."""
    good = spots.stop - spots.start >= FIXED_SIZE
    at = spots.start + FIXED_SIZE
    live = np.flatnonzero(good & (at < spots.stop))
    at, last = at[live], len(window.bytes) - 1
    while len(live):
        stop = spots.stop[live]
        step = at + 2 + window.bytes[np.minimum(at + 1, last)]
        fits = (at + 1 < stop) & (step <= stop)
        good[live[~fits]] = False
        goes_on = fits & (step < stop)
        live, at = live[goes_on], step[goes_on]
    bad = np.unique(spots.frame[~good])
    if len(bad):
        good &= ~np.isin(spots.frame, bad)
        spots = Spots(*(column[good] for column in spots))
    return spots, bad


def batch_items(window: Window, frames: Numbers) -> tuple[Spots, Numbers]:
    """(the positions inside these batches, the frames without items, or whose items do not fill the body as their count says)."""
    start, stop = window.start[frames], window.stop[frames]
    long = stop - start >= BATCH_HEAD
    bad = [frames[~long]]
    frames, start, stop = frames[long], start[long], stop[long]
    left = u16(gathered(window.bytes, start, 2), 0)
    bad.append(frames[left == 0])
    at = start + BATCH_HEAD
    found: list[Spots] = []
    number, last = 0, len(window.bytes) - 1
    while len(frames):
        done = left == 0
        bad.append(frames[done & (at != stop)])
        frames, at, stop, left = frames[~done], at[~done], stop[~done], left[~done]
        size = window.bytes[np.minimum(at, last)].astype(np.int64) << 8 | window.bytes[np.minimum(at + 1, last)]
        ends = at + 2 + size
        fits = (at + 2 <= stop) & (ends <= stop) & (size >= FIXED_SIZE)
        bad.append(frames[~fits])
        frames, at, stop, left, ends = frames[fits], at[fits], stop[fits], left[fits], ends[fits]
        found.append(Spots(frames, np.full(len(frames), number), at + 2, ends))
        at, left, number = ends, left - 1, number + 1
    none = np.empty(0, np.int64)
    spots = Spots(*(np.concatenate(column) for column in zip(*found, strict=True))) if found else Spots(*(none,) * 4)
    wrong = np.concatenate(bad)
    spots = Spots(*(column[~np.isin(spots.frame, wrong)] for column in spots))
    spots, unformed = well_formed(window, spots)
    return spots, np.concatenate([wrong, unformed])


def moments(bcd: npt.NDArray[np.uint8]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(UTC seconds as M8[s], NaT where the six bytes YYMMDDhhmmss of the city's clocks are no moment; whether they are none)."""
    year, month, day, hour, minute, second = TENS[bcd].T
    good = (year < 100) & (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60)
    leap = (year % 4 == 0) & (month == 2)  # 2000 is a leap year too
    good &= (day >= 1) & (day <= DAYS_IN_MONTH[np.where(month <= 12, month, 0)] + leap)
    months = (np.where(good, year, 0) + 30) * 12 + np.where(good, month, 1) - 1
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64) + np.where(good, day, 1) - 1
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second - EAST_OF_UTC_S
    time = seconds.astype("M8[s]")
    time[~good] = np.datetime64("NaT")
    return time, ~good
