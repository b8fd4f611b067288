"""`manage gateway`: takes positions of vehicles in, and tells warnings."""

from __future__ import annotations

import sys
from dataclasses import replace

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.fleet.feeds.metrics import FeedNumbers
from gridloop.fleet.feeds.wired import feeds_of
from gridloop.fleet.gateway.alone import Alone
from gridloop.fleet.gateway.counts import REGISTRY
from gridloop.fleet.gateway.serve import serve
from gridloop.fleet.gateway.shards.relay import Relay
from gridloop.kernel.errors import Malformed
from gridloop.site.conninfo import conninfo
from gridloop.site.feeding import feed_settings
from gridloop.site.sharding import gateway_settings


class Command(BaseCommand):
    """Runs until it is told to stop."""

    requires_system_checks = ()  # it answers no addresses of the web
    help = "Take positions of vehicles in (JT/T 808 over TCP and UDP, and the configured feeds), judge and store them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and whether others judge."""
        given = settings.CONFIG.gateway
        parser.add_argument("--port", type=int, default=given.port, help="for JT/T 808 over TCP and UDP")
        parser.add_argument("--metrics-port", type=int, help="for /healthz, /readyz and /metrics")
        parser.add_argument(
            "--shards", type=int, default=given.shards, help="evaluators that judge; 1: this process judges by itself"
        )
        parser.add_argument("--number", type=int, default=0, help="which of several gateways this is, from 0")

    def handle(
        self, *_args: object, port: int, metrics_port: int | None, shards: int, number: int, **_options: object
    ) -> None:
        """Serve."""
        config = replace(settings.CONFIG, gateway=replace(settings.CONFIG.gateway, shards=shards))
        given = config.gateway
        told = gateway_settings(
            config,
            settings.VAR,
            conninfo(),
            number=number,
            port=port,
            metrics_port=metrics_port or given.metrics_port_of(number),
            stream_port=config.fleet_stream_port,
        )
        try:  # feeds have one connection each, and the first gateway has them
            feeds = feeds_of(feed_settings(config, settings.VAR, bind=given.bind)) if number == 0 else []
        except Malformed as wrong:
            raise CommandError(f"{wrong.en} / {wrong.zh}") from wrong
        REGISTRY.register(FeedNumbers(feeds))
        sys.exit(serve(told, feeds, Relay if given.shared else Alone))
