"""Positions as PostgreSQL's binary COPY wants them, built by columns. Pure.

Layout of the format: a signature, then for each row the number of fields and each field after its length in bytes (-1: null), all
big endian; moments are microseconds since 2000-01-01. Source: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.gateway.columns import INT, SMALLINT, TIMESTAMP, Column
from gridloop.fleet.gateway.reading import stored_moment

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
EPOCH_MS = 946_684_800_000  # 2000-01-01 UTC in ms since 1970
SMALL_MAX, INT_MAX = 32_767, 2_147_483_647
POSITION_COLUMNS = (
    ("received_at", 8),
    ("at", 8),
    ("vehicle_id", 4),
    ("serial", 4),
    ("lon_e7", 4),
    ("lat_e7", 4),
    ("alarm", 4),
    ("status", 4),
    ("speed", 2),
    ("heading", 2),
    ("altitude_m", 2),
    ("marks", 2),
    ("source", 2),
)
LAST_COLUMNS = (
    ("vehicle_id", INT),
    ("at", TIMESTAMP),
    ("received_at", TIMESTAMP),
    ("lon_e7", INT),
    ("lat_e7", INT),
    ("alarm", INT),
    ("status", INT),
    ("speed", SMALLINT),
    ("heading", SMALLINT),
    ("marks", SMALLINT),
    ("source", SMALLINT),
)
Numbers = npt.NDArray[Any]


def _layout(columns: tuple[tuple[str, int], ...], tail: tuple[tuple[str, str], ...] = ()) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, size in columns:
        fields += [(f"{name}_size", ">i4"), (name, f">i{size}")]
    return np.dtype([*fields, *tail])


def _filled(
    layout: np.dtype[np.void], columns: tuple[tuple[str, int], ...], values: dict[str, Numbers], count: int
) -> npt.NDArray[np.void]:
    rows = np.zeros(count, layout)
    for name, size in columns:
        rows[f"{name}_size"] = size
        rows[name] = values[name]
    rows["fields"] = len(columns)
    return rows


def values_of(fixes: npt.NDArray[np.void]) -> dict[str, Numbers]:
    """The stored columns of fixes, as the table has them."""
    return {
        "received_at": (fixes["received"] - EPOCH_MS) * 1000,
        "at": (stored_moment(fixes) - EPOCH_MS) * 1000,
        "vehicle_id": fixes["vehicle"],
        "serial": fixes["serial"],
        "lon_e7": e7(fixes["lon"]),
        "lat_e7": e7(fixes["lat"]),
        "alarm": fixes["alarm"].astype(np.uint32).view(np.int32),
        "status": fixes["status"].astype(np.uint32).view(np.int32),
        "speed": np.minimum(fixes["speed"], SMALL_MAX),
        "heading": np.minimum(fixes["heading"], SMALL_MAX),
        "altitude_m": fixes["altitude_m"],
        "marks": fixes["marks"],
        "source": fixes["source"],
    }


def e7(degrees: Numbers) -> Numbers:
    """Ten-millionths of a degree; what is no place on earth is kept as far as the column reaches."""
    return np.clip(np.rint(np.nan_to_num(degrees) * 1e7), -INT_MAX, INT_MAX).astype(np.int32)


def positions(fixes: npt.NDArray[np.void], extras: Numbers, sizes: Numbers, data: bytes) -> bytes:
    """The whole COPY of fixes. extras, sizes: where the further items of each lie in `data`; size 0 is stored as null."""
    values = values_of(fixes)
    parts = [SIGNATURE]
    source = np.frombuffer(data, np.uint8)
    for size in np.unique(sizes).tolist():
        mine = np.flatnonzero(sizes == size)
        tail = (("extras_size", ">i4"), ("extras", f"V{size}")) if size else (("extras_size", ">i4"),)
        chosen = {name: column[mine] for name, column in values.items()}
        rows = _filled(_layout(POSITION_COLUMNS, tail), POSITION_COLUMNS, chosen, len(mine))
        rows["fields"] = len(POSITION_COLUMNS) + 1
        rows["extras_size"] = size or -1
        if size:
            taken = np.lib.stride_tricks.sliding_window_view(source, size)[extras[mine]]
            rows["extras"] = np.ascontiguousarray(taken).view(f"V{size}").ravel()
        parts.append(rows.tobytes())
    return b"".join([*parts, END])


def last_positions(fixes: npt.NDArray[np.void]) -> tuple[Column, ...]:
    """Last positions, one a vehicle, as the columns that last_positions.sql takes."""
    values = values_of(fixes)
    return tuple(Column(kind, values[name]) for name, kind in LAST_COLUMNS)
