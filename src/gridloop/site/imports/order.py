"""What is asked of an import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gridloop.kernel.errors import Malformed
from gridloop.site.imports.mapping import CRS, Guide, crs_named

Progress = Callable[[float, int], None]
"""Told after each batch: the share of the file that was read, and the rows so far."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how: `report` is where rows that were not taken are written, `since` from when boundaries hold."""

    file: Path
    mapping: Path
    dry_run: bool = False
    report: Path | None = None
    crs: str = ""
    since: dt.date | None = None


def told_crs(guide: Guide, order: Order) -> Guide:
    """The mapping with the coordinate system that was asked for; Malformed without one, because a guess would shift a city by 500 m."""
    if not order.crs:
        raise Malformed(
            f"say in which coordinate system the file is: --crs {' | --crs '.join(CRS)}; a wrong guess moves everything by some 500 m",
            zh=f"请用 --crs 指明坐标系:{'、'.join(CRS)};猜错会使全部位置偏移约 500 米",
        )
    return replace(guide, position=replace(guide.position, crs=crs_named(order.crs)))
