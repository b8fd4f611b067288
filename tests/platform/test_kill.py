"""Whatever is killed at whatever moment: what was acknowledged is there, once, and nothing else."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest

from tests import city as cities
from tests.platform.conftest import Doomed
from tests.platform.load import Crew, Listener, Texts

pytestmark = pytest.mark.slow
SEED = 7
LOAD_S = 45.0
FINISH_S_MAX = 120.0
CREWS = 3
QUIET_S_MAX = 90.0
STILL_TO_DO = """
select (select count(*) from audit_pending), (select count(*) from cases_telling), (select count(*) from notices_delivery where status = 'queued'),
       (select count(*) from procrastinate_jobs where queue_name = 'notices' and status in ('todo', 'doing'))
"""


@dataclass
class Aftermath:
    """A load that went through killings, over and quiet again."""

    doomed: Doomed
    crews: list[Crew]
    texts: Texts
    listener: Listener

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        return cities.sql(self.doomed.platform.database_url, statement)

    @property
    def reports(self) -> dict[str, str]:
        """Every acknowledged report: key -> number."""
        return {key: number for crew in self.crews for key, number in crew.told.reports.items()}

    @property
    def steps(self) -> dict[str, list[str]]:
        """Every acknowledged step by case."""
        return {number: verbs for crew in self.crews for number, verbs in crew.told.steps.items()}


@pytest.fixture(scope="module")
def aftermath(doomed: Doomed) -> Iterator[Aftermath]:
    platform = doomed.platform
    over = threading.Event()
    crews = [Crew(platform, SEED + number, over) for number in range(CREWS)]
    texts, listener = Texts(platform, over), Listener(platform)
    for thread in (listener, texts, *crews):
        thread.start()
    doomed.kill_at_random(Random(SEED), time.monotonic() + LOAD_S)
    over.set()
    doomed.wait_ready()
    for thread in (*crews, texts):
        thread.join(FINISH_S_MAX)
    after = Aftermath(doomed, crews, texts, listener)
    becomes_quiet(after)
    yield after
    listener.stopped.set()


def becomes_quiet(after: Aftermath) -> None:
    """Wait until the worker has put in order and sent what was left lying; what ends by itself is started again, as by a supervisor."""
    until = time.monotonic() + QUIET_S_MAX
    while any(after.rows(STILL_TO_DO)[0]) and time.monotonic() < until:
        after.doomed.revive()
        time.sleep(0.5)
    head = after.rows("select max(position) from audit_entry where not looked and subject like 'case:%'")[0][0]
    while (not after.listener.positions or after.listener.positions[-1] < int(str(head))) and time.monotonic() < until:
        time.sleep(0.2)


def test_every_part_was_killed_and_people_never_saw_more_than_a_pause(aftermath):
    assert set(aftermath.doomed.killed) == {"web", "worker", "live", "postgres", "connection"}
    assert [odd for one in (*aftermath.crews, aftermath.texts) for odd in one.told.odd] == []
    assert len(aftermath.reports) > 5
    assert sum(len(verbs) for verbs in aftermath.steps.values()) > 20


def test_every_acknowledged_report_is_there_once_by_number_and_by_key(aftermath):
    kept = aftermath.rows("select text, number from cases_case where text like 'load %'")
    assert {str(text).split()[-1]: number for text, number in kept} == aftermath.reports
    assert len(kept) == len(aftermath.reports)
    keys = aftermath.rows(
        "select i.key, c.number from cases_idempotency i join cases_case c on c.id = i.case_id where c.text like 'load %' and i.version = 1"
    )
    assert dict(keys) == aftermath.reports


def test_every_acknowledged_step_is_there_once_and_no_other_step_is(aftermath):
    rows = aftermath.rows(
        "select c.number, array_agg(e.verb order by e.seq) from cases_event e join cases_case c on c.id = e.case_id"
        " where c.text like 'load %' and (e.by_id is not null or e.verb = 'report') group by 1"
    )
    assert dict(rows) == {number: ["report", *verbs] for number, verbs in aftermath.steps.items()}


def test_the_ledger_verifies_and_holds_each_act_once(aftermath):
    aftermath.doomed.platform.manage("ledger", "verify")
    rows = aftermath.rows(
        "select substr(e.subject, 6), e.action, count(*) from audit_entry e join cases_case c on e.subject = 'case:' || c.number"
        " where c.text like 'load %' and not e.looked and (e.actor_id is not null or e.action = 'case.report') group by 1, 2"
    )
    told = Counter((number, f"case.{verb}") for number, verbs in aftermath.steps.items() for verb in ["report", *verbs])
    assert {(number, action): count for number, action, count in rows} == told


def test_every_open_case_has_deadlines_and_every_dispatched_one_an_owner(aftermath):
    rows = aftermath.rows(
        "select number from cases_case where (closed_at is null and (due_at is null or stage_due_at is null))"
        " or (state in ('dispatched', 'handling', 'checking', 'checked') and unit_id is null)"
    )
    assert rows == []
    constraints = aftermath.rows(
        "select conname from pg_constraint where conrelid = 'cases_case'::regclass and contype = 'c' and convalidated"
    )
    assert {"cases_case_open_has_deadline", "cases_case_dispatched_has_owner"} <= {name for (name,) in constraints}


def test_what_was_queued_for_people_went_out_once(aftermath):
    assert aftermath.rows(STILL_TO_DO) == [(0, 0, 0, 0)]
    outbox = (aftermath.doomed.platform.var / "sms" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
    sent = [json.loads(line) for line in outbox]
    assert max(Counter(one["request_id"] for one in sent).values()) == 1
    kept = aftermath.rows(
        "select provider_id from notices_delivery where channel = 'sms' and status = 'sent' and provider_id <> ''"
    )
    assert Counter(provider_id for (provider_id,) in kept) == Counter(one["message_id"] for one in sent)
    phones = {one["phone_number"] for one in sent}
    assert set(aftermath.texts.told.codes) <= phones


def test_nobody_is_told_the_same_thing_twice_by_the_bell(aftermath):
    """One finish asks each collector once to look; a second finish of the same case asks again, and rightly."""
    rows = aftermath.rows(
        "select n.subject, n.person_id, count(*), (select count(*) from cases_event e where e.case_id = c.id and e.verb = 'finish')"
        " from notices_notice n join cases_case c on n.subject = 'case:' || c.number"
        " where n.on_bell and n.kind = 'check_wanted' and c.text like 'load %' group by c.id, 1, 2"
    )
    assert rows != []
    assert [row for row in rows if row[2] != row[3]] == []


def test_a_browser_that_listened_through_it_all_missed_nothing_and_heard_nothing_twice(aftermath):
    heard = aftermath.listener
    assert heard.connections >= 2
    assert heard.resets == 0
    assert heard.positions == sorted(set(heard.positions))
    rows = aftermath.rows(
        "select e.position from audit_entry e where not e.looked and e.subject like 'case:%'"
        f" and exists (select from cases_case c where e.subject = 'case:' || c.number) and e.position > {heard.first} order by 1"
    )
    assert heard.positions == [position for (position,) in rows]
