"""`manage worker`: queued and timed jobs, and the ledger's sequencer."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from gridloop.site.worker.run import Plan, run


class Command(BaseCommand):
    """Runs until it is told to stop."""

    requires_system_checks = ()  # it answers no addresses of the web
    help = "Work on queued and timed jobs, and give finished ledger entries their place."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to work on."""
        parser.add_argument("--queues", default="", help="parted by commas; all by default")
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at once")
        parser.add_argument(
            "--port", type=int, default=settings.CONFIG.metrics_port, help="for /healthz, /readyz and /metrics"
        )

    def handle(self, *_args: object, queues: str, concurrency: int, port: int, **_options: object) -> None:
        """Work."""
        wanted = tuple(name.strip() for name in queues.split(",") if name.strip())
        run(Plan(wanted, concurrency, port, settings.CONFIG.ledger_interval_s))
