"""A file as the import sees it: rows by the thousand, column by column, each with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gridloop.kernel.errors import Malformed

TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})
SHAPES = frozenset({".geojson", ".json", ".shp", ".zip", ".gpkg"})


@dataclass(frozen=True)
class Batch:
    """Some rows of a file: `lines` as an editor counts them, the values of each column, and what is wrong with whole rows by index.

    `shapes` holds a shapely geometry (or None) a row where the file has geometries; `share` is how much of the file was read, 0 to 1.
    """

    lines: Sequence[int]
    columns: Mapping[str, Sequence[object]]
    broken: Mapping[int, str] = field(default_factory=dict)
    shapes: NDArray[np.object_] | None = None
    share: float = 1.0

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class FileForm:
    """How the file is written: encoding `auto`, `utf-8` or `gb18030`, delimiter of CSV, sheet of a workbook, layer of a GeoPackage.

    `rows` is how many are read at a time.
    """

    encoding: str = "auto"
    delimiter: str = ","
    sheet: str = ""
    layer: str = ""
    rows: int = 2000


Batches = Iterator[Batch]


def kind_of(file: Path, *, shapes: bool) -> str:
    """The ending that says how to read a file; Malformed when it is none of ours or there is no such file."""
    if not file.is_file():
        raise Malformed(f"there is no file {file}", zh=f"没有文件 {file}")
    ending = file.suffix.lower()
    readable = TABLES | SHAPES if shapes else TABLES
    if ending not in readable:
        listed = ", ".join(sorted(readable))
        raise Malformed(
            f"{file.name} ends in '{ending}'; files that can be read here end in {listed}",
            zh=f"无法读取“{ending}”文件;可读取的后缀为 {listed}",
        )
    return ending


def require_columns(file: Path, have: Sequence[str], wanted: Sequence[str]) -> None:
    """Raises Malformed when the mapping names columns that the file does not have."""
    missing = [name for name in dict.fromkeys(wanted) if name not in have]
    if missing:
        raise Malformed(
            f"{file.name} has no column {', '.join(repr(name) for name in missing)}; it has {', '.join(have[:60]) or 'none'}",
            zh=f"{file.name} 中没有列 {'、'.join(missing)};现有列:{'、'.join(have[:60]) or '无'}",
        )
