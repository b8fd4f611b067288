"""Text messages: what a gateway must be able to do, and the adapter that speaks the signed HTTP protocol."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from typing import Protocol

import httpx
from django.conf import settings

from gridloop.notices.channels import protocol
from gridloop.notices.channels.letter import Letter, Undeliverable

TIMEOUT_S = 10.0
SERVER_FAULT = 500


class SmsGateway(Protocol):
    """Something that sends text messages from approved templates."""

    def send(self, phone: str, template_id: str, params: Mapping[str, str], sign: str, *, request_id: str) -> str:
        """Send one message; the same `request_id` never sends twice. Returns the provider's id; raises Undeliverable."""


class SignedHttpGateway:
    """The adapter for `docs/reference/sms-gateway.md`."""

    def __init__(self, url: str, account: str, signing_key: str) -> None:
        self._url = url.rstrip("/")
        self._account = account
        self._key = signing_key

    def send(self, phone: str, template_id: str, params: Mapping[str, str], sign: str, *, request_id: str) -> str:
        """POST one message."""
        asked = {
            "request_id": request_id,
            "phone_number": phone,
            "sign_name": sign,
            "template_code": template_id,
            "template_params": dict(params),
        }
        body = json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()
        timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
        signed = protocol.signature(
            self._key, method="POST", path=protocol.PATH, timestamp=timestamp, nonce=nonce, body=body
        )
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Account": self._account,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signed,
        }
        try:
            answer = httpx.post(self._url + protocol.PATH, content=body, headers=headers, timeout=TIMEOUT_S)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as failure:
            raise Undeliverable(f"{type(failure).__name__}: {failure}", for_good=False) from failure
        code = str(said.get("code", "")) if isinstance(said, dict) else ""
        if answer.status_code < SERVER_FAULT and code == "OK":
            return str(said.get("message_id", ""))
        reason = f"{answer.status_code} {code} {said.get('message', '') if isinstance(said, dict) else ''}".strip()
        raise Undeliverable(reason, for_good=code in protocol.FINAL_CODES)


def gateway() -> tuple[SmsGateway, str]:
    """The configured gateway and the signature in front of each message; raises Undeliverable when there is none."""
    config: dict[str, str] = getattr(settings, "GRIDLOOP_SMS", {})
    if not config.get("url"):
        raise Undeliverable("no SMS gateway is configured (sms.url)", for_good=True)
    return SignedHttpGateway(config["url"], config.get("account", ""), config.get("signing_key", "")), config.get(
        "sign", ""
    )


def send(letter: Letter) -> str:
    """Send the letter's template to its number."""
    way, sign = gateway()
    request_id = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
    return way.send(letter.address, letter.template, letter.params, sign, request_id=request_id)
