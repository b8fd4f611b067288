"""Takes in surveys of components made elsewhere, some ten thousand rows at a time. The same row never becomes two components."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import shapely
from django.db import connection, transaction
from numpy.typing import NDArray

from gridloop.audit import actions as ledger
from gridloop.kernel.caller import Caller
from gridloop.kernel.statements import run
from gridloop.kernel.units import SRID_WGS84
from gridloop.places.queries.finding import Finder
from gridloop.places.rules.codes import LAST_COMPONENT

KNOWN_SQL = """
select before.foreign_id, before.code::text, before.fingerprint
from unnest(%s::text[]) told (foreign_id) join places_imported before on before.dataset = %s and before.foreign_id = told.foreign_id
"""
"""A join, for `= any(array)` compares every row with every element as long as nobody has counted the table."""
LAST_SQL = """
select stem, coalesce((select right(code, 6)::int from places_component
                       where code >= stem and code < stem || '~' order by code desc limit 1), 0)
from unnest(%s::text[]) stem
"""
TAKEN_SQL = """
select component.code::text from unnest(%s::text[]) told (code) join places_component component on component.code = told.code collate "C"
"""
COLUMNS = (
    "code", "subclass", "name", "geom", "cell", "place", "state", "owner_unit_id", "maintain_unit_id", "authority_unit_id",
    "surveyed_on", "source", "accuracy", "note", "attributes", "synthetic", "installed_on", "warranty_contractor", "warranty_until",
)  # fmt: skip
Ending = Literal["imported", "unchanged", "changed", "refused"]
Why = tuple[str, str]
OUTSIDE = (
    "the position lies in no known county; check the coordinate system and the order of lon and lat",
    "位置不在任何已知县区内;请核对坐标系与经纬度顺序",
)
TAKEN = ("another component has this code already", "该部件代码已被占用")
ELSEWHERE = ("the first six digits of the code are not those of the county where it lies", "代码前六位与所在县区不符")
FULL = ("county and subclass have no number left", "该县区该小类的流水号已用尽")


@dataclass(frozen=True)
class Survey:
    """Rows as columns of the same length; `lonlat` is WGS-84 (n, 2), `code` is empty where one has to be given, units are ids.

    `fingerprint` has four bytes for each value of a row, so that a row that comes again says which of them differ.
    """

    foreign_id: Sequence[str]
    fingerprint: Sequence[bytes]
    code: Sequence[str]
    subclass: Sequence[str]
    name: Sequence[str]
    lonlat: NDArray[np.float64]
    state: Sequence[str]
    owner_unit_id: Sequence[int | None]
    maintain_unit_id: Sequence[int | None]
    authority_unit_id: Sequence[int | None]
    surveyed_on: Sequence[dt.date | None]
    source: Sequence[str]
    accuracy: Sequence[str]
    note: Sequence[str]
    attributes: Sequence[str]
    installed_on: Sequence[dt.date | None]
    warranty_contractor: Sequence[str]
    warranty_until: Sequence[dt.date | None]
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """How a row ended: with its code, the places of the values that differ, or why it was refused (English, Chinese)."""

    ending: Ending
    code: str = ""
    differ: tuple[int, ...] = ()
    why: Why = ("", "")


def import_components(dataset: str, survey: Survey, finder: Finder, *, by: Caller, now: dt.datetime) -> list[Taken]:
    """Register the rows that are not here yet, all in one transaction; says of each row how it ended, in order."""
    with transaction.atomic():
        run("select pg_advisory_xact_lock(hashtext('places_component_codes'))")
        run("set local jit = off")  # compiling takes a second a batch and saves nothing here
        endings, fresh = _sorted_out(dataset, survey)
        if fresh:
            rows = np.array(fresh, dtype=np.int64)
            cell, place = finder.places(survey.lonlat[rows])
            codes = _numbered(survey, rows, place, endings)
            kept = np.flatnonzero(codes != "")
            _copied(dataset, survey, rows[kept], codes[kept], cell[kept], place[kept], now=now)
            for at, code in zip(rows[kept].tolist(), codes[kept].tolist(), strict=True):
                endings[at] = Taken("imported", code)
            if len(kept):
                detail = {
                    "dataset": dataset,
                    "components": len(kept),
                    "first": str(codes[kept[0]]),
                    "last": str(codes[kept[-1]]),
                }
                ledger.record(by, "components.imported", f"import:{dataset}", at=now, detail=detail)
    return [endings[at] for at in range(len(survey.foreign_id))]


def _sorted_out(dataset: str, survey: Survey) -> tuple[dict[int, Taken], list[int]]:
    """What became of rows that were here before, or stand twice among these; and the places of the new ones."""
    found = run(KNOWN_SQL, [list(dict.fromkeys(survey.foreign_id)), dataset], prepare=True)
    before = {foreign_id: (code, bytes(fingerprint)) for foreign_id, code, fingerprint in found}
    endings: dict[int, Taken] = {}
    fresh = []
    for at, (foreign_id, fingerprint) in enumerate(zip(survey.foreign_id, survey.fingerprint, strict=True)):
        if foreign_id not in before:
            before[foreign_id] = ("", fingerprint)
            fresh.append(at)
            continue
        code, kept = before[foreign_id]
        most = max(len(kept), len(fingerprint))
        kept, now = (
            kept.ljust(most, b"\0"),
            fingerprint.ljust(most, b"\0"),
        )  # a column that was not known then said nothing
        if kept == now:
            endings[at] = Taken("unchanged", code)
        else:
            differ = tuple(n // 4 for n in range(0, most, 4) if kept[n : n + 4] != now[n : n + 4])
            endings[at] = Taken("changed", code, differ)
    return endings, fresh


def _numbered(
    survey: Survey, rows: NDArray[np.int64], place: NDArray[np.str_], endings: dict[int, Taken]
) -> NDArray[np.str_]:
    """A code for each of the rows, its own or the next free one; empty where the row is refused."""
    codes = np.full(len(rows), "", dtype="<U16")
    given = [survey.code[at] for at in rows]
    taken = (
        {row[0] for row in run(TAKEN_SQL, [[code for code in given if code]], prepare=True)} if any(given) else set()
    )
    stems = [f"{where[:6]}{survey.subclass[at]}" for where, at in zip(place.tolist(), rows, strict=True)]
    last = {
        stem: int(number) for stem, number in run(LAST_SQL, [sorted({*stems, *(code[:10] for code in given if code)})])
    }
    for number, code in enumerate(given):
        if code:
            why = _refusal(code, str(place[number]), taken)
            if why:
                endings[int(rows[number])] = Taken("refused", why=why)
                continue
            codes[number] = code
            taken.add(code)
            last[code[:10]] = max(last[code[:10]], int(code[10:]))
    for number, stem in enumerate(stems):
        if given[number]:
            continue
        if not place[number] or last[stem] >= LAST_COMPONENT:
            endings[int(rows[number])] = Taken("refused", why=FULL if place[number] else OUTSIDE)
            continue
        last[stem] += 1
        codes[number] = f"{stem}{last[stem]:06d}"
    return codes


def _refusal(code: str, place: str, taken: set[str]) -> Why | None:
    if not place:
        return OUTSIDE
    if code[:6] != place[:6]:
        return ELSEWHERE
    return TAKEN if code in taken else None


def _copied(
    dataset: str,
    survey: Survey,
    rows: NDArray[np.int64],
    codes: NDArray[np.str_],
    cell: NDArray[np.str_],
    place: NDArray[np.str_],
    *,
    now: dt.datetime,
) -> None:
    """Components and where they come from, by COPY; in the order of places, which lie near each other, so that index pages are met once."""
    order = np.argsort(place, kind="stable")
    rows, codes, cell, place = rows[order], codes[order], cell[order], place[order]
    shapes = shapely.set_srid(shapely.points(survey.lonlat[rows]), SRID_WGS84)
    at = rows.tolist()
    columns: dict[str, pa.Array] = {
        "code": _texts(codes),
        "geom": pa.array(shapely.to_wkb(shapes, hex=True, include_srid=True), pa.string()),
        "cell": _texts(cell),
        "place": _texts(place),
    }
    for name in ("subclass", "name", "state", "source", "accuracy", "note", "attributes", "warranty_contractor"):
        columns[name] = _picked(getattr(survey, name), at, pa.string())
    for name in ("owner_unit_id", "maintain_unit_id", "authority_unit_id"):
        columns[name] = _picked(getattr(survey, name), at, pa.int64())
    columns["synthetic"] = pa.array([survey.synthetic] * len(at), pa.bool_())
    for name in ("surveyed_on", "installed_on", "warranty_until"):
        columns[name] = _picked(getattr(survey, name), at, pa.date32())
    _copy("places_component", COLUMNS, pa.table({name: columns[name] for name in COLUMNS}))
    origin = {
        "dataset": pa.array([dataset] * len(at), pa.string()),
        "foreign_id": _picked(survey.foreign_id, at, pa.string()),
        "code": columns["code"],
        "fingerprint": pa.array(["\\x" + survey.fingerprint[one].hex() for one in at], pa.string()),
        "at": pa.array([now.isoformat()] * len(at), pa.string()),
    }
    _copy("places_imported", tuple(origin), pa.table(origin))


def _texts(values: NDArray[np.str_]) -> pa.Array:
    return pa.array(values.tolist(), pa.string())


def _picked(values: Sequence[object], rows: Iterable[int], kind: pa.DataType) -> pa.Array:
    return pa.array([values[at] for at in rows], kind)


def _copy(table: str, columns: Sequence[str], values: pa.Table) -> None:
    """A table of columns as CSV that was written column by column, ten times faster than row by row; nothing between commas is null."""
    text = io.BytesIO()
    pacsv.write_csv(values, text, pacsv.WriteOptions(include_header=False))
    command = f"copy {table} ({', '.join(columns)}) from stdin with (format csv)"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.write(text.getbuffer())
