"""Physical quantities that several rooms share. Units stand last in every name."""

from __future__ import annotations

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
EARTH_RADIUS_MERCATOR_M = 6_378_137.0  # sphere of EPSG:3857
CELL_SIDE_M = 100  # 10,000 m2 (GB/T 30428.1)
SRID_WGS84 = 4326
SRID_WEB_MERCATOR = 3857
