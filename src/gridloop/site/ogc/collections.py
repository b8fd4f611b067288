"""The collections that everybody may read: what each is called, what its features say, and where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gridloop.cases.evaluation.queries import openfeatures
from gridloop.places import queries as places
from gridloop.site.ogc.asking import Asked, wrong

Row = dict[str, Any]
CURSOR_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one page, the cursor of the next one or "", and how many there are in all where that is cheap to know."""

    features: list[Row]
    next: str
    matched: int | None


class Source(Protocol):
    """Where the features of a collection come from."""

    def page(self, asked: Asked, now: dt.datetime) -> Page:
        """One page."""

    def one(self, code: str, now: dt.datetime) -> Row | None:
        """One feature, or None."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection; `properties` maps each name to its JSON type and what it means."""

    id: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    source: Source
    properties: Mapping[str, tuple[str, str]]
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """A layer of `places`."""

    layer: str

    def page(self, asked: Asked, now: dt.datetime) -> Page:  # noqa: ARG002 - every source is asked the same way
        """Features without a time of their own are there at any time (requirement 26)."""
        rows = places.features(self.layer, boxes=asked.boxes, after=asked.cursor, limit=asked.limit + 1)
        matched = None if asked.cursor else places.features_counted(self.layer, boxes=asked.boxes)
        following = rows[asked.limit - 1].id if len(rows) > asked.limit else ""
        return Page([_feature(row.id, row.geometry, row.properties) for row in rows[: asked.limit]], following, matched)

    def one(self, code: str, now: dt.datetime) -> Row | None:  # noqa: ARG002 - as above
        """By its code."""
        row = places.feature(self.layer, code)
        return _feature(row.id, row.geometry, row.properties) if row else None


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Cases in hand, as coarse as the open data feed says them."""

    def page(self, asked: Asked, now: dt.datetime) -> Page:
        """By their order; the days are those of the report."""
        if asked.cursor and not (
            asked.cursor.isascii() and asked.cursor.isdigit() and len(asked.cursor) <= CURSOR_DIGITS_MAX
        ):
            raise wrong("this cursor is not ours; begin again without it", "游标无效,请从第一页开始", "cursor")
        rows = openfeatures.open_cases(
            boxes=asked.boxes, days=asked.days, after=int(asked.cursor or 0), limit=asked.limit + 1, now=now
        )
        matched = None if asked.cursor else openfeatures.open_cases_counted(boxes=asked.boxes, days=asked.days)
        following = str(rows[asked.limit - 1][0]) if len(rows) > asked.limit else ""
        return Page([_case(row) for _, row in rows[: asked.limit]], following, matched)

    def one(self, code: str, now: dt.datetime) -> Row | None:
        """By its number, while it is open."""
        row = openfeatures.open_case(code, now=now)
        return _case(row) if row else None


def _feature(code: str, geometry: Row | None, properties: Row) -> Row:
    return {"type": "Feature", "id": code, "geometry": geometry, "properties": properties}


def _case(row: Row) -> Row:
    said = {name: value for name, value in row.items() if name not in {"lon", "lat", "closed_on"}}
    return _feature(row["number"], {"type": "Point", "coordinates": [row["lon"], row["lat"]]}, said)


TEXT, NUMBER, TRUTH = "string", "integer", "boolean"
COLLECTIONS = (
    Collection(
        "divisions", "行政区划", "Administrative divisions", "现行区划;区县有界线,其余为中心点或无位置。",
        "Divisions of today; counties with their outlines, others with a centre where one is known.", Ground("divisions"),
        {"code": (TEXT, "twelve digits"), "level": (NUMBER, "1 province to 5 village"), "name_zh": (TEXT, "name"), "name_en": (TEXT, "name in English"),
         "parent": (TEXT, "code of the division above")},
    ),
    Collection(
        "cells", "单元网格", "Cells", "现行的百米单元网格(GB/T 30428.1)。", "The 100 m cells of today (GB/T 30428.1).", Ground("cells"),
        {"code": (TEXT, "fifteen digits"), "village": (TEXT, "code of its village"), "area_m2": (NUMBER, "square metres"),
         "whole": (TRUTH, "false where a border cuts it")},
    ),
    Collection(
        "components", "城市部件", "Components", "部件的类别、状态与位置,不含权属单位和联系方式。", "Class, state and position of components, without owners or their contacts.",
        Ground("components"),
        {"code": (TEXT, "sixteen digits (GB/T 30428.2)"), "class": (TEXT, "two digits"), "subclass": (TEXT, "four digits"),
         "state": (TEXT, "intact, broken, lost or moved"), "village": (TEXT, "code of its village"), "synthetic": (TRUTH, "invented for the demo")},
    ),
    Collection(
        "cases", "在办案件", "Open cases", "在办案件:无个人信息,无描述文字,位置精确到约 200 米格网。",
        "Cases in hand: no person, no text, positions on a lattice of about 200 m.", OpenCases(),
        {"number": (TEXT, "number of the case"), "reported_on": (TEXT, "day of the report"), "state": (TEXT, "state of the loop"),
         "class_kind": (TEXT, "component or event"), "class_code": (TEXT, "four digits"), "class_zh": (TEXT, "class"), "class_en": (TEXT, "class in English"),
         "village": (TEXT, "code of its village"), "village_zh": (TEXT, "village"), "village_en": (TEXT, "village in English"),
         "unit_zh": (TEXT, "responsible unit"), "unit_en": (TEXT, "responsible unit in English"), "source": (TEXT, "how it was reported"),
         "on_time": (TRUTH, "within its limit; null while that is open"), "synthetic": (TRUTH, "invented for the demo")}, timed=True,
    ),
)  # fmt: skip


def shown(names: tuple[str, ...]) -> dict[str, Collection]:
    """The collections that this site gives, by id, in the order of the table."""
    return {one.id: one for one in COLLECTIONS if one.id in names}
