"""`manage nats`: becomes the NATS server on which gateways and evaluators meet."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gridloop.site.sharding import nats_conf, nats_program


class Command(BaseCommand):
    """Runs until it is told to stop."""

    requires_system_checks = ()  # it needs no database and no addresses
    help = "Run the NATS server of gateways and evaluators, on this machine only, its streams in VAR/nats."

    def handle(self, *_args: object, **_options: object) -> None:
        """Write its configuration and become it."""
        program = nats_program()
        if program is None:
            raise CommandError(
                "nats-server is not installed; ./gridloop build installs it, or set gateway.nats_url to a server of yours /"
                " 未安装 nats-server;请运行 ./gridloop build,或用 gateway.nats_url 指定已有服务器"
            )
        folder = Path(settings.VAR) / "nats"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        conf = folder / "server.conf"
        descriptor = os.open(conf, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(nats_conf(settings.CONFIG, folder))
        os.execv(program, [program, "--config", str(conf)])  # noqa: S606 - no shell is wanted
