"""The ledger's signing key: a file of its own, outside the database, made the first time it is needed."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from gridloop.audit.rules import note
from gridloop.kernel.errors import Refused

NAME = "ledger_ed25519"
ORIGIN_DEFAULT = "gridloop/ledger"


def origin() -> str:
    """The name under which this ledger signs (setting `LEDGER_ORIGIN`)."""
    return str(getattr(settings, "LEDGER_ORIGIN", ORIGIN_DEFAULT))


def keys_folder() -> Path:
    """Where the keys lie: `var/keys`."""
    return Path(settings.VAR) / "keys"


def signing_key() -> Ed25519PrivateKey:
    """The private key, made (readable by its owner alone) when there is none; two processes at once agree on one."""
    path = keys_folder() / NAME
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise Refused(
            f"{path} can be read by others; run chmod 600 on it, and if others had access, replace it",
            zh=f"{path} 可被他人读取;请执行 chmod 600,如曾泄露请更换",
        )
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(f"{path} is no Ed25519 key", zh=f"{path} 不是 Ed25519 密钥")
    return key


def trusted_keys() -> list[str]:
    """Every verifier key that this ledger ever signed with, oldest first: the lines of `ledger_ed25519.pub`."""
    path = keys_folder() / f"{NAME}.pub"
    lines = path.read_text(encoding="utf-8").split() if path.exists() else []
    present = note.verifier(origin(), note.raw_public(signing_key().public_key()))
    if present not in lines:
        with path.open("a", encoding="utf-8") as file:
            file.write(present + "\n")
        lines.append(present)
    return lines


def _make(path: Path) -> None:
    """Write a fresh key; the hard link makes the first of several writers win."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
