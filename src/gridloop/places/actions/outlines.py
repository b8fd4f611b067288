"""Takes in outlines of divisions and grids that were surveyed elsewhere, with the days on which they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import shapely
from django.db import transaction
from django.db.models import Q
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.places.actions.divisions import IMPORTED, multipolygon
from gridloop.places.actions.search import refresh_search
from gridloop.places.models import Division, Grid
from gridloop.places.queries.tiles import forget_tiles
from gridloop.places.rules.codes import AREA_DIGITS, code12_of, level_of
from gridloop.places.rules.names_en import division_name_en

SAME_DEGREES = 1e-7  # about a centimetre: the same outline, written with other digits
Ending = Literal["added", "outlined", "replaced", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Outline:
    """A valid WGS-84 polygon of a division (area prefix of 2 to 12 digits) or a grid (14 digits), from and until a day."""

    code: str
    shape: BaseGeometry
    valid_from: dt.date
    valid_to: dt.date | None = None
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Outlined:
    """How one ended; with the reason (English, Chinese) where it was refused."""

    ending: Ending
    why: tuple[str, str] = ("", "")


def import_outlines(dataset: str, outlines: Sequence[Outline], *, by: Caller, now: dt.datetime) -> list[Outlined]:
    """Keep these outlines, all in one transaction; says of each how it ended, in order. A division that changes its shape begins anew."""
    today = clock.in_city(now).date()
    ended = []
    with transaction.atomic():
        for one in outlines:
            kept = _refused(one, today) or (_grid(one) if len(one.code) > AREA_DIGITS[5] else _division(one, dataset))
            ended.append(kept)
            if kept.ending not in {"unchanged", "refused"}:
                detail = {"dataset": dataset, "how": kept.ending, "valid_from": one.valid_from.isoformat()}
                ledger.record(by, "places.outlined", f"area:{one.code}", at=now, area=one.code, detail=detail)
        if any(kept.ending not in {"unchanged", "refused"} for kept in ended):
            refresh_search("division", "former", "grid")
            transaction.on_commit(forget_tiles)
    return ended


def _refused(one: Outline, today: dt.date) -> Outlined | None:
    if one.valid_from > today:
        return Outlined(
            "refused", ("it holds from a day in the future; import it on that day", "生效日期在未来;请在生效当日导入")
        )
    if one.valid_to is not None and not one.valid_from < one.valid_to <= today:
        return Outlined(
            "refused", ("it must end after it began, and not later than today", "失效日期须晚于生效日期且不晚于今天")
        )
    return None


def _division(one: Outline, dataset: str) -> Outlined:
    when = Q(valid_to=None) if one.valid_to is None else Q(valid_from=one.valid_from)
    before = Division.objects.select_for_update().filter(when, area=one.code).first()
    parent = _parent(one.code)
    if before is None and parent is None:
        return Outlined(
            "refused", ("the division above it is not known; import that first", "上级区划未知;请先导入上级")
        )
    if before is None and not one.name_zh:
        return Outlined("refused", ("this division is new here and needs a name", "新区划须有名称"))
    if before is None:
        _new(one, dataset, parent or "", like=None).save()
        return Outlined("added")
    if before.geom is not None and _same(before.geom.wkb, one.shape) and one.name_zh in {"", before.name_zh}:
        return Outlined("unchanged")
    if before.geom is None or before.valid_from == one.valid_from:
        _drawn(before, one, dataset)
        before.save()
        return Outlined("outlined")
    if one.valid_from < before.valid_from:
        day = before.valid_from.isoformat()
        return Outlined(
            "refused",
            (
                f"another outline holds from {day} on; this one must begin later",
                f"已有自 {day} 起生效的边界;新边界须晚于该日",
            ),
        )
    before.valid_to = one.valid_from
    before.save(update_fields=["valid_to"])
    _new(one, dataset, before.parent_area, like=before).save()
    return Outlined("replaced")


def _parent(area: str) -> str | None:
    """The prefix of the division above, if that one is known today; "" for a province."""
    widths = [width for width in AREA_DIGITS.values() if width < len(area)]
    if not widths:
        return ""
    above = area[: widths[-1]]
    return above if Division.objects.filter(area=above, valid_to=None).exists() else None


def _new(one: Outline, dataset: str, parent: str, *, like: Division | None) -> Division:
    name = one.name_zh or (like.name_zh if like else "")
    row = Division(
        code12=code12_of(one.code),
        area=one.code,
        level=level_of(one.code),
        name_zh=name,
        name_en=division_name_en(name),
        parent_area=parent,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        urban_rural_code=like.urban_rural_code if like else "",
        confidence="high",
    )
    _drawn(row, one, dataset)
    return row


def _drawn(row: Division, one: Outline, dataset: str) -> None:
    row.geom = multipolygon(one.shape)
    row.source = f"{IMPORTED}{dataset}"
    row.name_zh = one.name_zh or row.name_zh
    row.name_en = one.name_en or (division_name_en(row.name_zh) if one.name_zh else row.name_en)
    if row.centre is None or row.centre_precision != "published_point":
        row.centre, row.centre_precision = row.geom.point_on_surface, "inside_polygon"


def _grid(one: Outline) -> Outlined:
    if not Division.objects.filter(code12=one.code[:12], level=5, valid_to=None).exists():
        return Outlined(
            "refused", ("a grid lies below a village of today, and this one's is not known", "网格所属村(社区)未知")
        )
    before = Grid.objects.select_for_update().filter(pk=one.code).first()
    if before is None:
        if not one.name_zh:
            return Outlined("refused", ("this grid is new here and needs a name", "新网格须有名称"))
        Grid.objects.create(
            code=one.code, village12=one.code[:12], name_zh=one.name_zh, name_en=one.name_en, geom=multipolygon(one.shape),
            valid_from=one.valid_from, valid_to=one.valid_to,
        )  # fmt: skip
        return Outlined("added")
    same_name = one.name_zh in {"", before.name_zh}
    if before.geom is not None and _same(before.geom.wkb, one.shape) and same_name and before.valid_to == one.valid_to:
        return Outlined("unchanged")
    had = before.geom is not None
    before.geom, before.valid_to = multipolygon(one.shape), one.valid_to
    before.name_zh, before.name_en = one.name_zh or before.name_zh, one.name_en or before.name_en
    before.valid_from = one.valid_from if had else before.valid_from
    before.save()
    return Outlined("replaced" if had else "outlined")


def _same(kept: memoryview | bytes, shape: BaseGeometry) -> bool:
    """Whether two outlines are one, up to the order of their vertices and a centimetre."""
    before = shapely.normalize(shapely.from_wkb(bytes(kept)))
    asked = shapely.multipolygons(shapely.get_parts(shape))
    return bool(shapely.equals_exact(before, shapely.normalize(asked), tolerance=SAME_DEGREES))
