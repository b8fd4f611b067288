"""Figures as of a position: they stay true when the city goes on, and a changed figure or a changed row is found."""

from __future__ import annotations

import copy
import datetime as dt
import io

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gridloop.cases.evaluation.queries import answers, figures
from gridloop.cases.evaluation.queries.verify import verify
from gridloop.cases.evaluation.rules.question import GROUPS, Question
from gridloop.kernel.errors import Malformed
from tests.builders import MONDAY, a_report, a_step
from tests.cases.evaluation.lives import LATER, Teller, a_morning, sequenced

DAY = MONDAY.date()
KINDS = [
    *(("indicators", Question(DAY, DAY, by=by), {}) for by in GROUPS),
    ("trend", Question(DAY, DAY, step="day"), {}),
    ("league", Question(DAY, DAY, by="unit"), {"indicator_id": "handle_ontime_rate", "least": 1}),
    ("stopclock", Question(DAY, DAY, by="unit"), {}),
    ("punctuality", Question(DAY, DAY, by="class"), {}),
    ("heat", Question(DAY, DAY, by="area", level=12), {}),
]


def saved(kind: str, question: Question, more: dict) -> dict:
    """An answer after it went through a file."""
    return orjson.loads(orjson.dumps(answers.answer(kind, question, at=LATER, more=more)))


@pytest.mark.parametrize(("kind", "question", "more"), KINDS, ids=lambda one: getattr(one, "by", str(one)))
def test_the_history_alone_gives_the_figures_of_the_rows(crew, kind, question, more) -> None:
    a_morning(crew)
    answer = saved(kind, question, more)
    assert answer["figures"]["rows"]
    assert verify(answer) == []


def test_old_figures_stay_true_when_the_city_goes_on(crew) -> None:
    numbers = a_morning(crew)
    kept = [saved(*one) for one in KINDS]
    a_step(numbers["open"], "finish", crew=crew, who="unit", now=LATER, note="已办", photos=1)
    a_step(numbers["plain"], "dispute", crew=crew, who="citizen", now=MONDAY + dt.timedelta(days=2))
    a_step(
        numbers["plain"], "reopen", crew=crew, who="supervisor", now=MONDAY + dt.timedelta(days=2, hours=1), note="重办"
    )
    a_step(numbers["suspended"], "resume", crew=crew, who="dispatcher", now=MONDAY + dt.timedelta(days=2))
    Teller(crew).filed()
    assert [verify(one) for one in kept] == [[]] * len(kept)  # the changes have no position yet
    sequenced()
    assert [verify(one) for one in kept] == [[]] * len(kept)
    fresh = saved("indicators", Question(DAY, DAY), {})
    assert fresh["figures"] != kept[0]["figures"]
    assert verify(fresh) == []


def test_what_the_ledger_has_not_placed_is_not_counted_yet(crew) -> None:
    numbers = a_morning(crew)
    before, position = figures.indicators(Question(DAY, DAY), at=LATER)
    a_step(numbers["open"], "finish", crew=crew, who="unit", now=LATER, note="已办", photos=1)
    a_report(by=crew.citizen, now=MONDAY + dt.timedelta(hours=1))
    assert figures.indicators(Question(DAY, DAY), at=LATER) == (before, position)
    sequenced()
    after, later = figures.indicators(Question(DAY, DAY), at=LATER)
    assert later > position
    assert after["rows"][0]["cases"] == before["rows"][0]["cases"] + 1


def test_a_changed_figure_is_found_and_named(crew) -> None:
    a_morning(crew)
    answer = saved("indicators", Question(DAY, DAY), {})
    forged = copy.deepcopy(answer)
    forged["figures"]["rows"][0]["indicators"]["close_ontime_rate"]["numerator"] += 1
    found = verify(forged)
    assert [(one.where, one.saved, one.found) for one in found] == [
        ("figures.rows.all.indicators.close_ontime_rate.numerator", 5, 4)
    ]


def test_a_row_changed_behind_the_loop_is_found(crew) -> None:
    numbers = a_morning(crew)
    with connection.cursor() as cursor:
        cursor.execute(
            "update cases_case set finished_at = due_at - interval '1 hour' where number = %s", [numbers["late"]]
        )
    found = {one.where for one in verify(saved("indicators", Question(DAY, DAY), {}))}
    assert "figures.rows.all.indicators.handle_ontime_rate.numerator" in found


def test_another_meaning_or_checkpoint_is_found(crew) -> None:
    a_morning(crew)
    answer = saved("indicators", Question(DAY, DAY), {})
    answer["cite"] |= {
        "query_version": "0" * 16,
        "checkpoint_size": 4,
        "checkpoint": "AAAA",
        "to": "2030-01-01T00:00:00+08:00",
    }
    assert {one.where for one in verify(answer)} == {"cite.query_version", "cite.checkpoint", "cite.to"}


@pytest.mark.parametrize(
    "document",
    [{}, {"answers": []}, {"form": 1, "kind": "nothing", "cite": {}}, {"form": 1, "kind": "league", "cite": 3}],
)
def test_a_file_that_is_none_of_ours_is_refused(crew, document) -> None:
    with pytest.raises(Malformed):
        verify(document)


def test_the_command_exports_and_verifies_a_month(crew, tmp_path) -> None:
    a_morning(crew)
    said = io.StringIO()
    call_command("statistics", "export", "--month", f"{DAY:%Y-%m}", stdout=said)
    file = tmp_path / "month.json"
    file.write_text(said.getvalue(), encoding="utf-8")
    told = io.StringIO()
    call_command("statistics", "verify", str(file), stdout=told)
    assert "same figures" in told.getvalue()
    document = orjson.loads(said.getvalue())
    document["answers"][0]["figures"]["rows"][0]["cases"] = 1
    file.write_bytes(orjson.dumps(document))
    with pytest.raises(CommandError, match="1 mismatches"):
        call_command("statistics", "verify", str(file), stdout=told)
    assert "answers[0].figures.rows.all.cases" in told.getvalue()
