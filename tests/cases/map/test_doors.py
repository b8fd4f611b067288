"""The doors of the one map: marks, figures, lists, files and cards of a piece of it, each within the caller's scope."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.map.queries import marks
from gridloop.kernel.duties import Duty
from gridloop.places import actions as places
from gridloop.places import queries as where
from gridloop.places.actions.components import NewComponent
from gridloop.places.models import Cell
from tests.builders import BUILDER, MONDAY, SPOT, Crew, a_case, a_client, a_person, a_report

BOX = f"{SPOT[0] - 0.01},{SPOT[1] - 0.01},{SPOT[0] + 0.01},{SPOT[1] + 0.01}"
AWAY = "118.30,24.60,118.31,24.61"


@pytest.fixture
def cases(crew: Crew) -> list[str]:
    """Two open cases in one spot, one 400 m away, one closed."""
    a_report(by=crew.citizen, lon=SPOT[0] + 0.004)
    return [a_report(by=crew.citizen).number, a_report("路面破损", by=crew.citizen).number, a_case("closed", crew=crew)]


@pytest.fixture
def desk(crew: Crew):
    return a_client(a_person(Duty.SUPERVISOR))


def ask(client, path: str, **query: str) -> dict:
    answer = client.get(f"/api/v1/map/{path}", query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_close_cases_stand_together_and_each_is_counted_once(desk, cases: list[str]) -> None:
    found = ask(desk, "marks", box=BOX)
    assert sorted(mark[2] for mark in found["marks"]) == [1, 2]
    assert (found["n"], found["cut"]) == (3, False)
    single = next(mark for mark in found["marks"] if mark[2] == 1)
    assert single[4] not in cases
    assert ask(desk, "marks", box=BOX, state="any")["n"] == 4
    assert ask(desk, "marks", box=AWAY)["marks"] == []


def test_the_same_square_holds_a_case_wherever_the_box_begins(desk, cases: list[str]) -> None:
    moved = f"{SPOT[0] - 0.0103},{SPOT[1] - 0.0101},{SPOT[0] + 0.0097},{SPOT[1] + 0.0099}"
    assert ask(desk, "marks", box=BOX, zoom="15") == ask(desk, "marks", box=moved, zoom="15")
    assert marks.side_m(where.shape(BOX), 15) == marks.side_m(where.shape(moved), 15)


def test_figures_name_states_and_classes_and_only_what_fits_the_filter(desk, cases: list[str]) -> None:
    found = ask(desk, "counts", box=BOX)
    parts = {part["key"]: part["n"] for part in found["cases"]["parts"]}
    assert found["cases"]["n"] == parts["state:reported"] == 3
    assert found["cells"]["n"] > 100
    assert ask(desk, "counts", box=BOX, state="closed")["cases"]["n"] == 1
    assert ask(desk, "counts", box=BOX, since="2030-01-01T00:00:00+08:00")["cases"]["n"] == 0
    west, south = SPOT[0] - 0.001, SPOT[1] - 0.001
    ring = f"{west} {south},{SPOT[0] + 0.001} {south},{SPOT[0] + 0.001} {SPOT[1] + 0.001},{west} {SPOT[1] + 0.001}"
    assert ask(desk, "counts", box=AWAY, within=ring)["cases"]["n"] == 2


def test_somebody_of_another_county_sees_nothing_of_it(cases: list[str]) -> None:
    other = a_client(a_person(Duty.DISPATCHER, area="350206"))
    assert ask(other, "marks", box=BOX)["n"] == 0
    found = ask(other, "counts", box=BOX)
    assert (found["cases"]["n"], found["cells"]["n"], found["divisions"]["n"]) == (0, 0, 1)


@pytest.mark.parametrize("path", ["counts", "marks", "list/cells", "cards/divisions/350203"])
def test_a_resident_has_no_map_of_the_city(crew: Crew, path: str) -> None:
    assert a_client(a_person()).get(f"/api/v1/map/{path}", {"box": BOX}).status_code == 403
    assert a_client().get(f"/api/v1/map/{path}", {"box": BOX}).status_code == 401


def test_figures_and_marks_cost_the_same_however_much_is_there(desk, crew: Crew, cases: list[str]) -> None:
    for path in ("counts", "marks"):
        ask(desk, path, box=BOX)
        with CaptureQueriesContext(connection) as few:
            ask(desk, path, box=BOX)
        a_report(by=crew.citizen, lon=SPOT[0] + 0.006)
        ask(desk, path, box=BOX)  # the masters of today are known again: the report was of another day
        with CaptureQueriesContext(connection) as more:
            ask(desk, path, box=BOX)
        assert len(few) == len(more) <= 7


def test_a_box_is_answered_by_the_index_of_positions(desk, cases: list[str]) -> None:
    with CaptureQueriesContext(connection) as asked:
        ask(desk, "marks", box=BOX)
    [statement] = [one["sql"] for one in asked if "st_x(geom)" in one["sql"]]
    assert "limit %(most)s" in statement
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select id from cases_case_open c where c.geom && st_transform(st_makeenvelope(%s, %s, %s, %s, 4326), 3857)",
            BOX.split(","),
        )
        assert "cases_case_open_geom" in "".join(row[0] for row in cursor.fetchall())


def test_a_list_pages_and_its_files_hold_every_row(desk) -> None:
    small = f"{SPOT[0] - 0.002},{SPOT[1] - 0.002},{SPOT[0] + 0.002},{SPOT[1] + 0.002}"
    first = ask(desk, "list/cells", box=small, limit="5")
    rest = ask(desk, "list/cells", box=small, limit="500", cursor=first["next"])
    codes = [row["code"] for row in first["items"] + rest["items"]]
    assert len(first["items"]) == 5
    assert rest["next"] is None
    assert codes == sorted(set(codes))
    assert first["items"][0]["en"].startswith("Cell ")
    table = desk.get("/api/v1/map/export/cells.csv", {"box": small})
    rows = list(csv.reader(io.StringIO(b"".join(table.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == codes
    points = json.loads(b"".join(desk.get("/api/v1/map/export/cells.geojson", {"box": small}).streaming_content))
    assert len(points["features"]) == len(codes)
    assert b"".join(desk.get("/api/v1/map/export/cells.xlsx", {"box": small}).streaming_content).startswith(b"PK")


def test_a_file_goes_on_beyond_its_first_page(desk) -> None:
    """More than 500 rows: a page that asked for one row more than it may get would end here."""
    wide = f"{SPOT[0] - 0.02},{SPOT[1] - 0.02},{SPOT[0] + 0.02},{SPOT[1] + 0.02}"
    lines = b"".join(desk.get("/api/v1/map/export/cells.csv", {"box": wide}).streaming_content).splitlines()
    assert len(lines) - 1 == Cell.objects.count() > 500


def test_the_card_of_a_cell_says_what_stands_there_and_which_cases_are_open(desk, cases: list[str]) -> None:
    [code] = places.register_components([NewComponent(*SPOT, "0101", "井盖", synthetic=True)], by=BUILDER, now=MONDAY)
    cell = where.component(code).cell
    ask(desk, "cards/divisions/350203")  # the masters of today are known: the cases are of another day
    with CaptureQueriesContext(connection) as asked:
        found = ask(desk, f"cards/cells/{cell}")
    assert len(asked) <= 12
    assert found["components"]["n"] >= 1
    assert found["cases"]["n"] == 2
    assert {one["number"] for one in found["newest"]} == set(cases[:2])
    assert found["area_m2"] == 10000
    assert ask(desk, "cards/divisions/350203")["cases"]["n"] == 3
    missing = desk.get("/api/v1/map/cards/cells/350203999999999")
    assert missing.status_code == 404
    assert "there is no '350203999999999' on the layer cells" in missing.json()["detail"]
