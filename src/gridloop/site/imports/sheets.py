"""Reads tables: CSV in UTF-8 or GB18030, XLSX as a stream, Parquet by row groups."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from gridloop.kernel.errors import Malformed
from gridloop.site.imports.batches import Batch, Batches, FileForm, require_columns

FIELD_CHARS_MAX = 1 << 20
CHUNK_BYTES = 1 << 20


class CsvReader(Protocol):
    """What the csv module gives: rows, and the line at which it stands."""

    @property
    def line_num(self) -> int:
        """Lines read so far."""

    def __next__(self) -> list[str]: ...


Line = tuple[int, Sequence[object], str]
"""Line number, the values in the order of the header, and what is wrong with the row as a whole."""


def read_table(file: Path, ending: str, form: FileForm, wanted: Sequence[str]) -> Batches:
    """The wanted columns of a table, batch by batch; Malformed for a file that is not what its ending says."""
    readers: dict[str, Callable[[Path, FileForm, Sequence[str]], Batches]] = {".xlsx": _xlsx, ".parquet": _parquet}
    return readers.get(ending, _csv)(file, form, wanted)


def _csv(file: Path, form: FileForm, wanted: Sequence[str]) -> Batches:
    csv.field_size_limit(FIELD_CHARS_MAX)
    size = max(1, file.stat().st_size)
    with file.open("rb") as raw:
        encoding = _encoding(raw, form.encoding, file)
        raw.seek(0)
        reader = csv.reader(io.TextIOWrapper(raw, encoding, newline=""), delimiter=form.delimiter)
        header = _header(next(reader, []), file)
        require_columns(file, header, wanted)
        lines = _csv_lines(reader, len(header))
        yield from _gathered(lines, header, wanted, lambda: min(1.0, raw.tell() / size), form.rows)


def _csv_lines(reader: CsvReader, width: int) -> Iterator[Line]:
    """Every row with the line on which it begins; empty lines are no rows."""
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield begins, (), f"the row cannot be read: {wrong}"
            continue
        if row:
            wrong_width = "" if len(row) == width else f"the row has {len(row)} fields, the header has {width}"
            yield begins, row, wrong_width


def _encoding(raw: BinaryIO, told: str, file: Path) -> str:
    """The encoding as told, or the first of UTF-8 and GB18030 that reads the whole file."""
    for encoding in ("utf-8-sig", "gb18030") if told == "auto" else ("utf-8-sig" if told == "utf-8" else told,):
        raw.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := raw.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Malformed(
        f"{file.name} is neither UTF-8 nor GB18030; save it as CSV UTF-8",
        zh=f"{file.name} 既非 UTF-8 也非 GB18030 编码;请另存为 CSV UTF-8",
    )


def _xlsx(file: Path, form: FileForm, wanted: Sequence[str]) -> Batches:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise Malformed(f"{file.name} is no workbook: {wrong}", zh=f"{file.name} 不是有效的 XLSX 工作簿") from wrong
    try:
        if form.sheet and form.sheet not in book.sheetnames:
            raise Malformed(
                f"{file.name} has no sheet '{form.sheet}'; it has {', '.join(book.sheetnames)}",
                zh=f"{file.name} 中没有工作表“{form.sheet}”;现有:{'、'.join(book.sheetnames)}",
            )
        sheet = book[form.sheet] if form.sheet else book.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        header = _header(["" if cell is None else str(cell) for cell in next(rows, ())], file)
        require_columns(file, header, wanted)
        count = max(1, sheet.max_row or 1)
        done = itertools.count(2)
        seen = [1]

        def lines() -> Iterator[Line]:
            for number, row in zip(done, rows, strict=False):
                seen[0] = number
                if any(cell is not None for cell in row):
                    yield number, (*row, *(None,) * (len(header) - len(row))), ""

        yield from _gathered(lines(), header, wanted, lambda: min(1.0, seen[0] / count), form.rows)
    finally:
        book.close()


def _parquet(file: Path, form: FileForm, wanted: Sequence[str]) -> Batches:
    """Rows are numbered from 1, because a Parquet file has no lines."""
    try:
        source = pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise Malformed(
            f"{file.name} is no Parquet file: {wrong}", zh=f"{file.name} 不是有效的 Parquet 文件"
        ) from wrong
    with source:
        require_columns(file, source.schema_arrow.names, wanted)
        columns, total, first = list(dict.fromkeys(wanted)), max(1, source.metadata.num_rows), 1
        for part in source.iter_batches(batch_size=form.rows, columns=columns):
            lines = range(first, first + part.num_rows)
            first += part.num_rows
            values = {name: plain(part.column(name)) for name in columns}
            yield Batch(lines, values, share=min(1.0, (first - 1) / total))


def plain(column: pa.Array) -> list[object]:
    """Python values; times of a nanosecond scale are cut to microseconds."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[object] = column.to_pylist()
    return values


def _header(row: Sequence[str], file: Path) -> list[str]:
    names = [name.strip() for name in row]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Malformed(f"{file.name} is empty: its first line names the columns", zh=f"{file.name} 为空:首行须为列名")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Malformed(f"{file.name} has the column {twice[0]!r} twice", zh=f"{file.name} 中列“{twice[0]}”重复")
    return names


def _gathered(
    lines: Iterator[Line], header: Sequence[str], wanted: Sequence[str], share: Callable[[], float], rows: int
) -> Batches:
    """Rows turned into columns, some thousand at a time."""
    places = {name: header.index(name) for name in dict.fromkeys(wanted)}
    while part := list(itertools.islice(lines, rows)):
        broken = {at: wrong for at, (_, _, wrong) in enumerate(part) if wrong}
        columns = {
            name: [None if at in broken else row[place] for at, (_, row, _) in enumerate(part)]
            for name, place in places.items()
        }
        yield Batch([line for line, _, _ in part], columns, broken, share=share())


def told_text(value: object) -> str:
    """A cell as the text that a person sees in it: whole numbers without a point, times in ISO form, nothing for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
