"""Histories of cases: every row is accounted for, nothing comes twice, our verdict is held against the file's."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gridloop.audit.models import Pending
from gridloop.cases import queries as asked
from gridloop.cases.actions.timed import climb
from gridloop.cases.models import Case, CaseClass, EscalationMark, Event, Imported, Reporter
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Malformed
from gridloop.site.imports.cases import import_cases
from gridloop.site.imports.report import Ending
from tests.builders import MONDAY, a_unit

ROOT = Path(__file__).parents[3]
BY = system("import")
HEADER = ["id", "opened", "due", "closed", "status", "unit", "lon", "lat", "flag", "text"]
MAPPING = """
dataset = "boston"
[columns]
id = "id"
opened = "opened"
due = "due"
closed = "closed"
status = "status"
unit = "unit"
lon = "lon"
lat = "lat"
flag = "flag"
text = "text"
[class]
otherwise = "event:0102"
[status.map]
"Open" = "handling"
"New" = "reported"
"Closed" = "closed"
[unit]
otherwise = "kind:sani"
[flag.map]
"ONTIME" = "on_time"
"OVERDUE" = "late"
"""
SPOT = ["118.11", "24.475"]
ROWS = [
    ["1", "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-02 18:00", "Closed", "", *SPOT, "ONTIME", "一堆垃圾"],
    ["2", "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-05 18:00", "Closed", "", *SPOT, "OVERDUE", "又一堆垃圾"],
    ["3", "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-05 18:00", "Closed", "", *SPOT, "ONTIME", "第三堆垃圾"],
    ["4", "2026-03-02 09:00", "", "2026-03-02 09:30", "Closed", "", *SPOT, "ONTIME", "第四堆垃圾"],
    ["5", "2026-03-02 09:00", "", "", "Open", "", *SPOT, "OVERDUE", "第五堆垃圾"],
    ["6", "2026-03-02 09:00", "", "", "New", "", *SPOT, "", "第六堆垃圾"],
]


def table(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


@pytest.fixture
def take(town, order, tmp_path):
    """Imports these rows and gives the account."""
    a_unit(kind="sani", area="3502")

    def taken(rows: list[list[str]], mapping: str = MAPPING, **more: object):
        return import_cases(
            order(table(tmp_path / "cases.csv", rows), mapping, **more),
            by=BY,
            now=MONDAY,
            progress=lambda _share, _rows: None,
        )

    return taken


def counts(account) -> tuple[int, ...]:
    assert account.whole
    return tuple(account.endings[ending] for ending in Ending)


def case_of(foreign_id: str) -> Case:
    return Case.objects.get(pk=Imported.objects.get(dataset="boston", foreign_id=foreign_id).case_id)


def test_rows_become_cases_with_their_lives(take):
    assert counts(take(ROWS)) == (6, 0, 0, 0)
    closed, handled, new = case_of("1"), case_of("5"), case_of("6")
    assert (closed.state, closed.source, closed.class_code) == ("closed", "import", "0102")
    assert closed.number.startswith("20260302-")
    assert len(closed.place) == 15
    assert closed.unit_id is not None
    assert (closed.due_at.isoformat(), closed.closed_at.isoformat()) == (
        "2026-03-03T01:00:00+00:00",
        "2026-03-02T10:00:00+00:00",
    )
    assert [event.verb for event in Event.objects.filter(case_id=closed.id).order_by("seq")] == [
        "report",
        "dispatch",
        "finish",
        "close",
    ]
    assert [event.verb for event in Event.objects.filter(case_id=handled.id).order_by("seq")] == [
        "report",
        "dispatch",
        "accept",
    ]
    assert (handled.state, handled.closed_at, handled.version) == ("handling", None, 3)
    assert (new.state, new.dispatched_at, new.version) == ("reported", None, 1)
    first = Event.objects.get(case_id=closed.id, seq=1)
    assert first.fields == {"source": "import", "dataset": "boston", "foreign_id": "1"}
    assert not Reporter.objects.filter(case_id=closed.id).exists()


def test_each_case_has_one_entry_in_the_ledger_at_the_time_of_the_import(take):
    take(ROWS)
    case = case_of("1")
    entry = Pending.objects.get(subject=f"case:{case.number}")
    assert (entry.action, entry.at) == ("case.import", MONDAY)
    assert json.loads(bytes(entry.body))["detail"]["foreign_id"] == "1"


def test_an_imported_case_can_be_read_and_goes_on(take):
    take(ROWS)
    card = asked.card(case_of("1").number, by=BY, now=MONDAY)
    assert [event["verb"] for event in card["history"]] == ["report", "dispatch", "finish", "close"]


def test_importing_twice_changes_nothing(take):
    take(ROWS)
    before = (Case.objects.count(), Event.objects.count(), Imported.objects.count(), Pending.objects.count())
    assert counts(take(ROWS)) == (0, 6, 0, 0)
    assert (Case.objects.count(), Event.objects.count(), Imported.objects.count(), Pending.objects.count()) == before


def test_a_row_that_changed_is_reported_with_its_columns_and_left_as_it_is(take, report):
    take(ROWS)
    number = case_of("5").number
    later = [*ROWS[:4], [*ROWS[4][:3], "2026-04-01 10:00", "Closed", *ROWS[4][5:]], ROWS[5]]
    assert counts(take(later)) == (0, 5, 1, 0)
    (line,) = report()
    said = f"says something else than case {number}, which stays as it is"
    assert line.startswith(f'6,5,changed,"closed, status",,"{said}",')
    assert case_of("5").state == "handling"


def test_the_same_id_twice_in_a_file_is_one_case(take):
    assert counts(take([ROWS[0], ROWS[0], [*ROWS[0][:-1], "别的话"]])) == (1, 1, 1, 0)


def test_bad_rows_are_written_down_and_the_others_come_in(take, report):
    bad = ["7", "2026-03-02 09:00", "", "", "Lost", "", *SPOT, "", "=HYPERLINK()"]
    sea = ["8", "2026-03-02 09:00", "", "", "New", "", "10", "10", "", "很远"]
    assert counts(take([*ROWS, bad, sea, ["9", "x"]])) == (6, 0, 0, 3)
    lines = "\n".join(report())
    assert "8,7,bad,status,Lost,[status.map] does not know this word" in lines
    assert "9,8,bad," in lines
    assert "the position lies in no known division" in lines
    assert '10,,bad,,,"the row has 2 fields, the header has 10"' in lines


def test_outside_every_division_a_case_can_belong_to_the_whole_city(take):
    far = ["8", "2026-03-02 09:00", "", "", "New", "", "10", "10", "", "很远"]
    assert counts(take([far], MAPPING + '[position]\noutside = "home"\n')) == (1, 0, 0, 0)
    assert case_of("8").place == "3502"


def test_positions_are_moved_by_the_shift_and_the_coordinate_system(take):
    near = ["8", "2026-03-02 09:00", "", "", "New", "", "18.11", "14.475", "", "平移"]
    assert counts(take([near], MAPPING + "[position]\nshift_lon = 100\nshift_lat = 10.0\n")) == (1, 0, 0, 0)
    assert (case_of("8").lon, case_of("8").lat) == (118.11, 24.475)


def test_our_verdict_is_held_against_the_flag(take):
    agreement = take(ROWS).extra["agreement"]
    by_deadline = agreement["by_deadline"]
    assert (by_deadline["compared"], by_deadline["same"], by_deadline["share"]) == (4, 3, 0.75)
    assert by_deadline["file_on_time_ours_late"] == 1
    assert agreement["classes_that_differ"] == {"event:0102": 1}
    assert (agreement["no_flag"], agreement["open_when_it_came"]) == (1, 1)
    assert agreement["our_verdict"] == {"on_time": 2, "late": 2, "open": 2}


def test_nobody_is_told_of_deadlines_that_passed_before_the_case_came(take):
    take(ROWS)
    assert EscalationMark.objects.filter(case_id=case_of("5").id).exists()
    assert climb(MONDAY) == 0


def test_a_dry_run_accounts_for_everything_and_writes_nothing(take):
    account = take(ROWS, dry_run=True)
    assert counts(account) == (6, 0, 0, 0)
    assert account.extra["agreement"]["cases"] == 6
    assert not Imported.objects.exists()
    assert not Case.objects.exists()


def test_a_number_that_an_old_day_has_already_is_not_given_twice(take):
    take(ROWS[:1])
    taken = case_of("1")
    with connection.cursor() as cursor:
        cursor.execute("select setval('cases_case_id', %s, false)", [taken.id + 1_000_000])
    take(ROWS[:2])
    assert case_of("2").number != taken.number
    assert Case.objects.values("number").distinct().count() == 2


def test_without_a_unit_an_open_case_at_work_is_bad(take, report):
    rows = [[*ROWS[4][:5], "x", *ROWS[4][6:]]]
    assert counts(take(rows, MAPPING.replace('"kind:sani"', '"none"'))) == (0, 0, 0, 1)
    assert "no unit is known for this row" in report()[0]


def test_the_command_prints_the_account_as_its_last_line(take, order, tmp_path, capsys):
    asked_for = order(table(tmp_path / "c.csv", ROWS), MAPPING)
    call_command("import", "cases", str(asked_for.file), "--mapping", str(asked_for.mapping))
    told = capsys.readouterr().out.splitlines()
    last = json.loads(told[-1])
    assert (last["rows"], last["imported"], last["accounted"]) == (6, 6, True)
    assert "  by the deadline of the case: 75.00% of 4 agree with the file's flag" in told


def test_the_command_says_in_two_languages_what_is_wrong(town, tmp_path):
    with pytest.raises(CommandError, match=r"there is no mapping .*\n没有映射文件"):
        call_command("import", "cases", str(tmp_path / "no.csv"), "--mapping", str(tmp_path / "no.toml"))


def test_without_class_tables_nothing_is_imported(town, order, tmp_path):
    CaseClass.objects.all().delete()
    with pytest.raises(Malformed, match="the class tables are empty; run load_masters first"):
        import_cases(order(table(tmp_path / "c.csv", ROWS), MAPPING), by=BY, now=MONDAY, progress=lambda _s, _r: None)


def test_the_first_requests_of_new_york_come_in_whole(take, order, tmp_path):
    for kind in ("police", "garden", "chengguan"):
        a_unit(kind=kind, area="3502")
    lines = (ROOT / "data/nyc311_animals/requests.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    part = tmp_path / "part.csv"
    part.write_text(
        "".join([lines[0], *lines[1:120], *[line for line in lines[120:] if line.rstrip().endswith(",,")][:10]]),
        encoding="utf-8",
    )
    mapping = (ROOT / "data/mappings/nyc311.toml").read_text(encoding="utf-8")
    account = import_cases(order(part, mapping), by=BY, now=MONDAY, progress=lambda _s, _r: None)
    assert counts(account) == (129, 0, 0, 0)
    placed = Event.objects.filter(verb="report", fields__has_key="placed_by").count()
    assert placed >= 10
