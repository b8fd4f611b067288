"""How large a demo city can be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a city.

    side_m: side of the managed square round the centre in metres; 0 for the whole island and the mainland next to it, `area_km2` together.
    days, cases_a_day: the history that is lived through the real rules; before it come `rounds_before` rounds of half of those days,
    told again from the older half. closer: how much closer than usual components stand. units: how many units there are.
    """

    components: int
    days: int
    cases_a_day: int
    side_m: float = 0.0
    area_km2: float = 0.0
    rounds_before: int = 0
    closer: float = 1.0
    units: int = 40


SIZES = {
    "tiny": Size(side_m=1_000, components=800, days=3, cases_a_day=40),
    "small": Size(side_m=4_500, components=20_000, days=60, cases_a_day=200),
    "tenth": Size(area_km2=33.4, components=143_600, days=28, cases_a_day=251, rounds_before=94, closer=2.6, units=450),
    "city": Size(
        area_km2=334, components=1_436_000, days=28, cases_a_day=2_510, rounds_before=94, closer=2.6, units=450
    ),
    "triple": Size(
        area_km2=334, components=4_308_000, days=28, cases_a_day=2_510, rounds_before=284, closer=5.6, units=450
    ),
}
"""`tiny` is for tests; `small` is the demo city: about 2,000 cells; `city` is Fuzhou's figures (334 km2, 1.436 million components, 450 units,
2,510 cases a day for three years and a half), `tenth` a tenth of its ground and load, `triple` three times its components and
three times its years, for measuring what weight costs."""
