"""A short simulated time: hour by hour, with a peak, and an account that notices what is lost."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

from django.db import connection

from gridloop.cases.incidents.queries import suggested
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import now
from gridloop.kernel.duties import Duty
from gridloop.site.demo import bursts, load
from gridloop.site.demo.year import Pace, Tally, Year

UNLIKE_THEIR_HISTORY = """
select count(*) from cases_case c join lateral (
    select max(seq) as seq, count(*) as n, (array_agg(to_state order by seq desc))[1] as state from cases_event e where e.case_id = c.id
) h on true where h.seq <> c.seq or h.n <> c.seq or h.state <> c.state
"""
ORPHANS = "select count(*) from cases_event e where not exists (select from cases_case c where c.id = e.case_id)"
NO_DEADLINE = "select count(*) from cases_case_open where due_at is null or stage_due_at is null"


def rows(statement: str, said: Sequence[object] = ()) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, said)
        return cursor.fetchall()


def count(statement: str) -> int:
    return rows(statement)[0][0]


def cases_together(by: Caller) -> list[object]:
    found = suggested.suggested(by=by, now=now())
    return list(found["items"])


def test_two_days_with_a_peak_lose_no_case_no_deadline_and_no_escalation(db: None) -> None:
    """One test for all of it, because the ground of the city takes longer than the two days."""
    chronicle, _ = load.found("tiny", seed=3, now=now(), say=lambda _: None, days=2)
    year = Year(chronicle, Pace(days=2, cases_a_day=8, peaks=1), seed=3)
    days: list[tuple[int, int]] = []

    def told(day: int, so_far: Tally) -> bool:
        days.append((day, so_far.reported))
        return len(days) != 1

    assert not year.run(told), "paused after the first day"
    year = pickle.loads(pickle.dumps(year))
    assert year.run(told), "and the rest of it, from what was kept"
    tally = year.tally
    assert [day for day, _ in days] == [1, 2]
    assert days[-1][1] == 8 + 80

    assert count("select count(*) from cases_case") == 88
    assert count("select count(distinct number) from cases_case") == 88
    assert count(UNLIKE_THEIR_HISTORY) == 0, "rows are replaced as lives go on; row and history must still agree"
    assert count(ORPHANS) == 0
    assert tally.without_deadline == count(NO_DEADLINE) == 0

    told = set(rows("select case_id, mark from cases_escalation_mark"))
    assert told == tally.expected, "the ladder tells what the rules alone demand, no more and no less"
    assert told, "in two days something becomes due"
    assert tally.told == len(told)
    lost = min(told)
    rows("delete from cases_escalation_mark where case_id = %s and mark = %s returning 1, ''", lost)
    assert tally.expected - set(rows("select case_id, mark from cases_escalation_mark")) == {lost}, "a loss would show"

    course = next(course for course in year.open.values() if str(course.life.facts.state) == "handling")
    before = course.life.facts
    course.verb = "resume"  # planned while the case was suspended; the suspension has come to its end meanwhile
    chronicle.go_on(course)
    assert course.life.facts == before
    assert course.verb != "resume", "the plot goes on from where the case stands"

    made = bursts.add(chronicle, seed=3)
    assert count("select count(*) from cases_case") == 88 + made
    groups = cases_together(chronicle.cast.by_duty[Duty.ACCEPTOR][0])
    assert len(groups) >= 2, "both storms are offered as incidents"
    assert count("select count(*) from cases_root_cause") == 1, "the third broken grating opened a root cause"
    assert count("select count(*) from cases_root_cause_case") == 3
