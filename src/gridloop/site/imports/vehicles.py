"""`import vehicles`: the register of supervised vehicles from a table, each with the terminal that sits in it."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import nullcontext
from dataclasses import replace

from django.db import transaction

from gridloop.fleet import actions
from gridloop.fleet.rules.kinds import VEHICLE_KINDS
from gridloop.fleet.rules.plates import PLATE_COLOURS
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError
from gridloop.places import actions as places
from gridloop.site.imports import sources
from gridloop.site.imports.batches import Batch
from gridloop.site.imports.mapping import Guide, malformed, read_mapping
from gridloop.site.imports.order import Order, Progress
from gridloop.site.imports.report import Account, Ending, Fault, ReportFile, Tally
from gridloop.site.imports.sheets import told_text
from gridloop.site.imports.values import first, number, printable, unreadable

ROLES = {"plate": True, "kind": True, "colour": False, "firm": False, "area": False, "vin": False, "lists": False, "speed_limit": False,
         "note": False, "terminal": False, "protocol": False, "maker": False, "model": False, "device": False}  # fmt: skip
WORD_MAPS = ("kind", "colour", "area")
BATCH = 5_000


def import_vehicles(order: Order, *, by: Caller, now: dt.datetime, progress: Progress) -> Account:
    """Import the whole file and account for every row; `extra` says how many terminals were bound."""
    guide = read_mapping(order.mapping, ROLES, WORD_MAPS)
    guide = replace(guide, form=replace(guide.form, rows=BATCH))
    _check_words(guide)
    account = Account("vehicles", guide.dataset, order.dry_run)
    started, bound = time.perf_counter(), 0
    with ReportFile(order.report) as report, transaction.atomic() if order.dry_run else nullcontext():
        tally = Tally(account, report)
        for batch in sources.read(order.file, guide):
            tally.read(len(batch))
            bound += _take(batch, guide, tally, by=by, now=now)
            progress(batch.share, account.rows)
        if order.dry_run:
            transaction.set_rollback(True)
    account.seconds = time.perf_counter() - started
    account.extra["terminals"] = bound
    return account


def _check_words(guide: Guide) -> None:
    """Malformed when the mapping names kinds that there are not."""
    words = guide.words["kind"]
    for word in {*words.known.values(), words.otherwise or ""} - {""}:
        if word not in VEHICLE_KINDS:
            listed = ", ".join(VEHICLE_KINDS)
            raise malformed(
                guide.file,
                f"[kind] '{word}' is no kind of vehicle; kinds are {listed}",
                f"[kind] “{word}”不是车辆类别;可用:{listed}",
            )


def _take(batch: Batch, guide: Guide, tally: Tally, *, by: Caller, now: dt.datetime) -> int:
    """Register what was understood of the batch and bind its terminals; how many terminals were new."""
    read: list[tuple[int, actions.NewVehicle, actions.NewTerminal | None]] = []
    for at, line in enumerate(batch.lines):
        cells = {name: values[at] for name, values in batch.columns.items()}
        faults = [Fault("", batch.broken[at], "整行无法读取")] if at in batch.broken else []
        row = None if faults else _read(cells, guide, faults)
        if row is None or faults:
            tally.ended(line, told_text(first(cells, guide.columns["plate"])), Ending.BAD, faults)
        else:
            read.append((line, *row))
    with transaction.atomic():
        registered = actions.register_vehicles([vehicle for _, vehicle, _ in read], by=by, now=now)
        fitted = [
            terminal
            for (_, _, terminal), taken in zip(read, registered, strict=True)
            if terminal and taken.id is not None
        ]
        answers = iter(actions.bind_terminals(fitted, by=by, now=now))
    bound = 0
    for (line, vehicle, terminal), taken in zip(read, registered, strict=True):
        fitting = next(answers) if terminal and taken.id is not None else None
        bound += fitting is not None and fitting.ending == "new"
        _end(line, vehicle.plate, [taken, *([fitting] if fitting else [])], guide, tally)
    return bound


def _end(line: int, plate: str, taken: list[actions.Taken], guide: Guide, tally: Tally) -> None:
    """One ending for a row: the worst of what became of the vehicle and of its terminal."""
    faults = []
    for one, role in zip(taken, ("plate", "terminal"), strict=False):
        if one.ending in {"refused", "different"}:
            columns = [column for name in one.differ for column in guide.columns.get(name, (name,))] or list(
                guide.columns.get(role, ())
            )
            faults.append(Fault(", ".join(columns), *one.why))
    endings = {one.ending for one in taken}
    if "refused" in endings:
        ending = Ending.BAD
    elif "different" in endings:
        ending = Ending.CHANGED
    else:
        ending = Ending.IMPORTED if "new" in endings else Ending.UNCHANGED
    tally.ended(line, plate, ending, faults or None)


def _read(
    cells: dict[str, object], guide: Guide, faults: list[Fault]
) -> tuple[actions.NewVehicle, actions.NewTerminal | None] | None:
    """A row as a vehicle and its terminal; None where something is wrong, which stands in `faults` then."""
    told = {role: told_text(first(cells, guide.columns.get(role, ()))) for role in ROLES}
    named = {role: ", ".join(guide.columns.get(role, ())) for role in ROLES}
    faults += [Fault(named[role], "this must be said", "不能为空") for role in ("plate", "kind") if not told[role]]
    faults += [unreadable(named[role]) for role, text in told.items() if not printable(text)]
    kind = _word(guide, "kind", told["kind"], {code: (code, *names) for code, names in VEHICLE_KINDS.items()})
    if kind is None:
        faults.append(
            Fault(
                named["kind"],
                "this is no kind of vehicle and [kind.map] does not know it",
                "不是车辆类别,[kind.map] 中也没有",
                told["kind"],
            )
        )
    colour = _word(
        guide,
        "colour",
        told["colour"] or "2",
        {str(code): (str(code), *names) for code, names in PLATE_COLOURS.items()},
    )
    if colour is None:
        faults.append(
            Fault(
                named["colour"],
                "this is no colour of a plate and [colour.map] does not know it",
                "不是号牌颜色",
                told["colour"],
            )
        )
    limit = number(told["speed_limit"]) if told["speed_limit"] else None
    if told["speed_limit"] and (limit is None or not limit.is_integer()):
        faults.append(Fault(named["speed_limit"], "this is no speed in km/h", "不是有效限速", told["speed_limit"]))
    area = _area(guide, told["area"], named["area"], faults)
    if faults or kind is None or colour is None:
        return None
    vehicle = actions.NewVehicle(
        plate=told["plate"], kind=kind, plate_colour=int(colour), firm=told["firm"], area=area, vin=told["vin"],
        lists=tuple(told["lists"].replace(",", " ").replace(";", " ").split()), speed_limit_kmh=int(limit) if limit is not None else None, note=told["note"],
    )  # fmt: skip
    if not told["terminal"]:
        return vehicle, None
    return vehicle, actions.NewTerminal(
        told["protocol"] or "jt808", told["terminal"], told["plate"], maker=told["maker"], model=told["model"], device=told["device"]
    )  # fmt: skip


def _word(guide: Guide, section: str, word: str, ours: dict[str, tuple[str, ...]]) -> str | None:
    """Our code for a word: by the mapping, else by our code or Chinese or English name."""
    found = guide.words[section].ours(word)
    if found is not None:
        return found
    return next((code for code, names in ours.items() if word.casefold() in {name.casefold() for name in names}), None)


def _area(guide: Guide, word: str, column: str, faults: list[Fault]) -> str:
    """Digits of a division; a division's code with its trailing zeros is shortened."""
    known = guide.words["area"].ours(word) or word
    try:
        return places.area_code(known) if known else ""
    except GridloopError as wrong:
        faults.append(Fault(column, wrong.en, wrong.zh, word))
        return ""
