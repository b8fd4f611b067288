"""Web push (RFC 8030): one sealed message to the browser's own push service, never to an address inside the house."""

from __future__ import annotations

import json
import secrets
import socket
import time
from collections.abc import Iterable
from typing import Any

import httpcore
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from gridloop.notices.channels.letter import Gone, Letter, Undeliverable
from gridloop.notices.push import keys, rules
from gridloop.notices.rules import ESCALATING

TIMEOUT_S = 10.0
GONE = frozenset({404, 410})  # RFC 8030, 7.3: the subscription is over
TRY_AGAIN = frozenset({408, 425, 429})
SERVER_FAULT = 500
WAIT_S_MAX = 6 * 3600
REASON_CHARS_MAX = 200


class PublicOnly(httpcore.SyncBackend):
    """Connects to the address that was looked at: the name is resolved once, and an address inside the house is refused."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """The connection to the first public address of the name; TLS still asks for the name itself."""
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        if not found or not all(rules.is_public(one) for one in found):
            raise Undeliverable(f"{host} is no public address", for_good=True)
        return super().connect_tcp(min(found, key=len), port, timeout, local_address, socket_options)


def allows_private() -> bool:
    """Whether push services inside the house are allowed (`push.private_services`, for tests)."""
    config: dict[str, Any] = getattr(settings, "GRIDLOOP_PUSH", {})
    return bool(config.get("private_services", False))


def contact() -> str:
    """Whom a push service may write to about us: the configured address, else our own."""
    config: dict[str, Any] = getattr(settings, "GRIDLOOP_PUSH", {})
    given = str(config.get("contact", ""))
    public_url = str(getattr(settings, "GRIDLOOP_PUBLIC_URL", ""))
    sender = str(getattr(settings, "GRIDLOOP_SMTP", {}).get("sender", "")).rpartition("<")[2].rstrip(">")
    return given or (public_url if public_url.startswith("https://") else f"mailto:{sender or 'gridloop@localhost'}")


def send(letter: Letter) -> str:
    """POST the sealed title to the endpoint; returns the message's own address at the service. Raises Undeliverable, Gone when it is over."""
    browser = rules.Browser(**json.loads(letter.address))
    text = rules.payload(letter.title, letter.subject, letter.language)
    body = rules.sealed(
        text, browser, own=ec.generate_private_key(ec.SECP256R1()), salt=secrets.token_bytes(rules.SALT_BYTES)
    )
    signed = rules.authorization(browser.endpoint, contact=contact(), key=keys.signing_key(), now_s=int(time.time()))
    headers = {
        "Authorization": signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(body)),
        "TTL": str(rules.TTL_S),
        "Urgency": "high" if letter.kind in ESCALATING else "normal",
        "Topic": rules.topic(letter.subject or letter.key),
    }
    answer = _asked(browser.endpoint, headers, body)
    said = {name.decode().lower(): value.decode("latin-1") for name, value in answer.headers}
    if answer.status in GONE:
        raise Gone(f"{answer.status}: this browser takes no pushes any more")
    if not 200 <= answer.status < 300:
        reason = answer.content[:REASON_CHARS_MAX].decode("utf-8", "replace")
        again = answer.status in TRY_AGAIN or answer.status >= SERVER_FAULT
        raise Undeliverable(
            f"{answer.status} {reason}".strip(), for_good=not again, wait_s=_wait_s(said.get("retry-after", ""))
        )
    return said.get("location", "")[:REASON_CHARS_MAX]


def _asked(endpoint: str, headers: dict[str, str], body: bytes) -> httpcore.Response:
    backend = httpcore.SyncBackend() if allows_private() else PublicOnly()
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
    try:
        with httpcore.ConnectionPool(network_backend=backend, keepalive_expiry=0) as pool:
            return pool.request(
                "POST", endpoint, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
            )
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as failure:
        raise Undeliverable(f"{type(failure).__name__}: {failure}", for_good=False) from failure


def _wait_s(text: str) -> int:
    """Seconds that the service asks us to wait, as far as it says so in seconds; six hours at most."""
    return min(int(text), WAIT_S_MAX) if text.isascii() and text.isdigit() else 0
