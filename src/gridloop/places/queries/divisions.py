"""Divisions: one, below another, by name, then and today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import shapely
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from shapely.geometry.base import BaseGeometry

from gridloop.kernel.errors import NotFound
from gridloop.places.models import Division, DivisionAlias, Grid
from gridloop.places.queries.views import DivisionView, Name, Resolution
from gridloop.places.rules import codes

LISTED_MAX = 1000


def division(code: str) -> DivisionView:
    """Today's division with this code (12 digits or a prefix); NotFound otherwise, and for former codes use `resolve`."""
    area = codes.area(code)
    found = Division.objects.filter(area=area, valid_to=None).first()
    if found is None:
        raise NotFound(
            f"no division has the code {code} today; a former code can be asked for what became of it",
            zh=f"目前没有代码为 {code} 的区划;旧代码可查询其变更去向",
        )
    return view(found)


def divisions(under: str = "", level: int | None = None) -> list[DivisionView]:
    """Today's divisions directly below an area, or all of a level inside it, with their number of children (1,000 at most)."""
    area = codes.area(under)
    below = Division.objects.filter(valid_to=None)
    if level is None:
        below = below.filter(parent_area=area)
    else:
        low, high = codes.scope(area)
        below = below.filter(level=level, area__gte=low, area__lt=high)
    children = (
        Division.objects.filter(valid_to=None, parent_area=OuterRef("area"))
        .order_by()
        .values("parent_area")
        .annotate(n=Count("*"))
        .values("n")
    )
    rows = below.defer("geom").annotate(n=Subquery(children)).order_by("area")[:LISTED_MAX]
    return [view(row, children=row.n or 0) for row in rows]


def names(wanted: Iterable[str]) -> dict[str, Name]:
    """Names of places by code: divisions (prefix or 12 digits), cells, grids; unknown ones are left out. Two statements at most."""
    asked = {code: _division_area(code) for code in wanted if code}
    if not asked:
        return {}
    known: dict[str, Name] = {}
    rows = Division.objects.filter(area__in=set(asked.values())).order_by("valid_from")
    for area, zh, en in rows.values_list("area", "name_zh", "name_en"):
        known[area] = Name(zh, en)  # the latest name wins
    grids = [code for code in asked if len(code) == 14]
    grid_names = {
        code: Name(zh, en or zh)
        for code, zh, en in (
            Grid.objects.filter(code__in=grids).values_list("code", "name_zh", "name_en") if grids else ()
        )
    }
    answer = {}
    for code, area in asked.items():
        if code in grid_names:
            answer[code] = grid_names[code]
        elif area in known:
            answer[code] = _cell_name(known[area], code) if len(code) == 15 else known[area]
    return answer


def resolve(code_or_name: str, on: dt.date | None = None) -> list[Resolution]:
    """What a code or a full name meant on a day (or ever), and what that is today; best first, empty where it is unknown."""
    text = code_or_name.replace("\x00", "").strip()
    wanted = Q(area=codes.area(text)) if codes.digits(text) else Q(name_zh=text) | Q(name_en__iexact=text)
    if on is not None:
        wanted &= Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    found = list(Division.objects.filter(wanted).defer("geom").order_by("level", "area", "valid_from")[:100])
    fates = {
        fate.old_id: fate
        for fate in DivisionAlias.objects.filter(old__in=found).select_related("successor").defer("successor__geom")
    }
    return [_resolution(old, fates.get(old.pk)) for old in found]


def aliases(*, unresolved: bool = False) -> QuerySet[DivisionAlias]:
    """What became of former divisions; `unresolved` only those without a known successor."""
    rows = DivisionAlias.objects.select_related("old", "successor").order_by("old__area")
    return rows.filter(successor=None) if unresolved else rows


def outline(code_or_name: str) -> BaseGeometry:
    """The WGS-84 outline of a county by code or name; NotFound where none is known."""
    text = code_or_name.replace("\x00", "").strip()
    wanted = Q(area=codes.area(text)) if codes.digits(text) else Q(name_zh=text) | Q(name_en__iexact=text)
    found = Division.objects.filter(wanted, valid_to=None).exclude(geom=None).first()
    if found is None or found.geom is None:
        raise NotFound(
            f"no outline is known for '{text}'; outlines are known for counties and districts, such as 350203 or 思明区",
            zh=f"没有“{text}”的界线;目前只有县级界线,例如 350203 或思明区",
        )
    return shapely.from_wkb(bytes(found.geom.wkb))


def view(row: Division, children: int | None = None) -> DivisionView:
    """The plain values of a stored division."""
    return DivisionView(
        code12=row.code12,
        area=row.area,
        level=row.level,
        name_zh=row.name_zh,
        name_en=row.name_en,
        parent_area=row.parent_area,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        urban_rural_code=row.urban_rural_code,
        lon=row.centre.x if row.centre else None,
        lat=row.centre.y if row.centre else None,
        centre_precision=row.centre_precision,
        source=row.source,
        confidence=row.confidence,
        children=children,
    )


def _resolution(old: Division, fate: DivisionAlias | None) -> Resolution:
    successor = fate.successor if fate else (old if old.valid_to is None else None)
    return Resolution(
        then=_chain(old, old.valid_to),
        today=_chain(successor, None) if successor else (),
        method=fate.method if fate else ("current" if successor else "unknown"),
        confidence=fate.confidence if fate else old.confidence,
        note_zh=fate.note_zh if fate else "",
        note_en=fate.note_en if fate else "",
    )


def _chain(last: Division, before: dt.date | None) -> tuple[DivisionView, ...]:
    """The divisions round `last` as they stood with it, widest first; one statement."""
    rows = Division.objects.filter(area__in=codes.ancestors(last.area)[:-1]).defer("geom").order_by("valid_from")
    stood = {row.area: row for row in rows.filter(valid_to=None)}
    if before is not None:
        stood |= {row.area: row for row in rows.filter(valid_from__lt=before)}
    return (*(view(stood[area]) for area in sorted(stood)), view(last))


def _division_area(code: str) -> str:
    """The area of the division that names a place code: itself, or the community of a cell or grid."""
    if not codes.digits(code):
        return code
    return codes.area_of(code[:12]) if len(code) >= 12 else code


def _cell_name(village: Name, code: str) -> Name:
    return Name(f"{village.zh} {code[-3:]} 号单元网格", f"{village.en}, cell {code[-3:]}")
