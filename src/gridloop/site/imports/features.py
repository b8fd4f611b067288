"""Reads files with geometries through GDAL: GeoJSON, Shapefile (also zipped), GeoPackage; as a stream of columns and shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from gridloop.kernel.errors import Malformed
from gridloop.site.imports.batches import Batch, Batches, FileForm, require_columns
from gridloop.site.imports.sheets import plain

DEGREES = frozenset({"EPSG:4326", "EPSG:4490", "OGC:CRS84"})
"""What a file may say of itself; GCJ-02 and BD-09 have no code, so that files in them say WGS-84 or nothing."""
GEOGRAPHIC = re.compile(r"^\s*GEOG(CS|CRS)\b")
CGCS_OR_WGS = re.compile(r"WGS[ _]?(19)?84|CGCS[ _]?2000|China Geodetic Coordinate System 2000", re.IGNORECASE)


def read_features(file: Path, form: FileForm, wanted: Sequence[str]) -> Batches:
    """Features batch by batch, counted from 1; Malformed when it is no such file or its own coordinate system is not in degrees."""
    try:
        about = pyogrio.read_info(file, layer=form.layer or None, force_feature_count=True)
        _check_crs(file, about["crs"])
        require_columns(file, list(about["fields"]), wanted)
        encoding = None if form.encoding == "auto" else form.encoding.upper()
        columns = list(dict.fromkeys(wanted))
        opened = pyogrio.raw.open_arrow(
            file, layer=form.layer or None, columns=columns, batch_size=form.rows, encoding=encoding, use_pyarrow=True
        )
        with opened as (meta, source):
            name, total, first = meta["geometry_name"] or "wkb_geometry", max(1, int(about["features"])), 1
            for part in source:
                lines = range(first, first + part.num_rows)
                first += part.num_rows
                values = {column: plain(part.column(column)) for column in columns}
                yield Batch(lines, values, shapes=_shapes(part, name), share=min(1.0, (first - 1) / total))
    except (DataSourceError, DataLayerError, pa.ArrowInvalid) as wrong:
        raise Malformed(f"{file.name} cannot be read: {wrong}", zh=f"无法读取 {file.name}:{wrong}") from wrong


def _shapes(part: pa.RecordBatch, name: str) -> NDArray[np.object_]:
    """The geometries; one that cannot be understood is None."""
    column = part.column(name) if name in part.schema.names else part.column(part.num_columns - 1)
    shapes: NDArray[np.object_] = np.asarray(shapely.from_wkb(column.to_pylist(), on_invalid="ignore"), dtype=object)
    return shapes


def _check_crs(file: Path, crs: str | None) -> None:
    """A file that says it is in metres, or on another ellipsoid, is not read as if it were in degrees of WGS-84."""
    if not crs or crs.upper() in DEGREES or (GEOGRAPHIC.match(crs) and CGCS_OR_WGS.search(crs)):
        return
    said = crs if len(crs) < 40 else crs[:40] + "..."
    raise Malformed(
        f"{file.name} says that it is in {said}; convert it first: ogr2ogr -t_srs EPSG:4326 OUT.gpkg {file.name}",
        zh=f"{file.name} 自述坐标系为 {said};请先转换:ogr2ogr -t_srs EPSG:4326 OUT.gpkg {file.name}",
    )
