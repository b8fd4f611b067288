"""`import units`: the tree of units, parents named by code, in whatever order the file has them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction

from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.identity.queries import UnitView
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed
from gridloop.places.actions import area_code
from gridloop.site.imports import sources
from gridloop.site.imports.mapping import Guide, malformed, read_mapping
from gridloop.site.imports.order import Order, Progress
from gridloop.site.imports.report import Account, Ending, Fault, ReportFile, Tally
from gridloop.site.imports.sheets import told_text
from gridloop.site.imports.values import first, printable, unreadable

ROLES = {
    "code": True, "kind": True, "name": True, "name_en": False, "parent": False, "area": False, "phone": False, "email": False,
}  # fmt: skip
WORD_MAPS = ("kind",)
TEXT_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A unit as the file tells it; `parent` is a code, empty for the top."""

    line: int
    code: str
    kind: str
    name: str
    name_en: str
    parent: str
    area: str
    phone: str
    email: str


def import_units(order: Order, *, by: Caller, now: dt.datetime, progress: Progress) -> Account:
    """Import the whole tree and account for every row. A unit that is here and differs is reported and left as it is."""
    guide = read_mapping(order.mapping, ROLES, WORD_MAPS)
    kinds = _kinds(guide)
    account = Account("units", guide.dataset, order.dry_run)
    started = time.perf_counter()
    with ReportFile(order.report) as report, transaction.atomic() if order.dry_run else nullcontext():
        tally = Tally(account, report)
        waiting = _rows(order, guide, kinds, tally)
        here = {unit.code: unit for unit in people.units()}
        while ready := [row for row in waiting if not row.parent or row.parent in here]:
            for row in ready:
                _take(row, here, tally, by=by, now=now)
            done = {id(row) for row in ready}
            waiting = [row for row in waiting if id(row) not in done]
            progress(1 - len(waiting) / max(1, account.rows), account.rows - len(waiting))
        for row in waiting:
            fault = Fault(
                ", ".join(guide.columns["parent"]),
                "there is no unit with this code to stand under, or the units stand in a ring",
                "上级单位不存在或形成循环",
                row.parent,
            )
            tally.ended(row.line, row.code, Ending.BAD, [fault])
        if order.dry_run:
            transaction.set_rollback(True)
    account.seconds = time.perf_counter() - started
    return account


def _kinds(guide: Guide) -> Mapping[str, str]:
    """Our kind by code and by Chinese and English name; Malformed when the mapping names others."""
    known: dict[str, str] = {}
    for code, (zh, en) in identity.unit_kinds().items():
        known |= {en.casefold(): code, zh: code}
    known |= {code: code for code in identity.unit_kinds()}
    for word in {*guide.words["kind"].known.values(), guide.words["kind"].otherwise or ""} - {""}:
        if word not in identity.unit_kinds():
            listed = ", ".join(sorted(identity.unit_kinds()))
            raise malformed(
                guide.file,
                f"[kind] '{word}' is no kind of unit; kinds are {listed}",
                f"[kind] “{word}”不是单位类别;可用:{listed}",
            )
    return known


def _rows(order: Order, guide: Guide, kinds: Mapping[str, str], tally: Tally) -> list[Row]:
    """Every row that can be understood; the others are ended."""
    rows: list[Row] = []
    for batch in sources.read(order.file, guide):
        tally.read(len(batch))
        for at, line in enumerate(batch.lines):
            cells = {name: values[at] for name, values in batch.columns.items()}
            read = (
                [Fault("", batch.broken[at], "整行无法读取")]
                if at in batch.broken
                else _read(line, cells, guide, kinds)
            )
            if isinstance(read, list):
                tally.ended(line, told_text(first(cells, guide.columns["code"])), Ending.BAD, read)
            else:
                rows.append(read)
    return rows


def _read(line: int, cells: dict[str, object], guide: Guide, kinds: Mapping[str, str]) -> Row | list[Fault]:
    told = {role: told_text(first(cells, guide.columns.get(role, ()))) for role in ROLES}
    named = {role: ", ".join(guide.columns.get(role, ())) for role in ROLES}
    faults = [Fault(named[role], "this must be said", "不能为空") for role in ("code", "name") if not told[role]]
    faults += [unreadable(named[role]) for role, text in told.items() if not printable(text)]
    faults += [
        Fault(named[role], f"at most {TEXT_CHARS_MAX} characters can be kept", f"至多 {TEXT_CHARS_MAX} 字", text)
        for role, text in told.items()
        if len(text) > TEXT_CHARS_MAX
    ]
    kind = guide.words["kind"].ours(told["kind"]) or kinds.get(told["kind"]) or kinds.get(told["kind"].casefold())
    if kind is None:
        faults.append(
            Fault(
                named["kind"],
                "this is no kind of unit and [kind.map] does not know it",
                "不是单位类别,[kind.map] 中也没有",
                told["kind"],
            )
        )
    area = ""
    try:
        area = area_code(told["area"])
    except Malformed as wrong:
        faults.append(Fault(named["area"], wrong.en, wrong.zh, told["area"]))
    if faults or kind is None:
        return faults
    return Row(
        line,
        told["code"],
        kind,
        told["name"],
        told["name_en"] or told["name"],
        told["parent"],
        area,
        told["phone"],
        told["email"],
    )


def _take(row: Row, here: dict[str, UnitView], tally: Tally, *, by: Caller, now: dt.datetime) -> None:
    """One unit: new, as it is, or different."""
    before = here.get(row.code)
    parent = here[row.parent].id if row.parent else None
    if before is not None:
        differ = _differ(row, before, parent)
        fault = Fault(
            ", ".join(differ),
            "says something else than the unit that is here, which stays as it is",
            "与现有单位不同;现有单位保持不变",
        )
        tally.ended(row.line, row.code, Ending.CHANGED if differ else Ending.UNCHANGED, [fault] if differ else None)
        return
    new = identity.NewUnit(row.code, row.kind, row.name, row.name_en, row.area, parent, row.phone, row.email)
    try:
        unit_id = identity.create_unit(new, by=by, now=now)
    except GridloopError as wrong:
        tally.ended(row.line, row.code, Ending.BAD, [Fault("", wrong.en, wrong.zh)])
        return
    here[row.code] = UnitView(unit_id, row.code, "", row.kind, row.name, row.name_en, row.area, parent)
    tally.ended(row.line, row.code, Ending.IMPORTED)


def _differ(row: Row, before: UnitView, parent: int | None) -> list[str]:
    pairs = {
        "kind": (row.kind, before.kind), "name": (row.name, before.name_zh), "name_en": (row.name_en, before.name_en),
        "area": (row.area, before.area), "parent": (parent, before.parent_id),
    }  # fmt: skip
    return [name for name, (told, kept) in pairs.items() if told != kept]
