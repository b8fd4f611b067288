"""What a survey of components says, column by column. Pure; a wrong cell is a fault of its row, never an exception."""

from __future__ import annotations

import datetime as dt
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from gridloop.places.actions import COMPONENT_SOURCES, COMPONENT_STATES, Survey
from gridloop.site.imports.batches import Batch
from gridloop.site.imports.mapping import Guide
from gridloop.site.imports.report import Fault
from gridloop.site.imports.sheets import told_text
from gridloop.site.imports.values import LAT_MAX, moment, printable, unreadable

ROLES = {
    "id": False, "code": False, "subclass": False, "name": False, "state": False, "owner": False, "maintain": False, "authority": False,
    "surveyed": False, "source": False, "accuracy": False, "note": False, "attributes": False, "lon": False, "lat": False,
    "installed": False, "contractor": False, "warranty": False,
}  # fmt: skip
"""What the mapping may name a column for; a survey says at least subclass or code."""
WORD_MAPS = ("subclass", "state", "unit", "source")
TOLD = ("position", *(role for role in ROLES if role not in {"id", "lon", "lat"}))
"""The values of a row in the order of its fingerprint."""
TEXT_CHARS_MAX = 500
NOTHING = b"\0\0\0\0"
UNIT_ROLES = ("owner", "maintain", "authority")
DAY_ROLES = ("surveyed", "installed", "warranty")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What our side knows: Chinese name by subclass, unit id by code."""

    names: Mapping[str, str]
    units: Mapping[str, int]


@dataclass(frozen=True)
class Read:
    """What was understood (`survey`, with the index in the batch of each of its rows) and what is wrong with the other rows, by index."""

    survey: Survey
    rows: list[int]
    faults: Mapping[int, list[Fault]]


def read_survey(batch: Batch, guide: Guide, known: Known, lonlat: NDArray[np.float64]) -> Read:
    """The batch as a survey; `lonlat` is WGS-84 (n, 2), NaN where a row has no position."""
    columns = Columns(batch, guide)
    codes, subclasses = _kinds(columns, known)
    names = columns.texts.get("name") or [""] * len(batch)
    named = [name or known.names.get(subclass, "") for name, subclass in zip(names, subclasses, strict=True)]
    units = {role: columns.each(role, partial(_unit, columns, known, role), None) for role in UNIT_ROLES}
    states = columns.each("state", partial(_one_of, columns, "state", COMPONENT_STATES, "intact"), "intact")
    origins = columns.each("source", partial(_one_of, columns, "source", COMPONENT_SOURCES, "other"), "other")
    accuracies = columns.each("accuracy", partial(_accuracy, columns), "")
    days = {role: columns.each(role, partial(_day, columns, role), None) for role in DAY_ROLES}
    contractors = columns.texts.get("contractor") or [""] * len(batch)
    notes = columns.texts.get("note") or [""] * len(batch)
    attributes = _attributes(columns, guide)
    _check_positions(columns, lonlat)
    rows = [at for at in range(len(batch)) if at not in columns.faults]
    fingerprints = _fingerprints(columns, lonlat, rows, attributes)
    survey = Survey(
        foreign_id=_ids(columns, rows, fingerprints),
        fingerprint=fingerprints,
        code=_picked(codes, rows),
        subclass=_picked(subclasses, rows),
        name=_picked(named, rows),
        lonlat=lonlat[rows],
        state=_picked(states, rows),
        owner_unit_id=_picked(units["owner"], rows),
        maintain_unit_id=_picked(units["maintain"], rows),
        authority_unit_id=_picked(units["authority"], rows),
        surveyed_on=_picked(days["surveyed"], rows),
        source=_picked(origins, rows),
        accuracy=_picked(accuracies, rows),
        note=_picked(notes, rows),
        attributes=_picked(attributes, rows),
        installed_on=_picked(days["installed"], rows),
        warranty_contractor=_picked(contractors, rows),
        warranty_until=_picked(days["warranty"], rows),
    )
    return Read(survey, rows, columns.faults)


def _picked(values: Sequence[T], rows: Sequence[int]) -> list[T]:
    return [values[at] for at in rows]


class Columns:
    """The cells of a batch by role, as text, and the faults met so far by row."""

    def __init__(self, batch: Batch, guide: Guide) -> None:
        self.batch = batch
        self.guide = guide
        self.faults: dict[int, list[Fault]] = defaultdict(list)
        for at, wrong in batch.broken.items():
            self.faults[at].append(Fault("", wrong, "整行无法读取"))
        self.texts = {role: self._texts(role) for role in guide.columns if role not in {"lon", "lat", "attributes"}}

    def name(self, role: str) -> str:
        """The file's column for a role, for the report."""
        return ", ".join(self.guide.columns.get(role, ()))

    def _texts(self, role: str) -> list[str]:
        """The first cell of the role's columns that is not empty, for every row."""
        first, *others = (self.batch.columns[name] for name in self.guide.columns[role])
        found = [cell.strip() if isinstance(cell, str) else told_text(cell) for cell in first]
        for column in others:
            found = [before or told_text(cell) for before, cell in zip(found, column, strict=True)]
        if max(map(len, found), default=0) > TEXT_CHARS_MAX or not printable("".join(found)):
            self._check(role, found)
        return found

    def _check(self, role: str, found: Sequence[str]) -> None:
        """Faults of texts that are too long or cannot be kept."""
        for at, told in enumerate(found):
            if len(told) > TEXT_CHARS_MAX:
                reason = f"at most {TEXT_CHARS_MAX} characters can be kept"
                self.faults[at].append(Fault(self.name(role), reason, f"至多 {TEXT_CHARS_MAX} 字", told))
            elif not printable(told):
                self.faults[at].append(unreadable(self.name(role)))

    def each(self, role: str, meaning: Callable[[str], T | Fault], absent: T) -> list[T]:
        """What each cell of a role means, asked once for each text; a fault ends the row."""
        if role not in self.texts:
            return [absent] * len(self.batch)
        known: dict[str, T | Fault] = {}
        found = []
        for at, told in enumerate(self.texts[role]):
            if told not in known:
                known[told] = meaning(told)
            value = known[told]
            if isinstance(value, Fault):
                self.faults[at].append(value)
                value = absent
            found.append(value)
        return found


def _kinds(columns: Columns, known: Known) -> tuple[list[str], list[str]]:
    """Code (empty where none was given) and subclass of every row; either says the subclass, and both must say the same."""
    codes: list[str] = columns.each("code", partial(_code, columns), "")
    subclasses: list[str] = columns.each("subclass", partial(_subclass, columns, known), "")
    for at, (code, subclass) in enumerate(zip(codes, subclasses, strict=True)):
        if subclass and code and code[6:10] != subclass:
            reason = f"the code is one of subclass {code[6:10]}, the row says {subclass}"
            columns.faults[at].append(Fault(columns.name("code"), reason, "代码中的小类与本行小类不符", code))
        elif not subclass and code and code[6:10] not in known.names:
            reason = "digits 7 to 10 of the code are no subclass of components"
            columns.faults[at].append(Fault(columns.name("code"), reason, "代码第 7 至 10 位不是部件小类", code))
        elif not subclass and not code and at not in columns.faults:
            fault = Fault(columns.name("subclass"), "neither subclass nor code is said", "缺少小类或代码")
            columns.faults[at].append(fault)
    return codes, [subclass or code[6:10] for subclass, code in zip(subclasses, codes, strict=True)]


def _code(columns: Columns, told: str) -> str | Fault:
    if told and not (told.isascii() and told.isdigit() and len(told) == 16 and not told.endswith("000000")):
        return Fault(
            columns.name("code"),
            "a component code has 16 digits: county 6, class 2, subclass 2, sequence 6",
            "部件代码应为 16 位数字",
            told,
        )
    return told


def _subclass(columns: Columns, known: Known, told: str) -> str | Fault:
    """A subclass of the class tables; a spreadsheet's 101 is 0101."""
    ours = columns.guide.words["subclass"].ours(told)
    ours = (told.zfill(4) if told.isascii() and told.isdigit() else told) if ours is None else ours
    if ours and ours not in known.names:
        return Fault(
            columns.name("subclass"),
            "this is no subclass of components and [subclass.map] does not know it",
            "不是部件小类,[subclass.map] 中也没有",
            told,
        )
    return ours


def _unit(columns: Columns, known: Known, role: str, told: str) -> int | Fault | None:
    if not told:
        return None
    code = columns.guide.words["unit"].ours(told)
    code = told if code is None else code
    if not code:
        return None
    return known.units.get(
        code,
        Fault(
            columns.name(role),
            "there is no unit with this code and [unit.map] does not know it",
            "没有该单位代码,[unit.map] 中也没有",
            told,
        ),
    )


def _one_of(columns: Columns, role: str, names: Mapping[str, tuple[str, str]], absent: str, told: str) -> str | Fault:
    """A word of the standard in our code, in Chinese, or by the map."""
    if not told:
        return absent
    ours = columns.guide.words[role].ours(told)
    for code, (zh, en) in names.items():
        if code == ours or (ours is None and told.casefold() in {code, zh, en}):
            return code
    return Fault(
        columns.name(role),
        f"this is none of {', '.join(names)}, and [{role}.map] does not know it",
        f"不是 {'、'.join(zh for zh, _ in names.values())} 之一",
        told,
    )


def _accuracy(columns: Columns, told: str) -> str | Fault:
    if told.upper() not in {"", "A", "B", "C"}:
        return Fault(columns.name("accuracy"), "accuracy is A (0.5 m), B (1 m) or C (10 m)", "精度应为 A、B 或 C", told)
    return told.upper()


def _day(columns: Columns, role: str, told: str) -> dt.date | Fault | None:
    if not told:
        return None
    found = moment(told, columns.guide.times)
    if found is None:
        return Fault(columns.name(role), "this is no day", "不是有效日期", told)
    return found.astimezone(columns.guide.times.zone).date()


def _attributes(columns: Columns, guide: Guide) -> list[str]:
    names = guide.columns.get("attributes", ())
    if not names:
        return ["{}"] * len(columns.batch)
    told = [
        {name: told_text(cell) for name, cell in zip(names, cells, strict=True)}
        for cells in zip(*(columns.batch.columns[name] for name in names), strict=True)
    ]
    found = []
    for at, row in enumerate(told):
        if not all(printable(value) for value in row.values()):
            columns.faults[at].append(unreadable(columns.name("attributes")))
            found.append("{}")
            continue
        found.append(orjson.dumps({name: value for name, value in row.items() if value}).decode())
    return found


def _check_positions(columns: Columns, lonlat: NDArray[np.float64]) -> None:
    with np.errstate(invalid="ignore"):
        wrong = ~(np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= LAT_MAX))
    for at in np.flatnonzero(wrong).tolist():
        if at not in columns.batch.broken:
            column = columns.name("lon") or "geometry"
            columns.faults[at].append(
                Fault(column, "there is no position, or it is none on the globe", "缺少位置或位置无效")
            )


def _fingerprints(
    columns: Columns, lonlat: NDArray[np.float64], rows: Sequence[int], attributes: Sequence[str]
) -> list[bytes]:
    """Four bytes for each of `TOLD`."""
    spots = np.ascontiguousarray(lonlat)
    parts: list[list[bytes]] = [[zlib.crc32(spot).to_bytes(4, "big") for spot in spots[rows]]]
    for role in TOLD[1:]:
        told: Sequence[str]
        if role == "attributes" and role in columns.guide.columns:
            told = attributes
        elif role in columns.texts:
            told = columns.texts[role]
        else:
            parts.append([NOTHING] * len(rows))
            continue
        sums: dict[str, bytes] = {}
        column = []
        for at in rows:
            text = told[at]
            if text not in sums:
                sums[text] = zlib.crc32(text.encode()).to_bytes(4, "big")
            column.append(sums[text])
        parts.append(column)
    return [b"".join(row) for row in zip(*parts, strict=True)]


def _ids(columns: Columns, rows: Sequence[int], fingerprints: Sequence[bytes]) -> list[str]:
    """The file's own id, else the code, else what the row says."""
    ids, codes = columns.texts.get("id"), columns.texts.get("code")
    return [
        (ids[at] if ids else "") or (codes[at] if codes else "") or f"row:{said.hex()}"
        for at, said in zip(rows, fingerprints, strict=True)
    ]
