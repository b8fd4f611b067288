"""Lists of vehicles: what there is, who is on one, and which vehicles the lines of a pasted or uploaded list name."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.fleet.models import Vehicle, VehicleList
from gridloop.fleet.queries.areas import rules_naming
from gridloop.fleet.queries.scope import CHANGING, LOOKING, areas_of, within
from gridloop.fleet.rules.plates import plate_of
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound

TEXT_TOLD_MAX = 60
TOLD_MAX = 200
"""At most so many wrong lines are told at once; the count tells of the others."""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line (from 1) that names no vehicle which the caller may put on a list, and why (English, Chinese)."""

    line: int
    text: str
    why: tuple[str, str]

    def said(self) -> dict[str, Any]:
        """The same for the web."""
        return {"line": self.line, "text": self.text, "en": self.why[0], "zh": self.why[1]}


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Plates that lines name, in their order and each once; how many lines named one of them again; and the lines that are wrong."""

    plates: tuple[str, ...]
    twice: int
    wrong: tuple[WrongLine, ...]


def lists(*, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """Every list with how many vehicles stand on it and the rules that name it; three statements."""
    counts: dict[str, int] = {}
    for codes in Vehicle.objects.exclude(lists=[]).values_list("lists", flat=True):
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    rows = list(VehicleList.objects.order_by("code"))
    named = rules_naming("lists", by=by, now=now)
    return [
        list_line(row) | {"vehicles": counts.get(row.code, 0), "rules": named.get(row.code, [])} for row in rows
    ]  # fmt: skip


def vehicle_list(code: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card: plates on it that the caller sees, those of them that they may take off, how many stand elsewhere, the rules that name it; four statements."""
    row = VehicleList.objects.filter(code=code).first()
    if row is None:
        raise no_list(code)
    on_it = Vehicle.objects.filter(lists__contains=[code])
    seen = list(on_it.filter(within(areas_of(by, *LOOKING))).order_by("plate").values_list("plate", flat=True))
    own = own_plates(code, by)
    return list_line(row) | {
        "plates": seen, "own": own, "vehicles": on_it.count(), "version": version_of_plates(own),
        "rules": rules_naming("lists", by=by, now=now).get(code, []),
    }  # fmt: skip


def list_line(row: VehicleList) -> dict[str, Any]:
    """What a list is called."""
    return {"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en or row.name_zh, "note": row.note}


def own_plates(code: str, by: Caller) -> list[str]:
    """Plates on a list of the vehicles that the caller may change, in order; one statement."""
    found = Vehicle.objects.filter(within(areas_of(by, *CHANGING)), lists__contains=[code])
    return list(found.order_by("plate").values_list("plate", flat=True))


def version_of_plates(plates: Iterable[str]) -> int:
    """A number that is another one when other vehicles stand on the list, for ETag."""
    return zlib.crc32("\n".join(sorted(plates)).encode())


def read_plates(lines: Sequence[str], by: Caller) -> ReadLines:
    """Which vehicles these lines name, blank ones left out. A vehicle of another area is as unknown as one that nobody registered; one statement."""
    found: dict[str, int] = {}
    wrong: list[WrongLine] = []
    twice = 0
    for at, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            plate = plate_of(text)
        except Malformed as error:
            wrong.append(WrongLine(at, text.strip()[:TEXT_TOLD_MAX], (error.en, error.zh)))
            continue
        twice += plate in found
        found.setdefault(plate, at)
    here = Vehicle.objects.filter(within(areas_of(by, *CHANGING)), plate__in=list(found))
    known = set(here.values_list("plate", flat=True))
    for plate, at in found.items():
        if plate not in known:
            why = (f"no vehicle {plate} is registered in your area", f"您的管辖范围内未登记车辆 {plate}")
            wrong.append(WrongLine(at, plate, why))
    plates = tuple(plate for plate in found if plate in known)
    return ReadLines(plates, twice, tuple(sorted(wrong, key=lambda one: one.line)))


def no_list(code: str) -> NotFound:
    """The sentence about a list that there is not."""
    return NotFound(f"there is no list {code[:60]}; make it first", zh=f"没有名单 {code[:60]},请先建立")
