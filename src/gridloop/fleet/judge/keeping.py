"""What is held as bytes and back: a header, arrays and watches, readable only in the format that wrote it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.calendars import FAR
from gridloop.engines.fences.fixes import Last
from gridloop.engines.fences.state import FENCE_BITS, State, Tracks, fence_of, no_state, vehicle_of
from gridloop.fleet.judge.held import Held, begin
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.resting import Rests, fitted
from gridloop.fleet.judge.told import Position
from gridloop.fleet.judge.watches import NAMES, Editing, Key, Watch, Watches, next_wake

FORMAT = 1
HEADER = "header.json"
LAST = ("time", "lonlat", "doubt_time", "doubt_lonlat", "doubts")


def dump(held: Held, masters: Masters) -> bytes:
    """All that is held, with the vehicles by their ids of the register."""
    arrays: dict[str, NDArray[Any]] = {"ids": masters.whom.ids}
    for name, tracks in (("live", held.state.live), ("late", held.state.late)):
        arrays |= {f"{name}_{column}": getattr(tracks.last, column) for column in LAST}
        arrays[f"{name}_pairs"] = tracks.pairs
    arrays |= {
        "rest_rows": held.rests.rows,
        "rest_table": held.rests.table,
        "rest_hours": held.rests.hours,
        "met": held.met,
    }
    header = {
        "format": FORMAT,
        "ticked_ms": held.ticked_ms,
        "watches": [_plain(watch) for watch in held.watches],
        "runs": [_plain(watch) for watch in held.runs],
        "recent": [[*key, positions] for key, positions in held.recent.items()],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(HEADER), json.dumps(header))
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(name), "w") as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    return packed.getvalue()


def load(kept: bytes, masters: Masters) -> Held:
    """The same again under these masters; vehicles and fences they do not know are forgotten. Refuses what another format wrote."""
    try:
        with zipfile.ZipFile(io.BytesIO(kept)) as archive:
            header = json.loads(archive.read(HEADER))
            if header.get("format") != FORMAT:
                message = f"what was held is of format {header.get('format')}, this version reads {FORMAT}; judge the stored tail of positions again"
                raise ValueError(message)
            arrays = {name: _array(archive, name) for name in archive.namelist() if name != HEADER}
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        message = "these bytes are nothing that a judge has held; judge the stored tail of positions again"
        raise ValueError(message) from error
    rows = masters.whom.rows_of(arrays["ids"])
    live, late = (_tracks(masters, arrays, rows, name) for name in ("live", "late"))
    held = replace(begin(masters), state=State(live, late, masters.index.base), ticked_ms=header["ticked_ms"])
    recent = {
        (int(rows[row]), late_ones): tuple(Position(*one) for one in positions)
        for row, late_ones, positions in header["recent"]
        if rows[row] >= 0
    }
    watches = _watches(masters, header["watches"], rows)
    wake = np.full(len(masters.whom), FAR)
    for watch in watches:
        wake[watch.vehicle] = next_wake(watches.of(watch.vehicle))
    runs = _watches(masters, header["runs"], rows)
    running, met = held.running.copy(), held.met.copy()
    running[[watch.vehicle for watch in runs if not watch.key.late]] = True
    met[rows[(rows >= 0) & arrays["met"]]] = True
    return replace(
        held,
        watches=watches,
        wake=wake,
        recent=recent,
        runs=runs,
        running=running,
        met=met,
        rests=_rests(masters, arrays, rows),
    )


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with archive.open(name) as entry:
        found: NDArray[Any] = np.lib.format.read_array(io.BytesIO(entry.read()), allow_pickle=False)
    return found


def _tracks(masters: Masters, arrays: dict[str, NDArray[Any]], rows: NDArray[np.int64], name: str) -> Tracks:
    """Tracks with the rows that the vehicles have now; nothing is settled, so the next fixes are asked."""
    blank = no_state(len(masters.whom)).live
    columns = {column: getattr(blank.last, column).copy() for column in LAST}
    known = rows >= 0
    for column in LAST:
        columns[column][rows[known]] = arrays[f"{name}_{column}"][known]
    pairs = arrays[f"{name}_pairs"].copy()
    vehicle, fence = rows[vehicle_of(pairs["key"])], fence_of(pairs["key"])
    pairs["key"] = vehicle << FENCE_BITS | fence
    pairs = pairs[(vehicle >= 0) & (masters.index.columns_of(fence) >= 0)]
    return Tracks(Last(**columns), blank.settled, pairs[np.argsort(pairs["key"], kind="stable")])


def _rests(masters: Masters, arrays: dict[str, NDArray[Any]], rows: NDArray[np.int64]) -> Rests:
    now = rows[arrays["rest_rows"]]
    order = np.argsort(now, kind="stable")
    order = order[now[order] >= 0]
    return fitted(Rests(now[order], arrays["rest_table"][order], arrays["rest_hours"][order]), masters.resting)


def _plain(watch: Watch) -> list[Any]:
    return [getattr(watch, name) for name in NAMES]


def _watches(masters: Masters, plain: list[list[Any]], rows: NDArray[np.int64]) -> Watches:
    editing = Editing(Watches())
    codes = {line.code for line in masters.lines}
    for values in plain:
        said = dict(zip(NAMES, values, strict=True))
        key = Key(*said["key"])
        vehicle, other = int(rows[said["vehicle"]]), said["other"]
        other = int(rows[other]) if other >= 0 else -1
        if vehicle < 0 or key.line not in codes or (key.fence >= 0 and key.fence not in masters.fences):
            continue
        if said["other"] >= 0:
            if other < 0:
                continue
            key = key._replace(also=other)
        said |= {"key": key, "vehicle": vehicle, "other": other}
        said["inside"] = tuple((fence, stage) for fence, stage in said["inside"] if fence in masters.fences)
        said["positions"] = tuple(Position(*one) for one in said["positions"])
        editing.keep(Watch(**said))
    return editing.done()
