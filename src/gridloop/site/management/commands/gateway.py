"""`manage gateway`: takes positions of vehicles in, and tells warnings."""

from __future__ import annotations

import hashlib
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.fleet.feeds.metrics import FeedNumbers
from gridloop.fleet.feeds.wired import feeds_of
from gridloop.fleet.gateway.counts import REGISTRY
from gridloop.fleet.gateway.serve import serve
from gridloop.fleet.gateway.settings import Settings
from gridloop.kernel.errors import Malformed
from gridloop.site.conninfo import conninfo
from gridloop.site.feeding import feed_settings


class Command(BaseCommand):
    """Runs until it is told to stop."""

    requires_system_checks = ()  # it answers no addresses of the web
    help = "Take positions of vehicles in (JT/T 808 over TCP and UDP, and the configured feeds), judge and store them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        given = settings.CONFIG.gateway
        parser.add_argument("--port", type=int, default=given.port, help="for JT/T 808 over TCP and UDP")
        parser.add_argument(
            "--metrics-port", type=int, default=given.metrics_port, help="for /healthz, /readyz and /metrics"
        )

    def handle(self, *_args: object, port: int, metrics_port: int, **_options: object) -> None:
        """Serve."""
        config = settings.CONFIG
        given = config.gateway
        key = hashlib.sha256(b"drivers of vehicles\0" + config.secret_key.encode()).digest()
        told = Settings(
            conninfo=conninfo(),
            var=settings.VAR,
            bind=given.bind,
            port=port,
            metrics_port=metrics_port,
            stream_port=config.fleet_stream_port,
            window_ms=given.window_ms,
            idle_s=given.idle_minutes * 60.0,
            silent_s=float(given.silent_s),
            sockets_max=given.sockets_max,
            frames_waiting_max=given.frames_waiting_max,
            rebuild_minutes=given.rebuild_minutes,
            driver_key=key,
        )
        try:
            feeds = feeds_of(feed_settings(config, settings.VAR, bind=given.bind))
        except Malformed as wrong:
            raise CommandError(f"{wrong.en} / {wrong.zh}") from wrong
        REGISTRY.register(FeedNumbers(feeds))
        sys.exit(serve(told, feeds))
