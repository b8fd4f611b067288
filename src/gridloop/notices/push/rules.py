"""What a web push is made of, as pure functions: sealing for one browser (RFC 8291, 8188), our signature (RFC 8292), where it may go."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gridloop.kernel.errors import Malformed

RECORD_BYTES = 4096  # RFC 8291, 4: one record, and every service takes 4,096 bytes
POINT_BYTES = 65  # an uncompressed point of P-256 (RFC 8291, 3.1)
AUTH_BYTES = 16  # RFC 8291, 3.2
SALT_BYTES = 16  # RFC 8188, 2.1
LAST_RECORD = b"\x02"  # RFC 8188, 2: the delimiter of the last record
ENDPOINT_CHARS_MAX = 1000
TITLE_CHARS_MAX = 120
TTL_S = 86_400
"""How long a push service keeps a message for a phone that is off (RFC 8030, 5.2)."""
TOKEN_LIVES_S = 43_200  # at most 24 hours (RFC 8292, 2)
TOPIC_BYTES = 24  # 32 characters of base64url are the most (RFC 8030, 5.4)
NUMBER = re.compile(r"^(?:case:(\d{8}-\d{6})|announcement:(\d{1,18}))$")


@dataclass(frozen=True, slots=True)
class Browser:
    """Where one browser is reached and the two keys that only it can open messages with, as its `PushSubscription` says them."""

    endpoint: str
    p256dh: str
    auth: str


def unpadded(data: bytes) -> str:
    """base64url without padding, as all of these standards write bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The bytes of base64url with or without padding; raises ValueError."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise ValueError("not base64url") from wrong


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a point of P-256."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def checked(browser: Browser, *, private_allowed: bool) -> Browser:
    """A subscription that can be sent to; Malformed for keys that are none and for an endpoint that no push service has."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(browser.p256dh))
        good = len(bytes_of(browser.p256dh)) == POINT_BYTES and len(bytes_of(browser.auth)) == AUTH_BYTES
    except ValueError:
        good = False
    if not good:
        raise Malformed(
            "p256dh is a point of P-256 (65 bytes) and auth 16 bytes, both base64url, as PushSubscription.toJSON() gives them",
            zh="p256dh 应为 P-256 公钥(65 字节)、auth 应为 16 字节,均为 base64url,即 PushSubscription.toJSON() 给出的值",
            fields={"keys": "p256dh 65 bytes, auth 16 bytes"},
        )
    if len(browser.endpoint) > ENDPOINT_CHARS_MAX or not _may_be_asked(
        browser.endpoint, private_allowed=private_allowed
    ):
        raise Malformed(
            "the endpoint is an https address of a public push service",
            zh="endpoint 应为公共推送服务的 https 地址",
            fields={"endpoint": "https, public"},
        )
    return browser


def _may_be_asked(endpoint: str, *, private_allowed: bool) -> bool:
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or not endpoint.isascii() or re.search(r"[\s\\]", endpoint):
        return False
    if private_allowed:
        return parts.scheme in {"http", "https"}
    return (
        parts.scheme == "https" and port in {None, 443} and ("." in host or ":" in host) and not is_private_name(host)
    )


def is_private_name(host: str) -> bool:
    """Whether a host is written as an address that is not public, or as a name that never is."""
    try:
        return not is_public(host)
    except ValueError:
        return host.endswith((".local", ".internal", ".localhost", ".lan"))


def is_public(address: str) -> bool:
    """Whether an IP address is reachable from anywhere; raises ValueError where it is none."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast


def sealed(text: bytes, browser: Browser, *, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of a push: `text` for this browser alone, under a key pair and salt made for this one message (RFC 8291, 3)."""
    theirs = bytes_of(browser.p256dh)
    ours = public_bytes(own.public_key())
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    key_secret = _hmac(bytes_of(browser.auth), shared)
    keying = _hmac(key_secret, b"WebPush: info\x00" + theirs + ours + b"\x01")
    secret = _hmac(salt, keying)
    key = _hmac(secret, b"Content-Encoding: aes128gcm\x00\x01")[:16]
    nonce = _hmac(secret, b"Content-Encoding: nonce\x00\x01")[:12]
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([POINT_BYTES]) + ours
    return header + AESGCM(key).encrypt(nonce, text + LAST_RECORD, None)


def _hmac(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, said, hashlib.sha256).digest()


def authorization(endpoint: str, *, contact: str, key: ec.EllipticCurvePrivateKey, now_s: int) -> str:
    """Who we are, signed for this push service alone and for twelve hours (RFC 8292, 3)."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + TOKEN_LIVES_S, "sub": contact}
    said = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(SHA256())))
    signature = unpadded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))  # RFC 7518, 3.4
    return f"vapid t={said}.{signature}, k={unpadded(public_bytes(key.public_key()))}"


def _json(said: object) -> str:
    return unpadded(json.dumps(said, separators=(",", ":")).encode())


def topic(subject: str) -> str:
    """What makes a later message about the same case replace one that still waits at the service."""
    return unpadded(hashlib.sha256(subject.encode()).digest()[:TOPIC_BYTES])


def payload(title: str, subject: str, language: str) -> bytes:
    """All that a phone is told: the notice's title, the number of the case or announcement, and the language. Nothing else of anybody."""
    number = NUMBER.match(subject)
    short = title if len(title) <= TITLE_CHARS_MAX else title[: TITLE_CHARS_MAX - 1] + "…"
    said = {
        "title": short,
        "number": (number[1] or number[2]) if number else "",
        "about": subject.partition(":")[0],
        "lang": language,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
