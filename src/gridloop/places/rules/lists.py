"""The published lists of divisions that are loaded: file, day and source of each."""

from __future__ import annotations

import datetime as dt

TODAY_SINCE = dt.date(2023, 6, 30)
OLDER_SINCE = dt.date(2016, 7, 31)
TODAY_LISTS = ("divisions_xiamen.csv", "divisions_fuzhou.csv", "divisions_pingtan.csv", "divisions_putian_hanjiang.csv")
OLDER_LISTS = ("divisions_xiamen_2016_points.csv", "divisions_pingtan_2016.csv")
TODAY_SOURCE = "statistical division codes, list of 2023-06-30"
OLDER_SOURCE = "statistical division codes, list of 2016 (Vonng/adcode, CC BY 4.0)"
KEEPS_POINT = frozenset({"unchanged", "same_code", "same_name", "same_name_in_successor", "same_stem"})
"""Ways of succession under which a place stayed where it was, so that its published point still holds."""
