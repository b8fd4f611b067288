"""One row of a foreign table is a case or a list of faults, whatever stands in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.kernel.errors import Malformed
from gridloop.site.imports.histories import ROLES, WORD_MAPS, History, Known, Reader
from gridloop.site.imports.mapping import read_mapping

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
KNOWN = Known(
    classes=frozenset({"event:0102"}),
    states={"reported": False, "handling": False, "closed": True},
    units={"XM-SANI": 7},
    kinds=frozenset({"sani"}),
    now=NOW,
)
MAPPING = """
dataset = "t"
[columns]
id = "id"
opened = "opened"
due = "due"
closed = "closed"
class = "class"
status = "status"
unit = "unit"
lon = "lon"
lat = "lat"
flag = "flag"
text = ["text", "more"]
address = "address"
attributes = ["ward"]
[time]
formats = ["%Y-%m-%d %H:%M", "%Y/%m/%d"]
[class.map]
"垃圾" = "event:0102"
[status.map]
"Open" = "handling"
"Closed" = "closed"
[unit.map]
"DSNY" = "kind:sani"
[flag.map]
"ONTIME" = "on_time"
"OVERDUE" = "late"
"""
GOOD = {
    "id": "7", "opened": "2026-03-02 09:00", "due": "2026-03-03 09:00", "closed": "2026-03-02 18:00", "class": "垃圾", "status": "closed",
    "unit": "DSNY", "lon": "118.1", "lat": "24.47", "flag": "ONTIME", "text": "一堆垃圾", "more": "路口", "address": "湖滨南路", "ward": "3",
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    return Reader(read_mapping(mapping_file(tmp_path_factory.mktemp("m"), MAPPING), ROLES, WORD_MAPS), KNOWN, {})


def mapping_file(folder: Path, text: str) -> Path:
    path = folder / "m.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_row_is_understood(reader):
    read = reader.read(GOOD)
    assert isinstance(read, History)
    assert (read.foreign_id, read.state, read.class_key, read.unit, read.on_time) == (
        "7",
        "closed",
        "event:0102",
        "kind:sani",
        True,
    )
    assert read.opened_at == dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
    assert (read.text, read.address, read.attributes) == ("一堆垃圾 - 路口", "湖滨南路", {"ward": "3"})


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"opened": ""}, "opened", "the time of the report is missing"),
        ({"opened": "2026-02-30 09:00"}, "opened", "this is no time in the form %Y-%m-%d %H:%M or %Y/%m/%d"),
        ({"class": "别的"}, "class", "[class.map] does not know this word"),
        ({"status": "?"}, "status", "[status.map] does not know this word"),
        ({"unit": "NYPD"}, "unit", "[unit.map] does not know this word"),
        ({"flag": "maybe"}, "flag", "[flag.map] does not know this word"),
        ({"closed": ""}, "closed", "the row is closed, but its closing time is missing"),
        ({"status": "Open"}, "closed", "the row is handling, but it has a closing time"),
        ({"lon": "x"}, "lon", "this is no number of degrees"),
        ({"lat": "118.1", "lon": "24.4"}, "lon", "longitude is -180 to 180 and latitude -85 to 85 degrees; are the columns swapped?"),
        ({"closed": "2026-03-01 09:00"}, "", "closed before it was reported"),
        ({"opened": "2027/01/01", "due": "", "closed": "2027/01/02"}, "", "reported in the future"),
        ({"opened": "1999/01/01"}, "", "reported before 2004, where the working calendar begins"),
        ({"text": "a\x00b"}, "text, more", "the text holds characters that cannot be kept"),
        ({"address": "路" * 201}, "address", "at most 200 characters can be kept"),
        ({"id": ""}, "id", "the id is empty or too long"),
    ],
)  # fmt: skip
def test_a_bad_row_says_which_column_and_why(reader, changed, column, reason):
    faults = reader.read(GOOD | changed)
    assert isinstance(faults, list)
    assert (column, reason) in {(fault.column, fault.reason) for fault in faults}


def test_a_unit_may_be_named_by_its_own_code(reader):
    read = reader.read(GOOD | {"unit": "XM-SANI"})
    assert isinstance(read, History)
    assert read.unit == "XM-SANI"


def test_a_missing_position_takes_the_mean_of_its_group(tmp_path):
    text = MAPPING + '[position]\nmissing = ["ward", "*"]\n'
    guide = read_mapping(mapping_file(tmp_path, text), ROLES, WORD_MAPS)
    reader = Reader(guide, KNOWN, {("ward", "3"): (118.0, 24.0), ("*", ""): (117.0, 25.0)})
    bare = GOOD | {"lon": "", "lat": None}
    inside, elsewhere = reader.read(bare), reader.read(bare | {"ward": "9"})
    assert isinstance(inside, History)
    assert isinstance(elsewhere, History)
    assert (inside.lonlat, inside.placed_by) == ((118.0, 24.0), "ward")
    assert (elsewhere.lonlat, elsewhere.placed_by) == ((117.0, 25.0), "*")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"event:0102"', '"event:9999"', r"\[class\] 'event:9999' is unknown here; write a class of the class tables"),
        (
            '"handling"',
            '"somewhere"',
            r"\[status\] 'somewhere' is unknown here; write one of reported, handling, closed",
        ),
        ('"kind:sani"', '"sani"', r"\[unit\] 'sani' is unknown here; write the code of a unit, kind:KIND"),
        ('"late"', '"LATE"', r"\[flag\] 'LATE' is unknown here; write on_time, late or empty"),
        ('dataset = "t"', "", 'dataset = "..." is missing'),
        ('opened = "opened"\n', "", r"\[columns\] must name opened"),
        ('due = "due"', 'deadline = "due"', r"\[columns\] does not know 'deadline'; it knows address"),
        ("[time]", '[time]\nzone = "Mars/Olympus"', r"there is no zone 'Mars/Olympus'"),
        (
            "[time]",
            '[position]\ncrs = "EPSG:3857"\n[time]',
            "'EPSG:3857' is no coordinate system that can be read here",
        ),
        ("[time]", "[time", "it is no TOML"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_a_sentence(tmp_path, old, new, sentence):
    path = mapping_file(tmp_path, MAPPING.replace(old, new, 1))
    with pytest.raises(Malformed, match=sentence):
        Reader(read_mapping(path, ROLES, WORD_MAPS), KNOWN, {})


CELLS = st.one_of(
    st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates(),
    st.datetimes(timezones=st.timezones()), st.sampled_from([*GOOD.values(), "Open", "OVERDUE", "1e400", "nan", "９", "\ud800", "=1+1"]),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(row=st.fixed_dictionaries(dict.fromkeys(GOOD, CELLS)))
def test_whatever_stands_in_a_row_it_is_a_case_or_it_has_faults(reader, row):
    read = reader.read(row)
    if isinstance(read, History):
        assert read.foreign_id
        assert read.opened_at <= NOW
        assert (read.closed_at is not None) == KNOWN.states[read.state]
    else:
        assert read
        assert all(fault.reason and fault.zh for fault in read)
    assert reader.read(row) == read
