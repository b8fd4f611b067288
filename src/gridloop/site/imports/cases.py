"""`import cases`: a table of another system's cases becomes cases of ours, batch by batch, each batch one transaction."""

from __future__ import annotations

import datetime as dt
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from django.db import transaction

from gridloop.cases import actions
from gridloop.cases import queries as asked
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.site.imports import agreement, histories
from gridloop.site.imports.batches import Batch, kind_of
from gridloop.site.imports.histories import KIND, NOBODY, ROUTE, History, Known, Point, Reader
from gridloop.site.imports.mapping import Guide, read_mapping
from gridloop.site.imports.order import Order, Progress
from gridloop.site.imports.report import Account, Ending, Fault, ReportFile, Tally
from gridloop.site.imports.sheets import read_table, told_text
from gridloop.site.imports.values import Row, first, number, on_the_globe, to_wgs84


def import_cases(order: Order, *, by: Caller, now: dt.datetime, progress: Progress) -> Account:
    """Import the whole file and account for every row; Malformed when file and mapping do not fit each other or this city."""
    guide = read_mapping(order.mapping, histories.ROLES, histories.WORD_MAPS)
    ending = kind_of(order.file, shapes=False)
    reader = Reader(guide, _known(now), _means(order.file, ending, guide))
    account = Account("cases", guide.dataset, order.dry_run)
    started = time.perf_counter()
    with ReportFile(order.report) as report, transaction.atomic() if order.dry_run else nullcontext():
        tally = Tally(account, report)
        for batch in read_table(order.file, ending, guide.form, guide.wanted):
            tally.read(len(batch))
            _take(batch, reader, tally, by=by, now=now)
            progress(batch.share, account.rows)
        account.extra["agreement"] = agreement.agreement(asked.verdicts(guide.dataset))
        if order.dry_run:
            transaction.set_rollback(True)
    account.seconds = time.perf_counter() - started
    return account


def _known(now: dt.datetime) -> Known:
    _, classes = asked.classes(now)
    if not classes:
        raise Malformed("the class tables are empty; run load_masters first", zh="类别表为空;请先运行 load_masters")
    return Known(
        classes=frozenset(f"{one['kind']}:{one['code']}" for one in classes),
        states=actions.IMPORTABLE,
        units={unit.code: unit.id for unit in people.units()},
        kinds=frozenset(identity.unit_kinds()),
        now=now,
    )


def _means(file: Path, ending: str, guide: Guide) -> dict[tuple[str, str], Point]:
    """Mean position by the value of each column that may fill a missing position; reads the file once where one may."""
    if not guide.position.missing:
        return {}
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for batch in read_table(file, ending, guide.form, guide.wanted):
        for row in _rows(batch):
            lon, lat = (number(first(row, guide.columns[role])) for role in ("lon", "lat"))
            if lon is None or lat is None or not on_the_globe(lon, lat):
                continue
            for column in guide.position.missing:
                total = sums[column, "" if column == "*" else told_text(row.get(column))]
                total[0] += lon
                total[1] += lat
                total[2] += 1
    return {key: (lon / count, lat / count) for key, (lon, lat, count) in sums.items() if key[1] or key[0] == "*"}


def _rows(batch: Batch) -> list[Row]:
    names = list(batch.columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*batch.columns.values(), strict=True)]


def _take(batch: Batch, reader: Reader, tally: Tally, *, by: Caller, now: dt.datetime) -> None:
    """Read the batch, store what was understood, and end every row of it."""
    understood: list[tuple[int, History]] = []
    for at, row in enumerate(_rows(batch)):
        if at in batch.broken:
            wrong = Fault("", batch.broken[at], "整行无法读取")
            tally.ended(batch.lines[at], "", Ending.BAD, [wrong])
            continue
        read = reader.read(row)
        if isinstance(read, list):
            tally.ended(batch.lines[at], reader.foreign_id(row), Ending.BAD, read)
        else:
            understood.append((batch.lines[at], read))
    if not understood:
        return
    rows = _foreign_cases([history for _, history in understood], reader)
    home = reader.guide.position.outside == "home"
    endings = actions.import_cases(reader.guide.dataset, rows, by=by, now=now, outside_is_home=home)
    for (line, history), ended in zip(understood, endings, strict=True):
        _end(tally, reader.guide, line, history, ended)


def _foreign_cases(understood: Sequence[History], reader: Reader) -> list[actions.ForeignCase]:
    lonlat = to_wgs84(np.array([history.lonlat for history in understood], dtype=np.float64), reader.guide.position)
    return [
        _foreign_case(history, float(lon), float(lat), reader.known)
        for history, (lon, lat) in zip(understood, lonlat, strict=True)
    ]


def _foreign_case(history: History, lon: float, lat: float, known: Known) -> actions.ForeignCase:
    kind, _, code = history.class_key.partition(":")
    unit: int | str | None = known.units.get(history.unit)
    if history.unit.startswith(KIND):
        unit = history.unit[len(KIND) :]
    said = actions.Report(
        text=history.text, lon=lon, lat=lat, source="import", class_kind=kind or None, class_code=code or None,
        address=history.address, attributes=history.attributes,
    )  # fmt: skip
    known_more = {"placed_by": history.placed_by} if history.placed_by else {}
    return actions.ForeignCase(
        foreign_id=history.foreign_id,
        said=history.said,
        report=said,
        state=history.state,
        opened_at=history.opened_at,
        closed_at=history.closed_at,
        due_at=history.due_at,
        unit=None if history.unit in {ROUTE, NOBODY} else unit,
        routed=history.unit != NOBODY,
        on_time=history.on_time,
        known=known_more | ({"attributes": dict(history.attributes)} if history.attributes else {}),
    )


def _end(tally: Tally, guide: Guide, line: int, history: History, ended: actions.Ended) -> None:
    columns = ", ".join(", ".join(guide.columns.get(role, ())) for role in ended.columns)
    if ended.ending == "changed":
        since = f"case {ended.number}" if ended.number else "an earlier row with the same id"
        since_zh = f"案件 {ended.number}" if ended.number else "同编号的前一行"
        fault = Fault(
            columns, f"says something else than {since}, which stays as it is", f"与{since_zh}内容不同;原案件保持不变"
        )
        tally.ended(line, history.foreign_id, Ending.CHANGED, [fault])
    elif ended.ending == "refused":
        tally.ended(line, history.foreign_id, Ending.BAD, [Fault(columns, *ended.why)])
    else:
        tally.ended(line, history.foreign_id, Ending(ended.ending))
