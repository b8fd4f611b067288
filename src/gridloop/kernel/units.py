"""Physical quantities that several rooms share. Units stand last in every name."""

from __future__ import annotations

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
CELL_SIDE_M = 100  # 10,000 m2 (GB/T 30428.1)
SRID_WGS84 = 4326
SRID_WEB_MERCATOR = 3857
