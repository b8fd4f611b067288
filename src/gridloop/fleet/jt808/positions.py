"""Positions of many frames at once: what a gateway reads, window by window.

Frames that are plainly right are read in NumPy; every other frame goes the careful way (`message.decode`), so both ways say
the same of every frame, and a flood of bad frames costs no more than the careful way does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridloop.fleet.jt808 import bulk
from gridloop.fleet.jt808.cursor import Reader, Writer
from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import as_bytes
from gridloop.fleet.jt808.message import Message, decode, degrees
from gridloop.fleet.jt808.records import REST, Item
from gridloop.fleet.jt808.registry import BATCH, POSITION
from gridloop.fleet.jt808.tables.shapes import FIXED_SIZE
from gridloop.fleet.jt808.tables.shapes import POSITION as POSITION_BODY
from gridloop.fleet.jt808.verdicts import BadFrame, Code

EXTRAS = next(field.kind for field in POSITION_BODY.fields if field.name == "extras")
MARK_TIME, MARK_PLACE, MARK_OTHER = 1, 2, 4
"""Bits of `marks`: the time is no moment (NaT), the place is none on earth, something else (see the careful way)."""
BATCH_NONE = -1
ROW = np.dtype(
    [
        ("frame", np.uint32),  # place of the frame in what was given
        ("item", np.uint16),  # place in a batch, 0 outside
        ("id", np.uint16),
        ("edition", np.uint16),
        ("serial", np.uint16),
        ("phone", "S20"),
        ("batch", np.int16),  # kind of a 0x0704 (1: late, from a blind area), -1 outside
        ("alarm", np.uint32),
        ("status", np.uint32),
        ("lon", np.float64),  # degrees, signed by the status
        ("lat", np.float64),
        ("altitude_m", np.uint16),
        ("speed", np.uint16),  # 0.1 km/h
        ("heading", np.uint16),
        ("time", "M8[s]"),  # UTC; NaT where the bytes are no moment
        ("marks", np.uint8),
        ("extras_at", np.uint32),
        ("extras_size", np.uint32),
    ]
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a window of frames holds.

    rows: structured array (ROW), in the order of frames and of items within a batch; others: (frame, message) of all other ids
    of packets and of batches without positions; refused: (frame, error); data: where the extra items of the rows lie.
    """

    rows: npt.NDArray[np.void]
    others: list[tuple[int, Message]]
    refused: list[tuple[int, BadFrame]]
    data: bytes

    def extras_raw(self, row: int) -> bytes:
        """The bytes of a row's extra items."""
        start, size = int(self.rows["extras_at"][row]), int(self.rows["extras_size"][row])
        return self.data[start : start + size]

    def extras(self, row: int) -> list[Item]:
        """A row's extra items, read now."""
        edition = Edition(int(self.rows["edition"][row]))
        reader = Reader(self.extras_raw(row), 0, edition, lenient=True, trace=None)
        items: list[Item] = EXTRAS.read(reader)
        return items


def decode_many(frames: Sequence[bytes], *, lenient: bool = False) -> Decoded:
    """Positions (0x0200, 0x0704) as rows, everything else as messages or refusals; frames with or without delimiters."""
    window = bulk.opened(frames)
    single = np.flatnonzero(window.plain & (window.id == POSITION))
    batch = np.flatnonzero(window.plain & (window.id == BATCH))
    whole = bulk.Spots(single, np.zeros(len(single), np.int64), window.start[single], window.stop[single])
    whole, bad_single = bulk.well_formed(window, whole)
    items, bad_batch = bulk.batch_items(window, batch)
    spots = bulk.Spots(*(np.concatenate(pair) for pair in zip(whole, items, strict=True)))
    rows = _rows(window, spots)
    plain = window.plain & ((window.id == POSITION) | (window.id == BATCH))
    plain[bad_single] = False
    plain[bad_batch] = False
    careful = _Careful(len(window.data))
    for place in np.flatnonzero(~plain).tolist():
        careful.read(place, frames[place], lenient=lenient)
    if careful.rows:
        rows = np.concatenate([rows, np.array(careful.rows, ROW)])
    if careful.rows or len(items.frame):
        rows = rows[np.lexsort((rows["item"], rows["frame"]))]
    return Decoded(rows, careful.others, careful.refused, window.data + bytes(careful.extras))


def _rows(window: bulk.Window, spots: bulk.Spots) -> npt.NDArray[np.void]:
    """Spots whose form is right, as rows."""
    rows = np.zeros(len(spots.frame), ROW)
    if not len(rows):
        return rows
    fixed = bulk.gathered(window.bytes, spots.start, FIXED_SIZE)
    place = spots.frame
    rows["frame"], rows["item"] = place, spots.item
    rows["id"], rows["serial"], rows["edition"] = window.id[place], window.serial[place], window.edition[place]
    rows["phone"] = window.phone[place]
    rows["batch"] = np.where(
        window.id[place] == BATCH, window.bytes[window.start[place] + 2].astype(np.int16), BATCH_NONE
    )
    rows["alarm"], rows["status"] = bulk.u32(fixed, 0), bulk.u32(fixed, 4)
    lat, lon = bulk.u32(fixed, 8), bulk.u32(fixed, 12)
    rows["lat"] = lat / 1e6 * (1 - 2.0 * (fixed[:, 7] >> 2 & 1))
    rows["lon"] = lon / 1e6 * (1 - 2.0 * (fixed[:, 7] >> 3 & 1))
    rows["altitude_m"], rows["speed"], rows["heading"] = (bulk.u16(fixed, at) for at in (16, 18, 20))
    rows["time"], wrong = bulk.moments(fixed[:, 22:28])
    rows["marks"] = wrong * MARK_TIME + ((lat > 90_000_000) | (lon > 180_000_000)) * MARK_PLACE
    rows["extras_at"] = spots.start + FIXED_SIZE
    rows["extras_size"] = spots.stop - spots.start - FIXED_SIZE
    return rows


class _Careful:
    """Frames that are not plainly right, read one by one."""

    def __init__(self, extras_from: int) -> None:
        self.extras_from = extras_from
        self.extras = bytearray()
        self.rows: list[tuple[object, ...]] = []
        self.others: list[tuple[int, Message]] = []
        self.refused: list[tuple[int, BadFrame]] = []

    def read(self, place: int, frame: bytes, *, lenient: bool) -> None:
        """Read one frame and keep what it is."""
        try:
            message = decode(frame, lenient=lenient)
        except BadFrame as error:
            self.refused.append((place, error))
            return
        header, body = message.header, message.body
        kept = len(self.rows)
        if header.part is None and header.id == BATCH:
            for number, item in enumerate(body.get("items", ())):
                self._keep(place, number, message, item)
        elif header.part is None and header.id == POSITION:
            self._keep(place, 0, message, body)
        if len(self.rows) == kept:
            self.others.append((place, message))

    def _keep(self, place: int, number: int, message: Message, body: object) -> None:
        """One row; a position that the lenient mode read only in part has no row."""
        assert isinstance(body, dict)
        if "time" not in body:
            return
        header, time = message.header, body["time"]
        lon, lat = degrees(body)
        codes = {mark.code for mark in message.marks}
        marks = MARK_OTHER if codes - {Code.TIME, Code.PLACE, Code.ITEM} else 0
        marks |= MARK_TIME if isinstance(time, bytes) else 0
        marks |= MARK_PLACE if abs(lon) > 180 or abs(lat) > 90 else 0
        moment = np.datetime64("NaT") if isinstance(time, bytes) else np.datetime64(int(time.timestamp()), "s")
        writer = Writer(header.edition)
        EXTRAS.write(writer, body.get("extras", []))
        raw = bytes(writer.out) + (as_bytes(body.get(REST)) or b"")
        kind = message.body["kind"] if header.id == BATCH else BATCH_NONE
        at = self.extras_from + len(self.extras)
        self.extras += raw
        head = (place, number, header.id, int(header.edition), header.serial, header.phone.encode(), kind)
        values = (body["alarm"], body["status"], lon, lat, body["altitude"], body["speed"], body["heading"])
        self.rows.append((*head, *values, moment, marks, at, len(raw)))
