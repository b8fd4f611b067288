"""Prometheus metrics of the web process; with several worker processes set `PROMETHEUS_MULTIPROC_DIR`."""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("gridloop_http_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "gridloop_http_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
LEDGER_LAG = Gauge(
    "gridloop_ledger_lag_seconds", "Age of the oldest entry without a position.", multiprocess_mode="mostrecent"
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, route: str, status: int, spent_s: float) -> None:
    """Count one answered request by its route, never by its path, so that the number of series stays bounded."""
    REQUESTS.labels(method if method in METHODS else "other", route, str(status)).inc()
    SECONDS.labels(route).observe(spent_s)


def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Everything counted here, in the text format."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
