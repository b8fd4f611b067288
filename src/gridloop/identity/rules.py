"""What is allowed among people and grants: pure functions and tables; every key, clock and row is an argument."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gridloop.kernel.errors import Malformed, NotAllowed, Refused

NONCE_BYTES = 12  # NIST SP 800-38D, 5.2.1.1
API_SCOPES = (
    "cases:read",
    "cases:write",
    "open311",
    "places:read",
    "ledger:read",
    "people:read",
    "notices:read",
    "fleet:read",
    "fleet:write",
)
"""What a key can be opened for."""
KEY_PREFIX = "glk_"
PATH_LEVEL = 4  # characters of a unit's path per level of the tree
PATH_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PASSWORD_MIN = 10
PASSWORD_MAX = 128
FAILURES_BEFORE_WAIT = 5
WAIT_S_FIRST = 30
WAIT_S_MAX = 3600
PHONE = re.compile(r"^1[3-9]\d{9}$")  # mainland mobile numbers, 11 digits


def derived_key(secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose out of the installation's secret (HMAC-SHA-256 as a one-step key derivation)."""
    return hmac.new(secret.encode(), f"gridloop:{purpose}".encode(), hashlib.sha256).digest()


def boxed(key: bytes, data: bytes) -> bytes:
    """Bytes under AES-256-GCM: 12 bytes of nonce, then cipher text and tag."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, None)


def unboxed(key: bytes, box: bytes) -> bytes:
    """The bytes in a sealed box; raises cryptography's InvalidTag when the box or the key is not right."""
    return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], None)


def sealed(key: bytes, text: str) -> bytes:
    """Text in a sealed box."""
    return boxed(key, text.encode())


def unsealed(key: bytes, box: bytes) -> str:
    """The text in a sealed box."""
    return unboxed(key, box).decode()


def keyed_hash(key: bytes, text: str) -> bytes:
    """HMAC-SHA-256: finds the same text again without telling it."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def new_token(prefix: str = "") -> str:
    """An unguessable token of 256 bits that fits in a cookie and a header."""
    return prefix + base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """What is kept of a token; tokens have 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def phone_number(text: str) -> str:
    """The 11 digits of a mainland mobile number; refuses anything else."""
    digits = re.sub(r"[\s-]", "", text)
    digits = re.sub(r"^(\+?86)(?=1\d{10}$)", "", digits)
    if not PHONE.match(digits):
        raise Malformed(
            f"'{text[:20]}' is no mobile number; write 11 digits such as 13812345678",
            zh=f"“{text[:20]}”不是手机号码,请填写 11 位数字,如 13812345678",
            fields={"phone": "11 digits"},
        )
    return digits


def check_password(password: str, *, login: str, name: str) -> None:
    """Refuse a password that is too short, too long or guessable from the person's own names."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Refused(
            f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters; this one has {len(password)}",
            zh=f"密码长度应为 {PASSWORD_MIN} 至 {PASSWORD_MAX} 个字符,现在是 {len(password)} 个",
            fields={"password": "length"},
        )
    low = password.lower()
    if len(set(low)) < 5 or low.isdigit() or any(word and word.lower() in low for word in (login, name)):
        raise Refused(
            "the password is easily guessed: it holds your name or login, only digits, or hardly any different characters",
            zh="密码过于简单:包含姓名或账号、全为数字,或不同字符太少",
            fields={"password": "guessable"},
        )


def wait_after(failures: int) -> dt.timedelta:
    """How long an account rests after so many failures in a row: nothing for four, then 30 s doubling up to an hour."""
    if failures < FAILURES_BEFORE_WAIT:
        return dt.timedelta(0)
    return dt.timedelta(seconds=min(WAIT_S_FIRST * 2 ** min(failures - FAILURES_BEFORE_WAIT, 20), WAIT_S_MAX))


def next_path(parent_path: str, last_child_path: str | None) -> str:
    """The path of the next child: the parent's, and four digits of base 36 above the last child's."""
    number = 1 if last_child_path is None else int(last_child_path[-PATH_LEVEL:], 36) + 1
    if number >= len(PATH_DIGITS) ** PATH_LEVEL:
        raise Refused("this unit has no room for another part", zh="该单位的下级数量已达上限")
    digits = ""
    for _ in range(PATH_LEVEL):
        number, rest = divmod(number, len(PATH_DIGITS))
        digits = PATH_DIGITS[rest] + digits
    return parent_path + digits


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a grant goes: area prefix, unit path prefix, and from when to when (None: without end)."""

    area: str
    unit_path: str
    valid_from: dt.datetime
    valid_to: dt.datetime | None


def check_within(inner: Reach, outer: Reach) -> None:
    """Refuse to hand on more than one holds, in space, in the tree of units, or in time."""
    if not inner.area.startswith(outer.area):
        raise NotAllowed(
            f"area '{inner.area or 'everywhere'}' is not within your own '{outer.area or 'everywhere'}'; choose one inside of it",
            zh=f"区域“{inner.area or '全域'}”不在您自己的“{outer.area or '全域'}”之内,请在其中选择",
            fields={"area": "outside"},
        )
    if not inner.unit_path.startswith(outer.unit_path):
        raise NotAllowed(
            "the unit is not within your own unit; choose it or one below it",
            zh="该单位不在您自己的单位之内,请选择本单位或其下级",
            fields={"unit_id": "outside"},
        )
    if outer.valid_to is not None and (inner.valid_to is None or inner.valid_to > outer.valid_to):
        raise NotAllowed(
            f"your own grant ends {outer.valid_to:%Y-%m-%d %H:%M} UTC; what you hand on cannot last longer",
            zh=f"您自己的授权于 {outer.valid_to:%Y-%m-%d %H:%M}(UTC)到期,转授不能更长",
            fields={"valid_to": "too late"},
        )


def check_scopes(scopes: frozenset[str]) -> None:
    """Refuse a key without scopes or with one that does not exist."""
    unknown = sorted(scopes - set(API_SCOPES))
    if unknown or not scopes:
        listed = ", ".join(API_SCOPES)
        raise Malformed(
            f"{', '.join(unknown) or 'no scope at all'}: a key takes one or more of {listed}",
            zh=f"{'、'.join(unknown) or '未选择权限范围'}:接口密钥可用的范围为 {listed}",
            fields={"scopes": "unknown"},
        )
