"""`manage evaluator --shard K`: judges and stores one shard of the vehicles."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.fleet.gateway.shards.evaluator import serve_shard
from gridloop.site.conninfo import conninfo
from gridloop.site.sharding import gateway_settings


class Command(BaseCommand):
    """Runs until it is told to stop, or until another one has taken the shard over."""

    requires_system_checks = ()  # it answers no addresses of the web
    help = "Judge and store what the gateways write to the stream of one shard."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which shard."""
        parser.add_argument("--shard", type=int, required=True, help="from 0 to gateway.shards - 1")

    def handle(self, *_args: object, shard: int, **_options: object) -> None:
        """Serve."""
        config = settings.CONFIG
        given = config.gateway
        if not given.shared or not 0 <= shard < given.shards:
            raise CommandError(
                f"there is no shard {shard} of {given.shards}; set gateway.shards (or gateway.gateways) above 1 /"
                f" 没有第 {shard} 个分片(共 {given.shards} 个);请将 gateway.shards 设为大于 1"
            )
        metrics_port, stream_port = given.evaluator_ports(shard)
        told = gateway_settings(
            config,
            settings.VAR,
            conninfo(),
            number=shard,
            port=given.port,
            metrics_port=metrics_port,
            stream_port=stream_port,
        )
        sys.exit(serve_shard(told))
