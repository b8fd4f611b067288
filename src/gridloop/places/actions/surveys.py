"""Takes in surveys of components made elsewhere, some ten thousand rows at a time. The same row never becomes two components."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
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
from gridloop.kernel.errors import Refused
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
COPIED_AS = (
    (pa.string(), ("subclass", "name", "state", "source", "accuracy", "note", "attributes", "warranty_contractor")),
    (pa.int64(), ("owner_unit_id", "maintain_unit_id", "authority_unit_id")),
    (pa.date32(), ("surveyed_on", "installed_on", "warranty_until")),
)
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


@dataclass(frozen=True)
class Prepared:
    """A survey with all that needs no database: cell and place of each row (n,), and its values as they are copied (`COLUMNS` without the code)."""

    survey: Survey
    cell: NDArray[np.str_]
    place: NDArray[np.str_]
    values: pa.Table

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True, slots=True)
class Taken:
    """How a row ended: with its code, the places of the values that differ, or why it was refused (English, Chinese)."""

    ending: Ending
    code: str = ""
    differ: tuple[int, ...] = ()
    why: Why = ("", "")


def prepare(survey: Survey, finder: Finder) -> Prepared:
    """Find the places of all rows and lay their values out for the database; asks nobody, so that a thread may do it ahead."""
    cell, place = finder.places(survey.lonlat)
    shapes = shapely.set_srid(shapely.points(survey.lonlat), SRID_WGS84)
    columns: dict[str, pa.Array] = {
        "geom": pa.array(shapely.to_wkb(shapes, hex=True, include_srid=True), pa.string()),
        "cell": _texts(cell),
        "place": _texts(place),
        "synthetic": pa.array([survey.synthetic] * len(place), pa.bool_()),
    }
    for kind, names in COPIED_AS:
        columns |= {name: pa.array(getattr(survey, name), kind) for name in names}
    return Prepared(survey, cell, place, pa.table(columns))


def import_components(dataset: str, prepared: Prepared, *, by: Caller, now: dt.datetime) -> list[Taken]:
    """Register the rows that are not here yet, all in one transaction; says of each row how it ended, in order."""
    with transaction.atomic():
        _begin()
        survey = prepared.survey
        endings, fresh = _sorted_out(dataset, survey)
        if fresh:
            rows = np.array(fresh, dtype=np.int64)
            codes = _numbered(survey, rows, prepared.place[rows], endings)
            kept = np.flatnonzero(codes != "")
            order = kept[np.argsort(prepared.place[rows[kept]], kind="stable")]
            _copy_components(prepared, rows[order], codes[order])
            _copy_origins(dataset, survey, rows[order], codes[order], now=now)
            for at, code in zip(rows[kept].tolist(), codes[kept].tolist(), strict=True):
                endings[at] = Taken("imported", code)
            if len(kept):
                detail = _told(codes[kept]) | {"dataset": dataset}
                ledger.record(by, "components.imported", f"import:{dataset}", at=now, detail=detail)
    return [endings[at] for at in range(len(survey.foreign_id))]


def register_survey(prepared: Prepared, *, by: Caller, now: dt.datetime) -> int:
    """Register every row as a component that nobody registered before, all or, if one lies in no county, none (Refused); returns how many."""
    rows = np.arange(len(prepared))
    with transaction.atomic():
        _begin()
        endings: dict[int, Taken] = {}
        codes = _numbered(prepared.survey, rows, prepared.place, endings)
        for one in endings.values():
            raise Refused(
                f"{len(endings)} of {len(rows)} components cannot be registered; of the first, {one.why[0]}",
                zh=f"{len(rows)} 个部件中有 {len(endings)} 个无法登记;首个原因:{one.why[1]}",
            )
        order = np.argsort(prepared.place, kind="stable")
        _copy_components(prepared, order, codes[order])
        ledger.record(by, "components.registered", "places:components", at=now, detail=_told(codes))
    return len(rows)


def _begin() -> None:
    """One lock keeps two loads from giving the same number; compiling takes a second a batch and saves nothing here.

    A batch's copy for the tiles is held and sorted in memory, not in files.
    """
    run("select pg_advisory_xact_lock(hashtext('places_component_codes'))")
    run("set local jit = off")
    run("set local work_mem = '64MB'")


def _told(codes: NDArray[np.str_]) -> dict[str, object]:
    """What the ledger says of the codes that were given."""
    return (
        {"components": len(codes), "first": str(codes[0]), "last": str(codes[-1])} if len(codes) else {"components": 0}
    )


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


def _copy_components(prepared: Prepared, rows: NDArray[np.int64], codes: NDArray[np.str_]) -> None:
    """The components themselves, by COPY; in the order of places, which lie near each other, so that index pages are met once."""
    values = prepared.values.take(pa.array(rows)).append_column("code", _texts(codes))
    _copy("places_component", COLUMNS, values.select(COLUMNS))


def _copy_origins(
    dataset: str, survey: Survey, rows: NDArray[np.int64], codes: NDArray[np.str_], *, now: dt.datetime
) -> None:
    """Where they come from, by COPY."""
    at = rows.tolist()
    origin = {
        "dataset": pa.array([dataset] * len(at), pa.string()),
        "foreign_id": pa.array([survey.foreign_id[one] for one in at], pa.string()),
        "code": _texts(codes),
        "fingerprint": pa.array(["\\x" + survey.fingerprint[one].hex() for one in at], pa.string()),
        "at": pa.array([now.isoformat()] * len(at), pa.string()),
    }
    _copy("places_imported", tuple(origin), pa.table(origin))


def _texts(values: NDArray[np.str_]) -> pa.Array:
    return pa.array(values.tolist(), pa.string())


def _copy(table: str, columns: Sequence[str], values: pa.Table) -> None:
    """A table of columns as CSV that was written column by column, ten times faster than row by row; nothing between commas is null."""
    text = io.BytesIO()
    pacsv.write_csv(values, text, pacsv.WriteOptions(include_header=False))
    command = f"copy {table} ({', '.join(columns)}) from stdin with (format csv)"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.write(text.getbuffer())
