"""What the tests of the live feed use: the real process, people with sessions, and cases to which things happen."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from gridloop.audit import actions as ledger
from gridloop.identity import rules as identity_rules
from gridloop.identity.models import Grant, Person, Session, Unit
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty

ORIGIN = "http://localhost:8000"


@pytest.fixture(autouse=True)
def kept_apart(settings: Any, tmp_path: Path) -> None:
    """Keys of the ledger are made in a folder of the test."""
    settings.VAR = tmp_path


@dataclass
class LiveProcess:
    """The granian process of `live`, which can be killed and started again on the same port."""

    port: int
    var: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        name = connection.settings_dict["NAME"]
        options = connection.settings_dict
        env = os.environ | {
            "DATABASE_URL": f"postgresql://{options['USER']}@/{name}?host={options['HOST']}",
            "GRIDLOOP_VAR": str(self.var),
        }
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--workers",
            "1",
        ]
        command += ["--workers-kill-timeout", "3", "--no-access-log", "gridloop.site.live:application"]
        self.process = subprocess.Popen(
            command,
            env=env,
            start_new_session=True,
            stdout=(self.var / "live.log").open("ab"),
            stderr=subprocess.STDOUT,
        )
        for _ in range(300):
            try:
                if httpx.get(f"{self.url}/readyz", timeout=1).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError("live does not get ready")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


UNMANAGED = "cases_case, cases_event, cases_reporter, cases_idempotency, cases_text"


@pytest.fixture
def emptied(transactional_db: None) -> Iterator[None]:
    """The tables that Django does not manage, and so does not empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("alter table cases_event disable trigger cases_event_no_truncate")
        cursor.execute(f"truncate {UNMANAGED}")
        cursor.execute("alter table cases_event enable trigger cases_event_no_truncate")


@pytest.fixture
def live(emptied: None, tmp_path: Path) -> Iterator[LiveProcess]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = LiveProcess(port, tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def signed_in(transactional_db: None) -> Callable[..., str]:
    """Makes a person with a grant and a session; gives the token of the cookie."""

    def make(login: str, duty: Duty, area: str = "", unit: Unit | None = None) -> str:
        now = clock.now()
        person = Person.objects.create(login=login, name=login, created_at=now)
        Grant.objects.create(
            person=person, duty=duty.value, area=area, unit=unit, valid_from=now - dt.timedelta(hours=1), created_at=now
        )
        token = identity_rules.new_token()
        Session.objects.create(
            token_hash=identity_rules.token_hash(token),
            person=person,
            created_at=now,
            last_seen_at=now,
            expires_at=now + dt.timedelta(hours=1),
            via="password",
        )
        return token

    return make


@pytest.fixture
def a_unit(transactional_db: None) -> Callable[[str], Unit]:
    def make(path: str) -> Unit:
        return Unit.objects.create(code=path, path=path, kind="k", name_zh=path, name_en=path, valid_from=clock.now())

    return make


CASE_SQL = """
insert into cases_case (id, number, state, source, text, lon, lat, geom, place, opened_at, changed_at, due_at, stage_due_at, unit_id)
values (%(id)s, %(number)s, %(state)s, 'desk', 'x', 118.1, 24.5, st_transform(st_setsrid(st_makepoint(118.1, 24.5), 4326), 3857),
        %(place)s, now(), now(), now(), now(), %(unit)s)
"""


def a_case(number: int, place: str = "350203", unit: Unit | None = None) -> str:
    """A case row by hand; the feed reads nothing else of it."""
    name = f"20261122-{number:06d}"
    with connection.cursor() as cursor:
        state = "dispatched" if unit else "reported"
        cursor.execute(
            CASE_SQL, {"id": number, "number": name, "state": state, "place": place, "unit": unit.pk if unit else None}
        )
    return name


def happens(*numbers: str, action: str = "case.registered", looked: bool = False) -> None:
    """Something happens to these cases, and the ledger gives it positions."""
    for number in numbers:
        ledger.record(system("test"), action, f"case:{number}", at=clock.now(), area="350203", looked=looked)
    moved, until = 0, time.monotonic() + 60
    while moved < len(numbers):  # another database of the same cluster may hold a transaction open
        moved += ledger.sequence(clock.now())
        assert time.monotonic() < until
        time.sleep(0 if moved else 0.02)


@dataclass
class Browser:
    """An EventSource: remembers the last id and says it when it comes back."""

    url: str
    token: str
    last_id: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    hello: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False
    thread: threading.Thread | None = None

    def open(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.stopped = True

    def _run(self) -> None:
        while not self.stopped:
            try:
                self._listen()
            except httpx.HTTPError:
                time.sleep(0.1)

    def _listen(self) -> None:
        headers = {"Cookie": f"gl_session={self.token}", "Origin": ORIGIN} | (
            {"Last-Event-ID": self.last_id} if self.last_id else {}
        )
        with httpx.stream(
            "GET", f"{self.url}/live/events", headers=headers, timeout=httpx.Timeout(5, read=30)
        ) as answer:
            kind = ""
            for line in answer.iter_lines():
                if self.stopped:
                    return
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    self._take(kind, json.loads(value))

    def _take(self, kind: str, data: dict[str, Any]) -> None:
        self.kinds.append(kind)
        if kind == "hello":
            self.hello.set()
        if kind == "change":
            self.got.append(data)

    def numbers(self, count: int, within_s: float = 60) -> list[str]:
        """The case numbers heard so far, once there are `count` of them."""
        until = time.monotonic() + within_s
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.05)
        return [one["number"] for one in self.got]


@pytest.fixture
def listening(live: LiveProcess) -> Iterator[Callable[[str], Browser]]:
    opened: list[Browser] = []

    def make(token: str) -> Browser:
        one = Browser(live.url, token)
        opened.append(one)
        one.open()
        assert one.hello.wait(60)
        return one

    yield make
    for one in opened:
        one.close()
