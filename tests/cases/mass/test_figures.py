"""The figures count neither a step that was taken back nor its taking back, and the history alone gives the same."""

from __future__ import annotations

import orjson

from gridloop.cases.evaluation.queries import answers
from gridloop.cases.evaluation.queries.verify import verify
from gridloop.cases.evaluation.rules.question import Question
from tests.builders import MONDAY, Crew
from tests.cases.evaluation.lives import CLASS, LATER, Teller, sequenced

DAY = MONDAY.date()


def figures(by: str = "all") -> dict:
    sequenced()
    return orjson.loads(orjson.dumps(answers.answer("indicators", Question(DAY, DAY, by=by), at=LATER, more={})))


def test_the_figures_do_not_see_a_slip_that_was_taken_back(crew: Crew) -> None:
    told = Teller(crew).filed()
    before = figures()

    told.then("dispatcher", "dispatch", unit=None)
    between = figures()
    told.then("dispatcher", "take_back")

    after = figures()
    assert between["figures"]["rows"] != before["figures"]["rows"]
    assert after["figures"]["rows"] == before["figures"]["rows"]
    assert verify(after) == []
    assert verify(between) == []
    assert verify(before) == []


def test_the_history_alone_gives_the_figures_after_slips_of_every_kind(crew: Crew) -> None:
    Teller(crew).then("acceptor", "register", **CLASS).then("acceptor", "take_back")
    Teller(crew).filed().then("shift_leader", "take_back")
    Teller(crew).handling().finished().closed().then("shift_leader", "take_back")
    Teller(crew).filed().then("dispatcher", "dispatch", unit=None).then(
        "unit", "return", return_rule="not_ours", note="非本单位"
    ).then("dispatcher", "redispatch", unit=None).then("dispatcher", "take_back")
    for by in ("all", "unit", "person"):
        answer = figures(by)
        assert answer["figures"]["rows"], by
        assert verify(answer) == []
