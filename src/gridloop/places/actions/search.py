"""Builds what the search box finds."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.gis.geos import Point
from django.db import transaction

from gridloop.places.actions.loading import copy_rows
from gridloop.places.models import Division, DivisionAlias, Grid, ManagedArea, PlaceName, SearchEntry
from gridloop.places.rules.words import words

WEIGHT = {"metro": 3, "managed": 3, "street": 4, "estate": 5, "poi": 6, "grid": 7}
"""Divisions weigh their level (1-5); of equally good answers the lower weight stands first."""

COLUMNS = ("kind", "code", "name_zh", "name_en", "pinyin", "initials", "tokens", "weight", "area", "centre", "now_code")
PLACE_NAMES = frozenset({"metro", "street", "estate", "poi"})


def refresh_search(*kinds: str) -> int:
    """Writes the entries of these kinds (all by default) anew and returns their number; readers see the old ones until the commit."""
    with transaction.atomic():
        wanted = set(kinds or (*WEIGHT, "division", "former"))
        SearchEntry.objects.filter(kind__in=wanted).delete()
        sources = (
            ({"division", "former"}, _divisions),
            (PLACE_NAMES, _place_names),
            ({"grid"}, _grids),
            ({"managed"}, _managed_areas),
        )
        entries = [entry for kept, source in sources if kept & wanted for entry in source() if entry.kind in wanted]
        copy_rows("places_searchentry", COLUMNS, map(_copied, entries))
    return len(entries)


def _copied(entry: SearchEntry) -> tuple[object, ...]:
    centre = entry.centre.hexewkb.decode() if entry.centre else None
    return tuple(centre if name == "centre" else getattr(entry, name) for name in COLUMNS)


def _entry(
    kind: str, name_zh: str, name_en: str, *, weight: int, code: str = "", area: str = "", centre: Point | None = None,
    now_code: str = "",
) -> SearchEntry:  # fmt: skip
    found_by = words(name_zh, name_en)
    return SearchEntry(
        kind=kind,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        pinyin=found_by.pinyin,
        initials=found_by.initials,
        tokens=list(found_by.tokens),
        weight=weight,
        area=area,
        centre=centre,
        now_code=now_code,
    )


def _divisions() -> Iterator[SearchEntry]:
    successors = dict(DivisionAlias.objects.exclude(successor=None).values_list("old_id", "successor__area"))
    for row in Division.objects.defer("geom").iterator():
        kind = "division" if row.valid_to is None else "former"
        yield _entry(
            kind, row.name_zh, row.name_en, weight=row.level, code=row.area, area=row.area, centre=row.centre,
            now_code=successors.get(row.pk, ""),
        )  # fmt: skip


def _place_names() -> Iterator[SearchEntry]:
    for row in PlaceName.objects.iterator():
        centre = row.geom if isinstance(row.geom, Point) else row.geom.point_on_surface
        yield _entry(row.kind, row.name_zh, row.name_en, weight=WEIGHT[row.kind], area=row.area, centre=centre)


def _grids() -> Iterator[SearchEntry]:
    for row in Grid.objects.filter(valid_to=None).iterator():
        centre = row.geom.point_on_surface if row.geom else None
        yield _entry(
            "grid", row.name_zh, row.name_en, weight=WEIGHT["grid"], code=row.code, area=row.village12, centre=centre
        )


def _managed_areas() -> Iterator[SearchEntry]:
    for row in ManagedArea.objects.filter(valid_to=None):
        yield _entry("managed", row.name, row.name_en, weight=WEIGHT["managed"], centre=row.geom.point_on_surface)
