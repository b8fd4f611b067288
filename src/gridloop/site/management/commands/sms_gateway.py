"""`manage sms_gateway --port N`: the local SMS gateway of the demo."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from gridloop.notices.gateway import Outbox, Server

DEMO_ACCOUNT = "gridloop-demo"
DEMO_KEY = "gridloop-demo-key"


class Command(BaseCommand):
    """Runs until it is told to stop."""

    requires_system_checks = ()  # it needs no database and no addresses
    help = "Run a local SMS gateway that keeps messages in var/sms/outbox.jsonl and shows them on a page."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--port", type=int, default=8002)
        parser.add_argument("--outbox", type=Path, default=Path(settings.VAR) / "sms" / "outbox.jsonl")

    def handle(self, *_args: object, port: int, outbox: Path, **_options: object) -> None:
        """Serve; SIGTERM and Ctrl-C end it cleanly."""
        account = os.environ.get("GRIDLOOP_SMS_ACCOUNT", DEMO_ACCOUNT)
        signing_key = os.environ.get("GRIDLOOP_SMS_SIGNING_KEY", DEMO_KEY)
        server = Server(("127.0.0.1", port), Outbox(outbox), account=account, signing_key=signing_key)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        self.stdout.write(f"SMS gateway on http://127.0.0.1:{server.server_address[1]}/")
        self.stdout.flush()
        server.serve_forever(poll_interval=0.2)
        server.server_close()
