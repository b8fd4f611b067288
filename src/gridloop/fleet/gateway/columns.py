"""Columns of numbers as PostgreSQL's binary arrays: a statement with `unnest` takes many rows without a temporary table and without Python's lists.

Layout of an array: dimensions, whether it holds nulls, type of its elements, length, number of its first; then each element after its
length in bytes, all big endian. Source: PostgreSQL, array_send in arrayfuncs.c.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.abc import Buffer, DumperKey
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import Format

HEAD = struct.Struct(">iiIii")


@dataclass(frozen=True, slots=True)
class Type:
    """A type of PostgreSQL: its number, that of its arrays, bytes of a value."""

    oid: int
    array_oid: int
    size: int


SMALLINT, INT, TIMESTAMP = Type(21, 1005, 2), Type(23, 1007, 4), Type(1184, 1185, 8)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Whole numbers of one type; moments are microseconds since 2000-01-01 UTC."""

    type: Type
    values: npt.NDArray[Any]


class ColumnDumper(Dumper):
    """A column as the parameter of a statement."""

    format = Format.BINARY

    def get_key(self, obj: Column, format: PyFormat) -> DumperKey:  # noqa: A002, ARG002 - psycopg's name
        """One dumper a type."""
        return (self.cls, obj.type.array_oid)  # type: ignore[return-value]

    def upgrade(self, obj: Column, format: PyFormat) -> ColumnDumper:  # noqa: A002, ARG002 - psycopg's name
        """The dumper of this type."""
        made = ColumnDumper(self.cls)
        made.oid = obj.type.array_oid
        return made

    def dump(self, obj: Column) -> Buffer:
        """The array."""
        size = obj.type.size
        rows = np.empty(len(obj.values), np.dtype([("size", ">i4"), ("value", f">i{size}")]))
        rows["size"], rows["value"] = size, obj.values
        return HEAD.pack(1, 0, obj.type.oid, len(rows), 1) + rows.tobytes()


def taught(connection: psycopg.Connection[Any]) -> None:
    """Let a connection take columns."""
    connection.adapters.register_dumper(Column, ColumnDumper)
