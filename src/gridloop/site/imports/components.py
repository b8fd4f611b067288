"""`import components`: a survey of the city's fixed things, some ten thousand rows a transaction."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import nullcontext
from dataclasses import replace

from django.db import transaction

from gridloop.cases import queries as asked
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.places import actions
from gridloop.places import queries as places
from gridloop.site.imports import sources
from gridloop.site.imports.ahead import ahead
from gridloop.site.imports.batches import Batch
from gridloop.site.imports.mapping import Guide, malformed, read_mapping
from gridloop.site.imports.order import Order, Progress, told_crs
from gridloop.site.imports.report import Account, Ending, Fault, ReportFile, Tally
from gridloop.site.imports.surveys import ROLES, TOLD, WORD_MAPS, Known, Read, read_survey

ROWS = 20_000


def import_components(order: Order, *, by: Caller, now: dt.datetime, progress: Progress) -> Account:
    """Import the whole file and account for every row; the tiles' clusters are counted anew at the end."""
    guide = told_crs(read_mapping(order.mapping, ROLES, WORD_MAPS), order)
    guide = replace(guide, form=replace(guide.form, rows=ROWS))
    known = _known(guide, now)
    account = Account("components", guide.dataset, order.dry_run)
    started = time.perf_counter()
    with ReportFile(order.report) as report, transaction.atomic() if order.dry_run else nullcontext():
        tally, finder = Tally(account, report), places.finder()
        batches = sources.read(order.file, guide)
        for batch, read, prepared in ahead(_read(batch, guide, known, finder) for batch in batches):
            tally.read(len(batch))
            _take(batch, read, prepared, guide, tally, by=by, now=now)
            progress(batch.share, account.rows)
        account.seconds = time.perf_counter() - started
        if order.dry_run:
            transaction.set_rollback(True)
        elif account.endings[Ending.IMPORTED]:
            account.extra["clusters"] = actions.refresh_tiles()
    account.extra["seconds_with_tiles"] = round(time.perf_counter() - started, 2)
    return account


def _known(guide: Guide, now: dt.datetime) -> Known:
    """Subclasses and units; Malformed when the mapping is about words that do not exist here."""
    _, classes = asked.classes(now)
    known = Known(
        names={one["code"]: one["name_zh"] for one in classes if one["kind"] == "component"},
        units={unit.code: unit.id for unit in people.units()},
    )
    if not {"subclass", "code"} & guide.columns.keys():
        raise malformed(guide.file, "[columns] must name subclass or code", "[columns] 须指定 subclass 或 code")
    for section, ours in (("subclass", known.names), ("unit", known.units)):
        words = guide.words[section]
        for word in {*words.known.values(), words.otherwise or ""} - {""}:
            if word not in ours:
                raise malformed(guide.file, f"[{section}] '{word}' is unknown here", f"[{section}] 不认识“{word}”")
    return known


def _read(batch: Batch, guide: Guide, known: Known, finder: places.Finder) -> tuple[Batch, Read, actions.Prepared]:
    """All that can be done to a batch without the database."""
    read = read_survey(batch, guide, known, sources.positions(batch, guide))
    return batch, read, actions.prepare(read.survey, finder)


def _take(
    batch: Batch,
    read: Read,
    prepared: actions.Prepared,
    guide: Guide,
    tally: Tally,
    *,
    by: Caller,
    now: dt.datetime,
) -> None:
    """Store what was understood of the batch, and end every row of it."""
    ids = guide.columns.get("id") or guide.columns.get("code")
    for at, faults in read.faults.items():
        foreign_id = str(batch.columns[ids[0]][at] or "") if ids else ""
        tally.ended(batch.lines[at], foreign_id, Ending.BAD, faults)
    if not read.rows:
        return
    endings = actions.import_components(guide.dataset, prepared, by=by, now=now)
    for at, foreign_id, taken in zip(read.rows, read.survey.foreign_id, endings, strict=True):
        _end(tally, guide, batch.lines[at], foreign_id, taken)


def _end(tally: Tally, guide: Guide, line: int, foreign_id: str, taken: actions.Taken) -> None:
    if taken.ending == "changed":
        columns = ", ".join(name for place in taken.differ for name in guide.columns.get(TOLD[place], (TOLD[place],)))
        since = f"component {taken.code}" if taken.code else "an earlier row with the same id"
        since_zh = f"部件 {taken.code}" if taken.code else "同编号的前一行"
        fault = Fault(
            columns, f"says something else than {since}, which stays as it is", f"与{since_zh}不同;原记录保持不变"
        )
        tally.ended(line, foreign_id, Ending.CHANGED, [fault])
    elif taken.ending == "refused":
        tally.ended(line, foreign_id, Ending.BAD, [Fault("", *taken.why)])
    else:
        tally.ended(line, foreign_id, Ending(taken.ending))
