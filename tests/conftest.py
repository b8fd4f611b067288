"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests import city as cities
from tests.running import Platform, free_ports

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "city", "platform"}
LEDGER_TABLES = ("audit_entry", "audit_node", "audit_checkpoint", "audit_witness")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL, whether it says so itself or by a fixture: `-m "not database"` runs in seconds."""
    for item in items:
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests with real transactions empty the ledger after themselves, which its triggers refuse everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in LEDGER_TABLES:
            cursor.execute(f"alter table {table} disable trigger {table}_no_truncate")


@pytest.fixture(scope="session")
def city(request: pytest.FixtureRequest) -> Iterator[cities.City]:
    """The tiny demo city, never changed; with --reuse-db it is kept for the next run."""
    reuse = bool(request.config.getoption("reuse_db"))
    made = cities.built(settings.CONFIG.database_url, Path(settings.VAR) / "test-city", reuse=reuse)
    yield made
    if not reuse:
        cities.forget(made)


@pytest.fixture(scope="session")
def platform(city: cities.City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform running on a copy of the tiny demo city."""
    var = tmp_path_factory.mktemp("platform")
    url = cities.copied(city, f"{cities.name_of(city.url)}_platform", var)
    made = Platform(url, var, free_ports())
    try:
        made.start()
        yield made
    finally:
        made.stop()
        cities.drop(url)
