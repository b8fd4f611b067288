"""A list of cases as a file, read page by page so that a large one needs no memory: CSV, XLSX, GeoJSON."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
import xlsxwriter

from gridloop.cases.queries.filters import Filter
from gridloop.cases.queries.queue import LIMIT_MAX, queue
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import Malformed

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
ROWS_MAX = 200_000
XLSX_PART_BYTES = 64 * 1024
HEADS: dict[str, tuple[str, str]] = {
    "number": ("案件编号", "number"),
    "state": ("状态", "state"),
    "class_code": ("类别代码", "class code"),
    "class": ("类别", "class"),
    "urgency": ("紧急程度", "urgency"),
    "title": ("标题", "title"),
    "place": ("位置代码", "place"),
    "place_name": ("所在区域", "area"),
    "address": ("地址", "address"),
    "unit": ("责任单位", "responsible unit"),
    "opened_at": ("上报时间", "reported"),
    "due_at": ("处置时限", "due"),
    "closed_at": ("结案时间", "closed"),
    "late": ("超期", "late"),
    "lon": ("经度", "lon"),
    "lat": ("纬度", "lat"),
    "synthetic": ("合成数据", "synthetic"),
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def exported(asked: Filter, kind: str, *, by: Caller, now: datetime) -> Iterator[bytes]:
    """The whole list in parts of bytes; nothing personal is in it. Malformed for a kind that there is not."""
    makers = {"csv": _csv, "xlsx": _xlsx, "geojson": _geojson}
    if kind not in makers:
        raise Malformed(
            f"there is no export as {kind[:10]}; there are csv, xlsx, geojson", zh="可导出 csv、xlsx、geojson"
        )
    first = queue(asked, by=by, now=now, limit=LIMIT_MAX)  # a wrong filter is refused before the first byte
    return makers[kind](_rows(asked, first.items, first.next, by=by, now=now), by.language)


def _rows(
    asked: Filter, items: list[dict[str, Any]], cursor: str | None, *, by: Caller, now: datetime
) -> Iterator[dict[str, Any]]:
    count = 0
    while True:
        yield from items
        count += len(items)
        if cursor is None or count >= ROWS_MAX:
            return
        page = queue(asked, by=by, now=now, limit=LIMIT_MAX, cursor=cursor)
        items, cursor = page.items, page.next


def _cells(row: dict[str, Any], language: str) -> dict[str, Any]:
    tongue = "zh" if language.startswith("zh") else "en"
    plain = dict(row)
    plain |= {
        "class": row[f"class_{tongue}"],
        "unit": row[f"unit_{tongue}"],
        "place_name": row[f"place_{tongue}"],
        "state": row[f"state_{tongue}"],
    }
    return {name: plain[name] for name in HEADS}


def plain_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; times as the city's clocks show them."""
    if isinstance(value, datetime):
        return in_city(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def _head(language: str) -> list[str]:
    return [names[0 if language.startswith("zh") else 1] for names in HEADS.values()]


def _csv(rows: Iterator[dict[str, Any]], language: str) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # so that office programs read it as UTF-8
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_head(language))
    for row in rows:
        writer.writerow([plain_cell(value) for value in _cells(row, language).values()])
        if buffer.tell() > XLSX_PART_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _geojson(rows: Iterator[dict[str, Any]], language: str) -> Iterator[bytes]:
    return collection(_cells(row, language) for row in rows)


def collection(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows with `lon` and `lat` (WGS-84) as a GeoJSON collection of points, feature by feature."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    for row in rows:
        point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        said = {name: value for name, value in row.items() if name not in {"lon", "lat"}}
        yield comma + orjson.dumps({"type": "Feature", "geometry": point, "properties": said})
        comma = b",\n"
    yield b"]}"


def _xlsx(rows: Iterator[dict[str, Any]], language: str) -> Iterator[bytes]:
    """Written row by row to a temporary file, then sent from there."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet("案件" if language.startswith("zh") else "cases")
        sheet.write_row(0, 0, _head(language))
        for at, row in enumerate(rows, start=1):
            sheet.write_row(at, 0, [plain_cell(value) for value in _cells(row, language).values()])
        book.close()
        file.seek(0)
        while part := file.read(XLSX_PART_BYTES):
            yield part
