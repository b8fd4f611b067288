"""Building the base map of the demonstration as one PMTiles file."""

from pathlib import Path

from gridloop.site.basemap.archive import write_archive
from gridloop.site.basemap.cutting import tiles
from gridloop.site.basemap.scene import layers

ZOOMS = range(5, 16)
BOUNDS = (115.8, 23.5, 120.8, 28.4)  # Fujian
CENTRE = (118.12, 24.48, 12)
METADATA = {
    "name": "Xiamen, demonstration",
    "description": "示范数据 / synthetic: streets, buildings, hills and their names are invented; county outlines and metro stations are real.",
    "attribution": "示范数据 / synthetic",
    "vector_layers": [
        {"id": "land", "fields": {"kind": "String", "area": "String"}},
        {"id": "green", "fields": {"kind": "String", "step": "Number"}},
        {"id": "water", "fields": {"kind": "String"}},
        {"id": "airport", "fields": {"kind": "String"}},
        {"id": "road", "fields": {"class": "String", "zh": "String", "en": "String"}},
        {"id": "building", "fields": {}},
        {"id": "border", "fields": {"kind": "String"}},
        {"id": "metro", "fields": {"kind": "String", "zh": "String"}},
        {"id": "metro_station", "fields": {"zh": "String", "en": "String", "lines": "Number"}},
        {"id": "place", "fields": {"kind": "String", "zh": "String", "en": "String"}},
    ],
}


def build(path: Path, seed: int) -> int:
    """Write the base map of `seed` to `path`; returns the number of tiles."""
    return write_archive(path, tiles(layers(seed), ZOOMS), bounds=BOUNDS, centre=CENTRE, metadata=METADATA)
