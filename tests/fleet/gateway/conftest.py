"""A gateway in a thread, on the test database, with rows that are really committed."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvloop
from pytest_django import DjangoDbBlocker

from gridloop.fleet.gateway.serve import Gateway
from gridloop.fleet.gateway.settings import Settings
from gridloop.site.conninfo import conninfo
from tests.fleet.gateway.terminal import Terminal
from tests.running import free_ports

READY_S_MAX = 60.0
WAIT_S_MAX = 60.0
TABLES = (
    "fleet_position, fleet_last, fleet_gateway, fleet_shift, fleet_warning, fleet_stranger, fleet_order, fleet_upload, fleet_terminal,"
    " fleet_vehicle, fleet_rule, fleet_fence, fleet_permit, fleet_declaredroute, fleet_occasion"
)
CODE = "0123456789abcdef"
CITY_SQUARE = "POLYGON((118.10 24.50, 118.12 24.50, 118.12 24.52, 118.10 24.52, 118.10 24.50))"


class Town:
    """What stands in the database, put there and looked at by hand."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def rows(self, statement: str, *params: object) -> list[tuple[Any, ...]]:
        """Ask."""
        return self.connection.execute(statement, params).fetchall()

    def one(self, statement: str, *params: object) -> Any:
        """The single value of a row."""
        return self.rows(statement, *params)[0][0]

    def do(self, statement: str, *params: object) -> None:
        """Change."""
        self.connection.execute(statement, params)

    def a_vehicle(self, plate: str, phone: str, *, kind: str = "hazmat", code: str = CODE, most: int = 600) -> int:
        """A vehicle with a terminal that has its code already (empty: none); its id."""
        vehicle = self.one(
            "insert into fleet_vehicle (plate, kind, registered_at, changed_at) values (%s, %s, now(), now()) returning id",
            plate,
            kind,
        )
        auth = hashlib.sha256(code.encode()).digest() if code else b""
        self.do(
            "insert into fleet_terminal (protocol, name, vehicle_id, auth_hash, frames_per_min_max) values ('jt808', %s, %s, %s, %s)",
            phone, vehicle, auth, most,
        )  # fmt: skip
        self.tell()
        return int(vehicle)

    def a_no_go(self, code: str = "square", wkt: str = CITY_SQUARE) -> None:
        """A fence and the rule that nobody may enter it."""
        self.do(
            "insert into fleet_fence (code, name_zh, shape, geom, valid_from) values (%s, %s, 'area', st_geomfromtext(%s, 4326), now() - interval '1 day')",
            code, code, wkt,
        )  # fmt: skip
        self.do(
            "insert into fleet_rule (code, kind, name_zh, fences, params, weekly, valid_from) values (%s, 'no_go', %s, %s, '{}', '[]', now() - interval '1 day')",
            f"no-{code}", code, [code],
        )  # fmt: skip
        self.tell()

    def empty(self) -> None:
        """Nothing left, and the next ids are those of the first time."""
        self.do(f"truncate {TABLES}, fleet_shard restart identity")

    def tell(self) -> None:
        """What every change of the masters says."""
        self.do("select pg_notify('fleet_masters', '')")

    def becomes(self, statement: str, wanted: Any, *params: object) -> Any:
        """Wait until a single value is this one."""
        until = time.monotonic() + WAIT_S_MAX
        while True:
            found = self.rows(statement, *params)
            value = found[0][0] if found else None
            if value == wanted or time.monotonic() > until:
                assert value == wanted
                return value
            time.sleep(0.05)


class Running:
    """A gateway in a thread."""

    def __init__(self, var: Path, **changes: Any) -> None:
        first = free_ports()
        told: dict[str, Any] = {"window_ms": 30, "driver_key": b"k"} | changes
        self.settings = Settings(conninfo(), var, "127.0.0.1", first, first + 1, first + 2, **told)
        self.gateway = Gateway(self.settings, ())
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self.gateway.run())

    def start(self) -> Running:
        """Start it and wait until it is ready."""
        self._thread.start()
        until = time.monotonic() + READY_S_MAX
        while not self.gateway.ready:
            assert time.monotonic() < until, "the gateway did not get ready"
            assert self._thread.is_alive()
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """End it in good order."""
        self.gateway.stop()
        self._thread.join(READY_S_MAX)
        assert not self._thread.is_alive()

    def terminal(self, phone: str, **how: Any) -> Terminal:
        """A terminal that has connected."""
        return Terminal(self.settings.port, phone, **how)

    def wait_known(self, phone: str) -> None:
        """Until the register in memory has this number."""
        until = time.monotonic() + WAIT_S_MAX
        while self.gateway.terminals.slot("jt808", phone) < 0:
            assert time.monotonic() < until
            time.sleep(0.02)

    def signed_in(self, phone: str, **how: Any) -> Terminal:
        """A terminal that may report."""
        self.wait_known(phone)
        terminal = self.terminal(phone, **how)
        assert terminal.sign_in(CODE) == 0
        return terminal


@pytest.fixture
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """The test database by a connection of our own; what the fleet tables hold is emptied afterwards."""
    with django_db_blocker.unblock(), psycopg.connect(conninfo(), autocommit=True) as connection:
        made = Town(connection)
        made.do(f"truncate {TABLES}")
        yield made
        made.do(f"truncate {TABLES}")


@pytest.fixture
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """The test database for more processes than one; ids begin anew afterwards."""
    with django_db_blocker.unblock(), psycopg.connect(conninfo(), autocommit=True) as connection:
        made = Town(connection)
        yield made
        made.empty()


@pytest.fixture
def gateway(town: Town, tmp_path: Path) -> Iterator[Running]:
    """A gateway that runs."""
    running = Running(tmp_path).start()
    yield running
    running.stop()


def now() -> dt.datetime:
    """This second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def stranger(town: Town, reason: str) -> dict[str, Any]:
    """The row of a stranger with this reason, once it is written."""
    town.becomes("select count(*) > 0 from fleet_stranger where reason = %s", True, reason)
    row = town.rows("select name, said_en, said_zh, times from fleet_stranger where reason = %s", reason)[0]
    return dict(zip(("name", "said_en", "said_zh", "times"), row, strict=True))


__all__ = ["CODE", "Running", "Town", "now", "stranger"]
