"""Earlier years told again: same steps and units, other spots of the township, earlier moments; nothing of it counts as reported."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from gridloop.audit.models import Pending
from gridloop.cases import actions, queries
from gridloop.cases.models import Case
from gridloop.kernel.caller import system
from tests.builders import MONDAY, SPOT
from tests.cases.evaluation.lives import a_morning

DAY = dt.timedelta(days=1)
NEAR = [(SPOT[0] + step * 0.0004, SPOT[1] + step * 0.0003) for step in range(-3, 4)]
MOMENTS = ("opened_at", "changed_at", "due_at", "dispatched_at", "finished_at", "closed_at")


@pytest.fixture
def told(crew) -> dict[str, object]:
    """Two rounds of the morning's ended cases, 14 and 28 days before."""
    a_morning(crew)
    first = actions.reserve_case_range(100)
    spots = [actions.OtherSpot(lon, lat, "", f"远路{at}号附近") for at, (lon, lat) in enumerate(NEAR)]
    lives = actions.hold_lives(MONDAY - DAY, MONDAY + DAY, spots)
    by = system("demo")
    counts = [
        actions.tell_again(number, number * 14 * DAY, first + 50 * (2 - number), by=by, now=MONDAY) for number in (2, 1)
    ]
    return {"lives": lives, "counts": counts, "first": first}


def ended() -> list[Case]:
    return list(
        Case.objects.filter(opened_at__gte=MONDAY - DAY, state__in=("closed", "rejected", "withdrawn")).order_by(
            "opened_at", "id"
        )
    )


def earlier(number: int) -> list[Case]:
    since = MONDAY - DAY - number * 14 * DAY
    return list(Case.objects.filter(opened_at__gte=since, opened_at__lt=since + 2 * DAY).order_by("id"))


def test_every_ended_life_is_told_once_a_round(told) -> None:
    assert told["lives"] == len(ended()) > 3
    assert told["counts"] == [told["lives"]] * 2
    numbers = list(Case.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))


def test_moments_lie_earlier_and_steps_and_units_stay(told) -> None:
    for number in (1, 2):
        for before, after in zip(ended(), earlier(number), strict=True):
            for name in MOMENTS:
                was, now = getattr(before, name), getattr(after, name)
                assert now == (was and was - number * 14 * DAY), name
            assert (after.unit_id, after.class_code, after.state) == (before.unit_id, before.class_code, before.state)
            with connection.cursor() as cursor:
                cursor.execute(
                    "select verb, to_state, at from cases_event where case_id = %s order by seq", [before.id]
                )
                history = cursor.fetchall()
                cursor.execute("select verb, to_state, at from cases_event where case_id = %s order by seq", [after.id])
                assert cursor.fetchall() == [(verb, to, at - number * 14 * DAY) for verb, to, at in history]


def test_spots_are_others_of_the_same_township_and_the_words_name_the_new_address(told) -> None:
    townships = {case.place[:9] for case in ended()}
    spots = {(case.lon, case.lat) for number in (1, 2) for case in earlier(number)}
    assert spots <= set(NEAR)
    assert len(spots) > 1
    for case in earlier(1):
        assert case.place[:9] in townships
        assert case.address.startswith("远路")


def test_ids_of_older_rounds_are_lower(told) -> None:
    assert (
        max(case.id for case in earlier(2))
        < min(case.id for case in earlier(1))
        < min(case.id for case in ended()) + 10**9
    )


def test_the_ledger_says_of_each_round_how_many(told) -> None:
    entries = [bytes(one.body).decode() for one in Pending.objects.filter(action="cases.told_again").order_by("id")]
    assert len(entries) == 2
    assert f'"cases":{told["lives"]}' in entries[0]
    assert '"days_earlier":28' in entries[0]


def test_one_can_look_at_such_a_case(told, crew) -> None:
    number = earlier(1)[0].number
    assert queries.card(number, by=crew.shift_leader, now=MONDAY)["number"] == number


INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisprimary, coalesce(above.inhparent::regclass::text, '')
from pg_index i left join pg_inherits above on above.inhrelid = i.indexrelid
where i.indrelid in ('cases_case_closed'::regclass, 'cases_text'::regclass, 'cases_event'::regclass) order by 1
"""


def asked(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_indexes_laid_aside_are_the_same_afterwards_and_what_was_told_meanwhile_is_found(crew) -> None:
    a_morning(crew)
    lives = actions.hold_lives(MONDAY - DAY, MONDAY + DAY, [])
    before, ticks = asked(INDEXES), []
    with actions.without_indexes(lambda done, of: ticks.append((done, of))):
        assert asked(INDEXES) == []
        actions.tell_again(1, 14 * DAY, actions.reserve_case_range(50), by=system("demo"), now=MONDAY)
    assert asked(INDEXES) == before
    assert ticks[-1] == (len(before), len(before))
    assert len(earlier(1)) == lives > 3
