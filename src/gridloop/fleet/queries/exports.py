"""Vehicles, permits and fences as files: CSV and XLSX tables, GeoJSON shapes; read page by page."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import xlsxwriter

from gridloop.cases.queries.export import FORMATS, ROWS_MAX, XLSX_PART_BYTES, plain_cell
from gridloop.fleet.queries.vehicles import Page

Heads = Mapping[str, tuple[str, str]]
"""Columns of a file: name of the value -> (Chinese head, English head)."""
VEHICLE_HEADS: Heads = {
    "plate": ("号牌", "plate"), "colour": ("号牌颜色", "plate colour"), "kind": ("类别代码", "kind code"), "kind_name": ("车辆类别", "kind"),
    "firm": ("所属企业", "firm"), "area": ("区划", "area"), "lists": ("名单", "lists"), "in_service": ("在用", "in service"),
    "has_terminal": ("已装终端", "terminal"), "last_at": ("最近定位", "last heard"), "synthetic": ("合成数据", "synthetic"),
}  # fmt: skip
PERMIT_HEADS: Heads = {
    "number": ("许可编号", "number"), "plate": ("号牌", "plate"), "kind": ("许可类型", "kind"), "fences": ("围栏", "fences"), "valid_from": ("起", "from"),
    "valid_to": ("止", "until"), "state": ("状态", "state"), "issuer": ("签发单位", "issuer"), "revoked_why": ("吊销原因", "revoked because"),
    "synthetic": ("合成数据", "synthetic"),
}  # fmt: skip


def paged(ask: Callable[[str], Page]) -> Iterator[dict[str, Any]]:
    """All rows of a list that is asked for page by page from a cursor on, at most ROWS_MAX; the first page is read at once."""
    page = ask("")
    return _from(page, ask)


def _from(page: Page, ask: Callable[[str], Page]) -> Iterator[dict[str, Any]]:
    count = 0
    while True:
        yield from page.items
        count += len(page.items)
        if page.next is None or count >= ROWS_MAX:
            return
        page = ask(page.next)


def table(kind: str, rows: Iterator[dict[str, Any]], heads: Heads, language: str) -> Iterator[bytes]:
    """The rows as `csv` or `xlsx`, no cell of which a spreadsheet takes for a formula."""
    tongue = "zh" if language.startswith("zh") else "en"
    head = [names[0 if tongue == "zh" else 1] for names in heads.values()]
    cells = ([plain_cell(_cell(row, name, tongue)) for name in heads] for row in rows)
    return _csv(head, cells) if kind == "csv" else _xlsx(head, cells)


def _cell(row: Mapping[str, Any], name: str, tongue: str) -> object:
    value = row.get({"colour": f"colour_{tongue}", "kind_name": f"kind_{tongue}"}.get(name, name))
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _csv(head: list[str], rows: Iterator[list[object]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # so that office programs read it as UTF-8
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(head)
    for row in rows:
        writer.writerow(row)
        if buffer.tell() > XLSX_PART_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _xlsx(head: list[str], rows: Iterator[list[object]]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, head)
        for at, row in enumerate(rows, start=1):
            sheet.write_row(at, 0, row)
        book.close()
        file.seek(0)
        while part := file.read(XLSX_PART_BYTES):
            yield part


def shapes(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Rows with a `geometry` as a GeoJSON collection; radius and width stand among the properties, as the import reads them."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    for row in rows:
        said = {name: value for name, value in row.items() if name not in {"geometry", "rules"}}
        yield comma + orjson.dumps({"type": "Feature", "geometry": row["geometry"], "properties": said})
        comma = b",\n"
    yield b"]}"


def route_shapes(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Declared routes with their line as a GeoJSON geometry."""
    for row in rows:
        said = {name: value for name, value in row.items() if name != "line"}
        yield said | {"geometry": {"type": "LineString", "coordinates": row["line"]}}


def content_type(kind: str) -> str:
    """What a file of this kind is sent as."""
    return FORMATS[kind]
