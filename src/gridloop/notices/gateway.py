"""A local SMS gateway that speaks the signed HTTP protocol: keeps messages in a file instead of sending them, and shows a phone's inbox."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gridloop.notices import rules
from gridloop.notices.channels import protocol

BODY_BYTES_MAX = 64 * 1024
PHONE = re.compile(r"1[3-9]\d{9}")
SHOWN_MAX = 200
PLAIN = "{title}"


class Outbox:
    """Messages accepted so far, one JSON line each, synced to disk before the sender is told."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        if whole != text:  # a line cut by a power failure was never answered
            path.write_text(whole, encoding="utf-8")
        self._kept = [json.loads(line) for line in whole.splitlines()]
        self._by_request = {one["request_id"]: one for one in self._kept}

    def accept(self, asked: dict[str, Any], text: str) -> tuple[dict[str, Any], bool]:
        """Keep a message once per request id; returns it and whether it was known already."""
        with self._lock:
            known = self._by_request.get(asked["request_id"])
            if known is not None:
                return known, True
            message = {
                "message_id": f"{len(self._kept) + 1:012d}",
                "request_id": asked["request_id"],
                "phone_number": asked["phone_number"],
                "template_code": asked["template_code"],
                "template_params": asked["template_params"],
                "text": f"【{asked['sign_name']}】{text}",
                "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            }
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._kept.append(message)
            self._by_request[asked["request_id"]] = message
            return message, False

    def messages(self, phone: str = "") -> list[dict[str, Any]]:
        """Newest first, of one phone or of all."""
        with self._lock:
            return [one for one in reversed(self._kept) if not phone or one["phone_number"] == phone][:SHOWN_MAX]


class Refusal(Exception):
    """An answer of the protocol that is not OK."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def rendered(template_code: str, params: dict[str, Any]) -> str:
    """The text of an approved template with its parameters."""
    if template_code == "GL_PLAIN":
        text = PLAIN
    else:
        found = [one for one in rules.templates() if one.sms_code == template_code]
        if not found:
            raise Refusal(400, "TEMPLATE_ILLEGAL", f"template {template_code} is not approved")
        text = found[-1].text_zh if template_code == "GL_CODE" else found[-1].title_zh
    try:
        return text.format_map({name: str(value) for name, value in params.items()})
    except KeyError as missing:
        raise Refusal(400, "TEMPLATE_MISSING_PARAMETERS", f"parameter {missing} is missing") from missing


def checked(body: bytes) -> dict[str, Any]:
    """A request for one message, with every field it needs."""
    try:
        asked = json.loads(body)
        texts = [asked[name] for name in ("request_id", "phone_number", "sign_name", "template_code")]
        params = asked["template_params"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refusal(400, "INVALID_PARAMETERS", f"not a message: {wrong}") from wrong
    if not all(isinstance(one, str) and one for one in texts) or not isinstance(params, dict):
        raise Refusal(
            400,
            "INVALID_PARAMETERS",
            "request_id, phone_number, sign_name, template_code and template_params are needed",
        )
    if not PHONE.fullmatch(asked["phone_number"]):
        raise Refusal(400, "MOBILE_NUMBER_ILLEGAL", "not a mobile number")
    return dict(asked)


class Server(ThreadingHTTPServer):
    """The gateway with its outbox and the key of its one account."""

    daemon_threads = True

    def __init__(self, where: tuple[str, int], outbox: Outbox, *, account: str, signing_key: str) -> None:
        super().__init__(where, Handler)
        self.outbox = outbox
        self.account = account
        self.signing_key = signing_key
        self.nonces: dict[str, float] = {}
        self.nonce_lock = threading.Lock()

    def is_fresh(self, nonce: str, now_s: float) -> bool:
        """Whether this nonce was not seen within the allowed clock skew."""
        with self.nonce_lock:
            self.nonces = {one: at for one, at in self.nonces.items() if now_s - at < 2 * protocol.CLOCK_SKEW_S_MAX}
            if nonce in self.nonces:
                return False
            self.nonces[nonce] = now_s
            return True


class Handler(BaseHTTPRequestHandler):
    """POST /v1/messages; GET / (inbox page), /messages (JSON), /healthz and /readyz."""

    server: Server
    timeout = 15

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the standard library
        """Stay quiet: messages hold codes."""

    def do_GET(self) -> None:
        """Show what was sent."""
        parts = urlsplit(self.path)
        phone = parse_qs(parts.query).get("phone", [""])[0]
        if parts.path in {"/healthz", "/readyz"}:
            self._json(200, {"status": "ok"})
        elif parts.path == "/messages":
            self._json(200, {"items": self.server.outbox.messages(phone)})
        elif parts.path == "/":
            self._answer(
                200, inbox_page(self.server.outbox.messages(phone), phone).encode(), "text/html; charset=utf-8"
            )
        else:
            self._json(404, {"code": "NOT_FOUND", "message": "try / or /messages"})

    def do_POST(self) -> None:
        """Take in one message."""
        try:
            message, repeated = self._accepted()
        except Refusal as no:
            self._json(no.status, {"code": no.code, "message": str(no)})
            return
        self._json(200, {"code": "OK", "message": "", "message_id": message["message_id"], "repeated": repeated})

    def _accepted(self) -> tuple[dict[str, Any], bool]:
        if self.path != protocol.PATH:
            raise Refusal(404, "NOT_FOUND", f"messages are posted to {protocol.PATH}")
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            raise Refusal(413, "INVALID_PARAMETERS", f"a message has at most {BODY_BYTES_MAX} bytes")
        body = self.rfile.read(int(length))
        self._check_signature(body)
        asked = checked(body)
        return self.server.outbox.accept(asked, rendered(asked["template_code"], asked["template_params"]))

    def _check_signature(self, body: bytes) -> None:
        timestamp, nonce = self.headers.get("X-Timestamp", ""), self.headers.get("X-Nonce", "")
        given = self.headers.get("X-Signature", "")
        now_s = time.time()
        if not timestamp.isdigit() or abs(now_s - int(timestamp)) > protocol.CLOCK_SKEW_S_MAX:
            raise Refusal(403, "INVALID_TIMESTAMP", "the timestamp is more than five minutes off")
        signed = protocol.is_signed(
            self.server.signing_key,
            given,
            method="POST",
            path=protocol.PATH,
            timestamp=timestamp,
            nonce=nonce,
            body=body,
        )
        if self.headers.get("X-Account", "") != self.server.account or not signed:
            raise Refusal(403, "SIGNATURE_DOES_NOT_MATCH", "account or signature is wrong")
        if not nonce or not self.server.is_fresh(nonce, now_s):
            raise Refusal(403, "NONCE_USED", "this nonce was used before")

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._answer(status, json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
        self.end_headers()
        self.wfile.write(body)


PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>短信收件箱 Phone inbox</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:1rem auto;padding:0 1rem;background:#f4f5f7;color:#16181d}}
article{{background:#fff;border-radius:12px;padding:.7rem 1rem;margin:.6rem 0}}small{{color:#5a6372}}input,button{{font:inherit;padding:.3rem .6rem}}</style>
<h1>短信收件箱 <small>Phone inbox</small></h1>
<p><small>演示用:短信未真正发出。 For the demo: nothing is really sent.</small></p>
<form><label>手机号 Phone <input name="phone" value="{phone}" inputmode="numeric"></label> <button>查看 Show</button></form>{rows}</html>"""


def inbox_page(messages: list[dict[str, Any]], phone: str) -> str:
    """The messages as a page that renews itself; everything that came from outside is escaped."""
    rows = "".join(
        f"<article><small>{html.escape(one['phone_number'])} · {html.escape(one['at'])}</small><br>{html.escape(one['text'])}</article>"
        for one in messages
    )
    return PAGE.format(phone=html.escape(phone), rows=rows or "<p>还没有短信。 No messages yet.</p>")
