"""Suggestions at the desk and to residents, and the trainings behind them."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.intake_help import actions, api, jobs, queries
from gridloop.cases.intake_help.models import ClassifierModel
from gridloop.cases.queries import masters
from gridloop.kernel.duties import Duty
from gridloop.places import actions as places
from gridloop.places.actions.components import NewComponent
from tests.builders import BUILDER, MONDAY, NOW, SPOT, a_client, a_person

LINES = settings.ROOT / "data" / "intake_help" / "residents_lines.csv"


@pytest.fixture
def desk(ground, db):
    return a_client(a_person(Duty.ACCEPTOR))


def asked(client, text, **more):
    return client.get("/api/v1/cases/suggest", {"text": text, **more})


def test_without_any_history_the_class_tables_answer(desk):
    answer = asked(desk, "路灯不亮,晚上很黑").json()
    first = answer["items"][0]
    assert (first["class_kind"], first["code"], first["zh"]) == ("component", "0118", "路灯")
    assert answer["origin"] == "tables"
    assert not answer["none"]
    assert first["why"]
    assert all(word in "路灯不亮,晚上很黑" for word in first["why"])


def test_english_is_understood(desk):
    assert asked(desk, "There is a huge pothole in the road").json()["items"][0]["code"] in {"0110", "0224"}


@pytest.mark.parametrize("text", ["你好", "thank you", "明天会下雨吗"])
def test_a_text_about_nothing_says_none(desk, text):
    assert asked(desk, text).json()["none"]


def test_five_at_most_each_with_a_confidence(desk):
    items = asked(desk, "井盖").json()["items"]
    assert 1 <= len(items) <= 5
    assert sum(item["confidence"] for item in items) <= 1.001
    assert [item["confidence"] for item in items] == sorted((item["confidence"] for item in items), reverse=True)


def test_asking_takes_a_fixed_few_statements(desk):
    asked(desk, "路灯不亮")
    with CaptureQueriesContext(connection) as seen:
        assert asked(desk, "马路上有个坑").status_code == 200
    assert len(seen) <= 3, [query["sql"][:80] for query in seen]


def test_a_position_is_taken_and_bounds_are_kept(desk):
    assert asked(desk, "路灯不亮", lon=SPOT[0], lat=SPOT[1]).json()["items"][0]["component"] is None
    assert asked(desk, "路灯不亮", lon=500, lat=0).status_code == 422
    assert asked(desk, "").status_code == 422
    assert asked(desk, "路" * 4001).status_code == 422


def test_a_component_is_shown_only_to_those_with_a_duty_in_its_county(desk):
    new = NewComponent(*SPOT, "0118", "路灯甲", owner_unit_id=None)
    (code,) = places.register_components([new], by=BUILDER, now=NOW)
    elsewhere = a_client(a_person(Duty.ACCEPTOR, area="350212"))
    position = {"lon": SPOT[0], "lat": SPOT[1]}

    here = asked(desk, "路灯不亮", **position).json()["items"][0]
    there = asked(elsewhere, "路灯不亮", **position).json()["items"][0]

    assert here["component"]["code"] == code
    assert here["component"]["distance_m"] < 1
    assert there["code"] == "0118"
    assert there["component"] is None


def test_only_those_with_a_duty_ask_at_the_desk(ground, db):
    assert asked(a_client(), "路灯").status_code == 401
    assert asked(a_client(a_person()), "路灯").status_code == 403


def resident_asks(client, text):
    return client.post("/api/v1/reports/suggest", {"text": text}, content_type="application/json")


def test_anybody_may_ask_before_reporting_but_not_without_end(ground, db, monkeypatch):
    client = a_client()
    assert resident_asks(client, "垃圾桶满了没人收").json()["items"][0]["code"] == "0122"
    monkeypatch.setattr(api, "ASKED_PER_HOUR", 2)
    resident_asks(client, "路灯")
    refused = resident_asks(client, "路灯")
    assert refused.status_code == 429
    assert "try again" in refused.json()["detail"]


def test_the_tables_alone_understand_most_of_what_residents_write(ground, db):
    rows = list(csv.DictReader(LINES.open(encoding="utf-8")))
    model = queries.table_model(masters.current(MONDAY))
    best = model.probabilities([row["text"] for row in rows]).argmax(axis=1)
    right = sum(model.labels[at] == row["label"] for at, row in zip(best, rows, strict=True))
    assert right / len(rows) > 0.75


CASE_SQL = """
insert into cases_case (id, number, version, seq, state, source, synthetic, title, text, address, lon, lat, place, grid, class_kind,
  class_code, urgency, tier, past_units, opened_at, paused_s, returns, reworks, delays, suspensions, disputes, urges, level, ruled,
  reports, asked, routing, guessed, changed_at, closed_at, geom)
select 900000 + n, '20990101-' || lpad(n::text, 6, '0'), 1, 1, 'closed', 'desk', false, '', %s || n, '', 118.1, 24.4, '350203', '', 'event',
  %s, 'normal', 'B', '{}', now(), 0, 0, 0, 0, 0, 0, 0, 0, false, 1, '{}', '{}', false, now(), now(), st_setsrid(st_makepoint(13000000, 2800000), 3857)
  from generate_series(%s, %s) n
"""


def history(text, code, first, last):
    with connection.cursor() as cursor:
        cursor.execute(CASE_SQL, [text, code, first, last])


def test_closed_cases_teach_what_the_tables_do_not_know(desk):
    history("蓝胖子又来了", "0501", 1, 200)
    history("咕咕叫得睡不着", "0118", 201, 400)

    done = actions.retrain(by=BUILDER, now=MONDAY)

    assert done.current
    assert done.marks["new"]["accuracy"] > done.marks["standing"]["accuracy"]
    answer = asked(desk, "蓝胖子又来了").json()
    assert answer["origin"] == "stored"
    assert answer["model_id"] == done.model_id
    assert answer["items"][0]["code"] == "0501"


def test_a_worse_model_does_not_replace_a_better_one(desk):
    history("蓝胖子又来了", "0501", 1, 300)
    first = actions.retrain(by=BUILDER, now=MONDAY)
    with (
        connection.cursor() as cursor
    ):  # from now on four fifths of the history say something else than the held-back fifth
        cursor.execute("update cases_case set class_code = '0118' where id > 900000 and id % 5 <> 0")

    second = actions.retrain(by=BUILDER, now=MONDAY)

    assert not second.current
    assert "the standing model" in second.reason
    assert ClassifierModel.objects.get(current=True).pk == first.model_id
    shown = desk.get("/api/v1/classifier/models").json()["items"]
    assert [(one["id"], one["current"]) for one in shown[:2]] == [(second.model_id, False), (first.model_id, True)]


def test_the_nightly_job_trains_and_says_what_came_of_it(ground, db):
    assert "class tables" in jobs.retrain.func(0)
    assert ClassifierModel.objects.get(current=True).origin == "tables"


def test_a_file_with_classes_of_the_city_answers_at_intake(desk, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("text,label\n" + "".join(f"蓝胖子{n},event:0501\n黑影{n},行道树\n" for n in range(20)))
    out = StringIO()
    call_command("classifier", "train", str(file), stdout=out)
    assert "answers at intake from now on" in out.getvalue()
    assert asked(desk, "蓝胖子").json()["items"][0]["code"] == "0501"
    assert asked(desk, "路灯不亮").json()["items"][0]["code"] == "0118"


def test_a_file_with_other_labels_is_kept_beside(ground, db, tmp_path):
    file, kept = tmp_path / "rows.csv", tmp_path / "model.npz"
    file.write_text("text,label\n" + "".join(f"苹果{n},水果\n白菜{n},蔬菜\n" for n in range(10)))
    out = StringIO()
    call_command("classifier", "train", str(file), stdout=out)
    assert "does not answer at intake" in out.getvalue()
    call_command("classifier", "train", str(file), "--out", str(kept), stdout=out)
    target = tmp_path / "figures.json"
    call_command("classifier", "evaluate", str(file), "--model", str(kept), "--json", str(target), stdout=out)
    assert '"accuracy": 1.0' in target.read_text("utf-8")


def test_a_wrong_file_is_told_in_a_sentence(ground, db, tmp_path):
    with pytest.raises(CommandError, match="there is no file"):
        call_command("classifier", "evaluate", str(tmp_path / "none.csv"))
    broken = tmp_path / "model.npz"
    broken.write_bytes(b"nothing")
    with pytest.raises(CommandError, match="holds no model"):
        call_command("classifier", "evaluate", str(LINES), "--model", str(broken))
