"""One PMTiles file, written so that the same tiles give the same bytes."""

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gridloop.site.basemap.cutting import Tile

PACKED = 9  # gzip level; a level that changes would change every byte of the file
E7 = 10_000_000


def write_archive(
    path: Path,
    tiles: Iterable[tuple[Tile, bytes]],
    *,
    bounds: tuple[float, float, float, float],
    centre: tuple[float, float, int],
    metadata: Mapping[str, object],
) -> int:
    """Write the tiles to `path` and return how many there are; bounds west, south, east, north; centre lon, lat, zoom."""
    packed = sorted((zxy_to_tileid(*tile), gzip.compress(body, PACKED, mtime=0)) for tile, body in tiles)
    with path.open("wb") as file:
        writer = Writer(file)
        for number, body in packed:
            writer.write_tile(number, body)
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": round(bounds[0] * E7),
            "min_lat_e7": round(bounds[1] * E7),
            "max_lon_e7": round(bounds[2] * E7),
            "max_lat_e7": round(bounds[3] * E7),
            "center_lon_e7": round(centre[0] * E7),
            "center_lat_e7": round(centre[1] * E7),
            "center_zoom": centre[2],
        }
        writer.finalize(header, dict(metadata))
    return len(packed)
