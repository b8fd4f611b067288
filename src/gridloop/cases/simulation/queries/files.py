"""A result as a file: the cases that change hands as CSV, or everything as a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter

from gridloop.cases.queries.export import FORMATS, plain_cell
from gridloop.cases.simulation.models import Simulation
from gridloop.cases.simulation.queries import simulations
from gridloop.cases.simulation.queries.simulations import LIMIT_MAX, Wanted

PART_BYTES = 64 * 1024
CASES = {
    "number": ("案件编号", "number"),
    "opened_at": ("上报时间", "reported"),
    "class": ("类别", "class"),
    "title": ("标题", "title"),
    "place": ("所在区域", "area"),
    "from": ("原单位", "unit before"),
    "to": ("拟派单位", "unit after"),
    "rule_before": ("原规则", "rule before"),
    "why_before": ("原依据", "why before"),
    "rule_after": ("新规则", "rule after"),
    "why_after": ("新依据", "why after"),
}
GROUPED = (
    ("cases", "案件", "cases"),
    ("moved", "改派", "change hands"),
    ("before", "按期率(前)", "in time before"),
    ("after", "按期率(后,时长不变)", "in time after, same durations"),
    ("estimate", "估计按期率", "estimated"),
    ("low", "估计下限", "low"),
    ("high", "估计上限", "high"),
    ("unknown", "无从估计", "not known"),
)
UNIT_HEADS = (
    ("单位", "unit"), ("案件(前)", "cases before"), ("案件(后)", "cases after"), ("日均(前)", "a day before"), ("日均(后)", "a day after"),
    ("在办峰值(前)", "peak before"), ("在办峰值(后)", "peak after"), ("按期率(前)", "in time before"), ("按期率(后,时长不变)", "in time after, same durations"),
    ("估计按期率", "estimated"), ("估计下限", "low"), ("估计上限", "high"), ("实际派遣", "as recorded"),
)  # fmt: skip


def as_csv(found: Simulation, *, language: str, now: dt.datetime) -> Iterator[bytes]:
    """The cases that change hands, in parts of bytes."""
    yield b"\xef\xbb\xbf"  # so that office programs read it as UTF-8
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_heads(CASES.values(), language))
    for row in _cases(found, language=language, now=now):
        writer.writerow(row)
        if buffer.tell() > PART_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_xlsx(found: Simulation, *, language: str, now: dt.datetime) -> Iterator[bytes]:
    """Units, classes, areas, flows and cases, one sheet each, written row by row to a temporary file and sent from there."""
    tongue = _tongue(language)
    figures, names = found.figures, simulations.told(found, now=now)["names"]
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        _sheet(
            book,
            ("单位", "units")[tongue],
            _heads(UNIT_HEADS, language),
            (_unit(one, names["units"], tongue) for one in figures["units"]),
        )
        for kind, named, title in (
            ("classes", names["classes"], ("类别", "classes")),
            ("areas", names["areas"], ("区域", "areas")),
        ):
            heads = [title[tongue], *(one[1 + tongue] for one in GROUPED)]
            _sheet(book, title[tongue], heads, (_group(one, named, tongue) for one in figures[kind]))
        flows = (
            [_named(names["units"], one["from"], tongue), _named(names["units"], one["to"], tongue), one["count"]] for one in figures["flows"]
        )  # fmt: skip
        _sheet(
            book, ("流向", "flows")[tongue], _heads((CASES["from"], CASES["to"], ("案件", "cases")), language), flows
        )
        _sheet(
            book,
            ("改派案件", "cases")[tongue],
            _heads(CASES.values(), language),
            _cases(found, language=language, now=now),
        )
        book.close()
        file.seek(0)
        while part := file.read(PART_BYTES):
            yield part


KINDS = {"csv": as_csv, "xlsx": as_xlsx}
CONTENT_TYPES = {kind: FORMATS[kind] for kind in KINDS}


def _tongue(language: str) -> int:
    return 0 if language.startswith("zh") else 1


def _heads(heads: Iterable[tuple[str, str]], language: str) -> list[str]:
    return [one[_tongue(language)] for one in heads]


def _sheet(book: Any, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, heads)
    for at, row in enumerate(rows, start=1):
        sheet.write_row(at, 0, ["" if value is None else plain_cell(value) for value in row])


def _named(names: dict[str, list[str]], key: object, tongue: int) -> str:
    pair = names.get(str(key)) if key is not None else ["无单位", "no unit"]
    return pair[tongue] if pair else str(key)


def _unit(one: dict[str, Any], names: dict[str, list[str]], tongue: int) -> list[Any]:
    before, after = one["before"], one["after"]
    pairs = [side[name] for name in ("cases", "per_day", "peak", "rate") for side in (before, after)]
    return [_named(names, one["unit_id"], tongue), *pairs, *_interval(one), one["recorded"]]


def _group(one: dict[str, Any], names: dict[str, list[str]], tongue: int) -> list[Any]:
    rates = [one["before"]["rate"], one["after"]["rate"], *_interval(one)]
    return [_named(names, one["group"], tongue), one["cases"], one["moved"], *rates, one["unknown"]]


def _interval(one: dict[str, Any]) -> list[float | None]:
    estimate = one["estimate"] or {}
    return [estimate.get(name) for name in ("rate", "low", "high")]


def _cases(found: Simulation, *, language: str, now: dt.datetime) -> Iterator[list[Any]]:
    tongue, after = _tongue(language), 0
    spoken = ("zh", "en")[tongue]
    while True:
        page = simulations.changes(found, Wanted(after=after, limit=LIMIT_MAX), now=now)
        names = page["names"]
        for one in page["items"]:
            plain = {
                **one, "class": _named(names["classes"], one["class"], tongue), "place": _named(names["places"], one["place"], tongue),
                "from": _named(names["units"], one["from"], tongue), "to": _named(names["units"], one["to"], tongue),
                "why_before": one[f"why_before_{spoken}"], "why_after": one[f"why_after_{spoken}"],
            }  # fmt: skip
            yield [plain_cell(plain[name]) for name in CASES]
        if page["next"] is None:
            return
        after = int(page["next"])
