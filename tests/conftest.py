"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

LEDGER_TABLES = ("audit_entry", "audit_node", "audit_checkpoint", "audit_witness")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001
    """Let tests with real transactions empty the ledger after themselves, which its triggers refuse everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in LEDGER_TABLES:
            cursor.execute(f"alter table {table} disable trigger {table}_no_truncate")
    yield
