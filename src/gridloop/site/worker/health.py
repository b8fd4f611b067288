"""Health and metrics of the worker, on a port of this machine only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

REGISTRY = CollectorRegistry()
WAITING = Gauge("gridloop_jobs", "Jobs in the queue by status.", ["queue", "status"], registry=REGISTRY)
OLDEST = Gauge("gridloop_jobs_oldest_seconds", "How long the oldest job that could run has waited.", registry=REGISTRY)
DEAD_LETTERS = Gauge("gridloop_notices_dead", "Deliveries that failed for good.", registry=REGISTRY)
LEDGER_LAG = Gauge("gridloop_ledger_lag_seconds", "Age of the oldest entry without a position.", registry=REGISTRY)
STALLED = Gauge(
    "gridloop_jobs_stalled", "Jobs of dead workers put back into the queue, since the start.", registry=REGISTRY
)

Ready = Callable[[], dict[str, str]]
"""What is wrong, by name; empty when all is well."""


class Server(ThreadingHTTPServer):
    """Answers /healthz, /readyz and /metrics."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, ready: Ready, refresh: Callable[[], None]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.ready = ready
        self.refresh = refresh

    def in_background(self) -> None:
        """Answer from a thread of its own."""
        threading.Thread(target=self.serve_forever, name="health", daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """Three short answers."""

    server: Server
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the standard library
        """Stay quiet: it is asked every few seconds."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/healthz":
            self._answer(200, orjson.dumps({"status": "ok"}), "application/json")
        elif self.path == "/readyz":
            wrong = self.server.ready()
            body = {"status": "not ready" if wrong else "ok", **wrong}
            self._answer(503 if wrong else 200, orjson.dumps(body), "application/json")
        elif self.path == "/metrics":
            self.server.refresh()
            self._answer(200, generate_latest(REGISTRY), CONTENT_TYPE_LATEST)
        else:
            self._answer(404, b'{"status":"try /healthz, /readyz or /metrics"}', "application/json")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
