"""Saying to the gateway that the masters changed; it hears it when the change is committed, and never of one that was not."""

from __future__ import annotations

from gridloop.kernel.statements import run

MASTERS_SQL = "select pg_notify('fleet_masters', '')"


def tell_gateway() -> None:
    """In the transaction of the change. Many in one transaction are one message."""
    run(MASTERS_SQL)
