"""A push service as a browser's maker runs it: takes sealed messages, checks who sent them, and opens them with the browser's keys."""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gridloop.notices.push.rules import Browser, bytes_of, public_bytes, unpadded

DAY_S = 86_400


class Handset:
    """A browser with its keys; opens what was sealed for it the way browsers do (RFC 8291, 3.4)."""

    def __init__(self, endpoint: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = secrets.token_bytes(16)
        self.endpoint = endpoint

    @property
    def browser(self) -> Browser:
        return Browser(self.endpoint, unpadded(public_bytes(self.key.public_key())), unpadded(self.auth))

    def opened(self, body: bytes) -> dict[str, Any]:
        salt, theirs, cipher = body[:16], body[21:86], body[86:]
        assert int.from_bytes(body[16:20], "big") == 4096
        assert body[20] == 65
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        info = b"WebPush: info\x00" + public_bytes(self.key.public_key()) + theirs
        keying = HKDF(SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(keying)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(keying)
        text = AESGCM(key).decrypt(nonce, cipher, None)
        assert text.endswith(b"\x02")
        return dict(json.loads(text[:-1]))


@dataclass
class PushService:
    """What it got and what it answers; a message with a wrong signature is refused with 403 as RFC 8292 says."""

    port: int = 0
    public_key: str = ""
    status: int = 201
    retry_after: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def handset(self, name: str = "one") -> Handset:
        return Handset(f"http://127.0.0.1:{self.port}/push/{name}")

    def refusal(self, headers: dict[str, str]) -> str:
        """Why a message is not taken; "" when it is."""
        scheme, _, said = headers.get("authorization", "").partition(" ")
        parts = dict(one.strip().split("=", 1) for one in said.split(",") if "=" in one)
        if scheme != "vapid" or parts.get("k") != self.public_key:
            return "not the key that the browser subscribed with"
        head, claims, signature = parts["t"].split(".")
        raw = bytes_of(signature)
        known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        known.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        told = json.loads(bytes_of(claims))
        if told["aud"] != f"http://127.0.0.1:{self.port}" or not time.time() < told["exp"] <= time.time() + DAY_S:
            return "not for us, or not for now"
        if not told["sub"].startswith(("mailto:", "https:")):
            return "nobody to write to"
        if headers.get("content-encoding") != "aes128gcm" or not headers.get("ttl", "").isdigit():
            return "no TTL or not sealed"
        return ""


def running(service: PushService) -> ThreadingHTTPServer:
    class Door(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Stay quiet."""

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            why = service.refusal(headers)
            status = 403 if why else service.status
            if status == 201:
                service.got.append((self.path, headers, body))
            self.send_response(status)
            if service.retry_after:
                self.send_header("Retry-After", service.retry_after)
            self.send_header("Location", f"/message/{len(service.got)}")
            self.send_header("Content-Length", str(len(why.encode())))
            self.end_headers()
            self.wfile.write(why.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
