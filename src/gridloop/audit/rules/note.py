"""Checkpoints as signed notes (C2SP `signed-note`, `tlog-checkpoint` and `tlog-cosignature`), readable and checkable by others' tools.

gridloop/ledger
1234
<base64 of the root>
at 2026-11-22T03:00:00.000000Z
hash sha256

— gridloop/ledger <base64 of 4 bytes of key id and the Ed25519 signature>
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gridloop.audit.rules.canonical import moment
from gridloop.kernel.errors import Malformed

ED25519 = b"\x01"  # signature types of C2SP signed-note
COSIGNATURE = b"\x04"
KEY_ID_BYTES = 4
DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says: the ledger called `origin` had `size` entries under `root` at `at`."""

    origin: str
    size: int
    root: bytes
    at: dt.datetime
    algorithm: str

    def text(self) -> str:
        """The signed text, with its last line's end."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nat {moment(self.at)}\nhash {self.algorithm}\n"


def raw_public(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes_raw()


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    """The four bytes that tell which key signed."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:KEY_ID_BYTES]


def verifier(name: str, public: bytes) -> str:
    """The public key as others' tools take it: name+id+base64 of type and key."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_verifier(text: str, kind: bytes = ED25519) -> tuple[str, bytes]:
    """(name, 32 bytes of public key) out of `name+id+base64`; refuses another shape or a wrong id."""
    try:
        name, shown, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise _no_verifier(text) from None
    if raw[:1] != kind or len(raw) != 33 or key_id(name, raw[1:], kind).hex() != shown:
        raise _no_verifier(text)
    return name, raw[1:]


def sign(statement: Statement, key: Ed25519PrivateKey) -> str:
    """The whole note: text, empty line, our signature line."""
    text = statement.text()
    signature = key_id(statement.origin, raw_public(key.public_key())) + key.sign(text.encode())
    return f"{text}\n{DASH}{statement.origin} {base64.b64encode(signature).decode()}\n"


def read(note: str) -> Statement:
    """What a note says, its signature not looked at; refuses a note of another shape."""
    try:
        origin, size, root, at, algorithm = note.partition("\n\n")[0].split("\n")
        return Statement(
            origin,
            int(size),
            base64.b64decode(root, validate=True),
            dt.datetime.fromisoformat(at.removeprefix("at ")),
            algorithm.removeprefix("hash "),
        )
    except (ValueError, binascii.Error):
        raise Malformed(
            "this is no checkpoint of a ledger; one has a name, a size and a hash in its first three lines",
            zh="这不是台账检查点;检查点前三行依次为名称、规模和摘要",
        ) from None


def signed_by(note: str, name: str, public: bytes) -> bool:
    """Whether the note carries a good signature of this key."""
    text, _, lines = note.partition("\n\n")
    wanted = key_id(name, public)
    for line in lines.splitlines():
        signature = _signature(line, name)
        if signature is not None and signature[:KEY_ID_BYTES] == wanted:
            return _good(public, signature[KEY_ID_BYTES:], (text + "\n").encode())
    return False


def cosigned_at(note: str, line: str, name: str, public: bytes) -> dt.datetime | None:
    """When a witness signed this note, if `line` is its good `cosignature/v1`; else None."""
    signature = _signature(line, name)
    if (
        signature is None
        or len(signature) != KEY_ID_BYTES + 8 + 64
        or signature[:KEY_ID_BYTES] != key_id(name, public, COSIGNATURE)
    ):
        return None
    (second,) = struct.unpack(">Q", signature[KEY_ID_BYTES : KEY_ID_BYTES + 8])
    text = note.partition("\n\n")[0] + "\n"
    if not _good(public, signature[KEY_ID_BYTES + 8 :], f"cosignature/v1\ntime {second}\n{text}".encode()):
        return None
    return dt.datetime.fromtimestamp(second, dt.UTC)


def cosign(note: str, name: str, key: Ed25519PrivateKey, at: dt.datetime) -> str:
    """A witness's line under a note (for a city that witnesses another's ledger)."""
    second = int(at.timestamp())
    text = note.partition("\n\n")[0] + "\n"
    made = key.sign(f"cosignature/v1\ntime {second}\n{text}".encode())
    blob = key_id(name, raw_public(key.public_key()), COSIGNATURE) + struct.pack(">Q", second) + made
    return f"{DASH}{name} {base64.b64encode(blob).decode()}"


def _signature(line: str, name: str) -> bytes | None:
    """The bytes of a signature line of this name, or None."""
    start = f"{DASH}{name} "
    if not line.startswith(start):
        return None
    try:
        return base64.b64decode(line.removeprefix(start).strip(), validate=True)
    except binascii.Error:
        return None


def _good(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is the key's signature of the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _no_verifier(text: str) -> Malformed:
    """The refusal of something that is no verifier key."""
    return Malformed(
        f"'{text.strip()[:40]}' is no verifier key; it looks like name+0123abcd+base64, as in var/keys/ledger_ed25519.pub",
        zh=f"“{text.strip()[:40]}”不是验证公钥;格式为 名称+0123abcd+base64,见 var/keys/ledger_ed25519.pub",
    )
