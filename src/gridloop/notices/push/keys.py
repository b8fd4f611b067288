"""The key that push services know us by: one file in `var/keys`, made the first time it is needed, backed up with the other keys."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

from gridloop.kernel.errors import Refused
from gridloop.notices.push import rules

NAME = "vapid_p256"


def signing_key() -> ec.EllipticCurvePrivateKey:
    """The private key; two processes that come at the same time agree on one. A new key ends every subscription."""
    path = Path(settings.VAR) / "keys" / NAME
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise Refused(
            f"{path} can be read by others; run chmod 600 on it, and if others had access, replace it",
            zh=f"{path} 可被他人读取;请执行 chmod 600,如曾泄露请更换",
        )
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused(f"{path} is no P-256 key", zh=f"{path} 不是 P-256 密钥")
    return key


def public_key() -> str:
    """What a browser subscribes with (`applicationServerKey`), base64url."""
    return rules.unpadded(rules.public_bytes(signing_key().public_key()))


def _make(path: Path) -> None:
    """Write a fresh key; the hard link makes the first of several writers win."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first
        path.hardlink_to(fresh)
    fresh.unlink()
