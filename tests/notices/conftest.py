"""What the tests of notices use: people, a real mail server and the real SMS gateway process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from django.utils import timezone

from gridloop.identity.actions import sealed_text
from gridloop.identity.models import Person
from gridloop.notices.models import Delivery


@dataclass
class Mailbox:
    """A real SMTP server's memory; `refuse` is what it answers instead of taking the mail."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            return self.refuse
        mail = BytesParser(policy=default).parsebytes(envelope.content or b"")
        self.mails.append(mail)  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.GRIDLOOP_SMTP = {
        "host": "127.0.0.1",
        "port": port,
        "starttls": False,
        "sender": "城市治理 <loop@city.example>",
    }
    yield box
    controller.stop()


@dataclass
class Gateway:
    """The running gateway process."""

    url: str
    outbox: Path

    def messages(self, phone: str = "") -> list[dict[str, Any]]:
        return httpx.get(f"{self.url}/messages", params={"phone": phone}).json()["items"]


def start_gateway(outbox: Path) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "gridloop.site.manage", "sms_gateway", "--port", "0", "--outbox", str(outbox)]
    env = os.environ | {"GRIDLOOP_SMS_ACCOUNT": "tests", "GRIDLOOP_SMS_SIGNING_KEY": "tests-key"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.rpartition(" ")[2].strip().rstrip("/")


@pytest.fixture
def gateway(settings: Any, tmp_path: Path) -> Iterator[Gateway]:
    outbox = tmp_path / "sms" / "outbox.jsonl"
    process, url = start_gateway(outbox)
    settings.GRIDLOOP_SMS = {"url": url, "account": "tests", "signing_key": "tests-key", "sign": "城市治理"}
    yield Gateway(url, outbox)
    process.terminate()
    assert process.wait(60) == 0
    process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def a_person(db: None, settings: Any) -> Callable[..., Person]:
    def make(
        *, email: str = "lin@city.example", phone: str = "13800000001", language: str = "zh", login: str = "lin"
    ) -> Person:
        return Person.objects.create(
            login=login,
            name="林晓",
            email=email,
            language=language,
            phone_sealed=sealed_text(phone) if phone else None,
            created_at=timezone.now(),
        )

    return make


def queued() -> list[int]:
    return list(Delivery.objects.filter(status="queued").order_by("id").values_list("id", flat=True))


def jobs() -> list[tuple[int, Any]]:
    """Delivery ids and planned times of the jobs waiting in the queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (args->>'delivery_id')::bigint, scheduled_at from procrastinate_jobs where task_name = 'notices.deliver' and status = 'todo' order by id"
        )
        return cursor.fetchall()
