"""The worker as a real process: it sends what is queued, gives the ledger its positions, survives being killed, and stops when told."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connection

from gridloop.audit import actions as ledger
from gridloop.audit.models import Entry
from gridloop.cases.announcements.actions import DEFER, OUT
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.notices import actions as notices
from gridloop.notices.models import Delivery
from tests.notices.conftest import start_gateway
from tests.served import environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def gateway_url(tmp_path: Path) -> Iterator[str]:
    process, url = start_gateway(tmp_path / "outbox.jsonl")
    yield url
    process.terminate()
    process.wait(60)
    process.stdout.close()  # type: ignore[union-attr]


class Worker:
    """One worker process after another on the same port."""

    def __init__(self, var: Path, sms_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        sms = {"GRIDLOOP_SMS_URL": sms_url, "GRIDLOOP_SMS_ACCOUNT": "tests", "GRIDLOOP_SMS_SIGNING_KEY": "tests-key"}
        self.env = environment(var) | sms
        self.log = (var / "worker.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "gridloop.site.manage", "worker", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.env, stdout=self.log, stderr=subprocess.STDOUT)
        assert within(60, self.ready)

    def ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def worker(tmp_path: Path, gateway_url: str) -> Iterator[Worker]:
    one = Worker(tmp_path, gateway_url)
    one.start()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait()
    one.log.close()


def tell(number: int) -> None:
    notices.tell(
        notices.Address("sms", f"138{number:08d}"),
        "closed",
        subject="case:x",
        title_zh=f"第 {number} 号",
        title_en="x",
        text_zh="x",
        text_en="x",
        key=f"k{number}",
        params={"number": str(number)},
    )


def test_it_sends_sequences_and_stops_when_told(worker: Worker) -> None:
    tell(1)
    ledger.record(system("test"), "test.happened", "test:1", at=clock.now())
    assert within(60, lambda: Delivery.objects.filter(status="sent").count() == 1)
    assert within(60, lambda: Entry.objects.filter(subject="test:1").exists())
    told = httpx.get(f"http://127.0.0.1:{worker.port}/metrics").text
    assert "gridloop_notices_dead 0.0" in told
    assert worker.end(signal.SIGTERM) == 0


def test_a_killed_worker_loses_no_notice_and_the_next_one_puts_its_jobs_back(worker: Worker, gateway_url: str) -> None:
    for number in range(40):
        tell(number)
        if number == 20:
            worker.end(signal.SIGKILL)
    worker.start()
    with connection.cursor() as cursor:  # one more, as if it had been taken by a worker that died long ago
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = null where id = (select max(id) from procrastinate_jobs where task_name = 'notices.deliver' and status = 'todo')"
        )
    assert within(90, lambda: Delivery.objects.filter(status="sent").count() == 40)
    phones = [one["phone_number"] for one in httpx.get(f"{gateway_url}/messages").json()["items"]]
    assert sorted(phones) == sorted(f"138{number:08d}" for number in range(40))


DEAD_AND_NEXT = """
insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)
values ('cases', 'cases.tell', 'cases.tell', 'cases.tell', '{"timestamp": 0}', 'doing'), ('cases', 'cases.tell', 'cases.tell', 'cases.tell', '{"timestamp": 0}', 'todo')
returning id
"""


def test_a_dead_workers_job_gives_way_to_the_next_of_its_kind_that_waits_for_its_lock(worker: Worker) -> None:
    """Put back beside the waiting one it would break the rule of one waiting job of a kind, and nothing of that kind would ever run again."""
    worker.end(signal.SIGKILL)
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set status = 'aborted' where task_name = 'cases.tell' and status in ('todo', 'doing')"
        )
        cursor.execute(DEAD_AND_NEXT)
        dead, following = (row[0] for row in cursor.fetchall())

    def statuses() -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute("select id, status::text from procrastinate_jobs where id = any(%s)", [[dead, following]])
            return dict(cursor.fetchall())

    worker.start()
    assert within(60, lambda: statuses() == {dead: "aborted", following: "succeeded"}), statuses()


CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query like '%cases_announcement%'
"""


@pytest.fixture
def no_telling_left() -> Iterator[None]:
    """The queue's tables are nobody's to empty, and others count what is in them."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name = 'cases.announcements.tell'")


def test_a_database_that_goes_away_while_followers_are_told_leaves_nobody_untold(
    worker: Worker, no_telling_left: None
) -> None:
    """The connection is cut in the middle of the job, which is then done again by itself."""
    other = connection.copy()

    def cut() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(CUT)
            return bool(cursor.fetchall())

    def statuses() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "select status::text from procrastinate_jobs where task_name = 'cases.announcements.tell' order by id"
            )
            return [row[0] for row in cursor.fetchall()]

    try:
        with other.cursor() as held:
            held.execute("begin")
            held.execute("lock table cases_announcement")
            with connection.cursor() as cursor:
                cursor.execute(DEFER, [77, OUT])
            assert within(60, cut)
            held.execute("rollback")
    finally:
        other.close()
    assert within(60, lambda: statuses() == ["succeeded"]), statuses()
    assert worker.ready()


AWAY = "alter function {} rename to {}"


def periodic_function() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where proname ~ '^procrastinate_defer_periodic_job' order by 1 desc limit 1"
        )
        return str(cursor.fetchone()[0])


def test_a_worker_beside_whose_loop_a_part_failed_begins_again_by_itself(worker: Worker) -> None:
    """procrastinate ends its loop in good order when its deferrer fails; the process must not take that for having been told to stop."""
    assert worker.process is not None
    name = periodic_function()
    with connection.cursor() as cursor:
        cursor.execute(AWAY.format(name, "gone"))
        assert within(60, lambda: not worker.ready()), (
            "the deferrer runs every other second, and its failure ends the loop"
        )
        cursor.execute(AWAY.format("gone", name))
    assert within(60, worker.ready)
    tell(1)
    assert within(60, lambda: Delivery.objects.filter(status="sent").count() == 1)
    assert worker.process.poll() is None
    assert worker.end(signal.SIGTERM) == 0
