"""Every kind of table gives the same rows; a file that is none is refused with a sentence."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridloop.kernel.errors import Malformed
from gridloop.site.imports.ahead import ahead
from gridloop.site.imports.batches import FileForm, kind_of
from gridloop.site.imports.sheets import read_table, told_text

HEADER = ["编号", "时间", "数"]
ROWS = [["A1", "2026-01-02 03:04:05", "1.5"], ["A2", "", "2"], ["A3", '引号"和,逗号\n换行', "3"]]
A_TIME = dt.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as a sheet has it
PLAIN = FileForm()
WANTED = ["编号", "数", "时间"]


def csv_text(delimiter: str = ",") -> str:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in [HEADER, *ROWS]]
    return "\r\n".join(delimiter.join(row) for row in quoted) + "\r\n"


def written(tmp_path, form: str):
    path = tmp_path / f"table.{'csv' if form not in {'xlsx', 'parquet'} else form}"
    if form == "xlsx":
        book = openpyxl.Workbook()
        for row in [HEADER, *ROWS]:
            book.active.append(row)
        book.save(path)
    elif form == "parquet":
        pq.write_table(pa.table({name: [row[at] for row in ROWS] for at, name in enumerate(HEADER)}), path)
    else:
        encoding = {"bom": "utf-8-sig", "gb18030": "gb18030"}.get(form, "utf-8")
        path.write_text(csv_text(";" if form == "semicolon" else ","), encoding=encoding, newline="")
    return path


def texts(path, form: FileForm = PLAIN) -> list[list[str]]:
    found = []
    for batch in read_table(path, kind_of(path, shapes=False), form, WANTED):
        found += [
            [told_text(cell) for cell in row] for row in zip(*(batch.columns[name] for name in HEADER), strict=True)
        ]
    return found


@pytest.mark.parametrize("form", ["utf-8", "bom", "gb18030", "semicolon", "xlsx", "parquet"])
def test_every_form_of_a_table_gives_the_same_rows(tmp_path, form):
    path = written(tmp_path, form)
    assert texts(path, FileForm(delimiter=";" if form == "semicolon" else ",")) == ROWS


def test_rows_come_in_batches_with_the_lines_on_which_they_begin(tmp_path):
    path = written(tmp_path, "utf-8")
    batches = list(read_table(path, ".csv", FileForm(rows=2), WANTED))
    assert [list(batch.lines) for batch in batches] == [[2, 3], [4]]
    assert batches[-1].share == 1.0


def test_a_row_with_too_many_fields_is_broken_and_the_others_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n1,2,3\n4\n5,6\n\n7,8\n", encoding="utf-8")
    (batch,) = read_table(path, ".csv", FileForm(), ["a"])
    assert list(batch.lines) == [2, 3, 4, 5, 7]
    assert batch.broken == {1: "the row has 3 fields, the header has 2", 2: "the row has 1 fields, the header has 2"}
    assert batch.columns["a"] == ["1", None, None, "5", "7"]


def test_a_workbook_keeps_times_as_times(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["t"])
    book.active.append([A_TIME])
    book.save(tmp_path / "t.xlsx")
    (batch,) = read_table(tmp_path / "t.xlsx", ".xlsx", FileForm(), ["t"])
    assert batch.columns["t"] == [A_TIME]


def test_a_column_that_is_not_there_is_named(tmp_path):
    path = written(tmp_path, "utf-8")
    with pytest.raises(Malformed, match="has no column 'Longitude'; it has 编号, 时间, 数"):
        list(read_table(path, ".csv", FileForm(), ["Longitude"]))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "is empty: its first line names the columns"),
        ("a.csv", b"a,a\n1,2\n", "has the column 'a' twice"),
        ("a.csv", b"a\n\xff\xff\n", "is neither UTF-8 nor GB18030"),
        ("a.xlsx", b"no zip", "is no workbook"),
        ("a.parquet", b"no parquet", "is no Parquet file"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_with_a_sentence(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Malformed, match=sentence):
        list(read_table(path, path.suffix, FileForm(), ["a"]))


def test_an_unknown_ending_is_refused(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(b"")
    with pytest.raises(Malformed, match=r"ends in '.docx'; files that can be read here end in .csv"):
        kind_of(path, shapes=False)


def test_reading_ahead_keeps_the_order_and_brings_the_error_where_it_happened():
    def numbers():
        yield from range(5)
        raise ValueError("the sixth")

    found = []
    with pytest.raises(ValueError, match="the sixth"):
        found.extend(ahead(numbers()))
    assert list(ahead(iter(range(50)))) == list(range(50))


def test_reading_ahead_can_be_given_up():
    source = ahead(iter(range(10_000)))
    assert next(source) == 0
    source.close()
