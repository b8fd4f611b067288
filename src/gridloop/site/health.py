"""Whether this process lives, and whether it can serve: for the launcher, the balancer and the watch."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from gridloop.audit import queries as audit
from gridloop.site import metrics

LEDGER_LAG_S_MAX = 60.0  # the sequencer runs once a second; a minute behind means that nobody sequences


def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """The process answers; says nothing of the database."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """200 when the database answers and its schema is ours, else 503; the ledger's lag is told and warned of."""
    checks: dict[str, object] = {}
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks["database"] = "ok"
        checks["migrations"] = (
            "ok" if not missing else f"{len(missing)} not applied; run `gridloop up` or `manage migrate`"
        )
        if not missing:
            lag_s = audit.pending_lag_s()
            metrics.LEDGER_LAG.set(lag_s)
            checks["ledger_lag_s"] = round(lag_s, 1)
            checks["ledger"] = "ok" if lag_s <= LEDGER_LAG_S_MAX else f"{lag_s:.0f} s behind; is the worker running?"
    except DatabaseError as error:
        checks["database"] = f"out of reach: {type(error).__name__}"
        connection.close()
    ready = checks.get("database") == "ok" and checks.get("migrations") == "ok"
    return JsonResponse({"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503)
