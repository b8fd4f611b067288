"""Where a report lies that comes with words in place of a position."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.cases.actions.report import home_area
from gridloop.kernel.errors import Malformed
from gridloop.places import queries as places

TOWNSHIP_LEVEL = 4
PRECISION_M_MAX = 1500
CONFIDENCE_MIN = 0.3


@dataclass(frozen=True, slots=True)
class Placed:
    """A spot in WGS-84 degrees, and what it was found by: a label in both languages, or none for the township's centre."""

    lon: float
    lat: float
    zh: str = ""
    en: str = ""


def townships(language: str) -> list[tuple[str, str]]:
    """Code and name of every township of the city, by county; two statements at most."""
    rows = places.divisions(home_area(), TOWNSHIP_LEVEL)
    counties = places.names({row.parent_area for row in rows})
    zh = language == "zh"
    named = []
    for row in rows:
        county = counties.get(row.parent_area)
        above = (county.zh if zh else county.en) if county else ""
        own = row.name_zh if zh else row.name_en
        named.append((row.area, f"{above}{own}" if zh else f"{own}, {above}"))
    return named


def placed(township: str, address: str) -> Placed:
    """The likeliest spot of these words within the township, else the township's centre; Malformed without a township that is one."""
    known = {row.area: row for row in places.divisions(home_area(), TOWNSHIP_LEVEL)}
    row = known.get(township)
    if row is None or row.lon is None or row.lat is None:
        raise Malformed(
            "no township is chosen; choose the one where it is from the list",
            zh="尚未选择街道或乡镇,请从列表中选择问题所在的一个",
            fields={"town": "choose one"},
        )
    if address.strip():
        for one in places.locate(address, (row.lon, row.lat)).candidates:
            good = one.precision_m <= PRECISION_M_MAX and one.confidence >= CONFIDENCE_MIN
            if good and one.area.startswith(township):
                return Placed(one.lon, one.lat, one.label_zh, one.label_en)
    return Placed(row.lon, row.lat)
