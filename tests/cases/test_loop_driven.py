"""Cases driven through the loop by the people who may, against a real database."""

from __future__ import annotations

import pytest

from gridloop.cases import queries
from gridloop.cases.models import Case
from tests.builders import MONDAY, WAYS, Crew, a_case


@pytest.mark.parametrize("state", sorted(WAYS))
def test_a_case_can_be_driven_into_every_state(state, crew: Crew):
    number = a_case(state, crew=crew)

    card = queries.card(number, by=crew.shift_leader, now=MONDAY)

    assert card["state"] == state
    assert [event["seq"] for event in card["history"]] == list(range(1, len(card["history"]) + 1))
    assert card["history"][-1]["to"] == state
    kept = Case.objects.get(number=number)
    assert (kept.due_at is not None and kept.stage_due_at is not None) or state in {
        "closed",
        "rejected",
        "withdrawn",
        "voided",
    }
