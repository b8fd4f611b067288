"""Number plates and the names of terminals, written one way however they were typed."""

from __future__ import annotations

import re
import unicodedata

from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed

SYNTHETIC_SIGN = "示"
"""First character of the plates of invented vehicles. No authority issues it: plates begin with the sign of a province, 使, 领, WJ or an army letter (GA 36)."""
PLATE = re.compile(r"[A-Z一-鿿][A-Z0-9一-鿿]{4,9}")
PLATE_COLOURS: dict[int, tuple[str, str]] = {
    1: ("蓝色", "blue"),
    2: ("黄色", "yellow"),
    3: ("黑色", "black"),
    4: ("白色", "white"),
    5: ("绿色", "green"),
    9: ("其他", "other"),
    93: ("黄绿色", "yellow-green"),
    94: ("渐变绿色", "fading green"),
}
"""JT/T 697.7 codes of the colours of plates."""
PHONE_DIGITS_MAX = 20
NAME_CHARS_MAX = 60


def plate_of(text: str) -> str:
    """A plate in capitals without blanks and dots; Malformed for what no plate looks like."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = re.sub(r"[\s·•.\-]", "", plain)
    if not PLATE.fullmatch(plain) or not any(letter.isdigit() for letter in plain):
        raise Malformed(
            f"'{text[:20]}' is no number plate; a plate looks like 闽D12345 or 闽DA12345",
            zh=f"“{text[:20]}”不是有效号牌;号牌形如 闽D12345、闽DA12345",
            fields={"plate": "not a plate"},
        )
    return plain


def colour_of(code: int) -> int:
    """A colour's code; Malformed for one that the standard does not have."""
    if code not in PLATE_COLOURS:
        listed = ", ".join(f"{one} {names[1]}" for one, names in PLATE_COLOURS.items())
        raise Malformed(
            f"{code} is no colour of a plate; there are {listed}",
            zh=f"号牌颜色代码 {code} 不存在;可用:{'、'.join(f'{one} {names[0]}' for one, names in PLATE_COLOURS.items())}",
            fields={"plate_colour": "unknown"},
        )
    return code


def terminal_name(protocol: str, name: str) -> str:
    """How a protocol knows a terminal: for JT/T 808 the phone number's digits without leading zeros; Malformed for anything else."""
    plain = name.strip()
    if protocol in {Protocol.JT808, Protocol.JT809}:
        digits = plain.lstrip("0")
        if not (plain.isascii() and plain.isdigit() and digits and len(plain) <= PHONE_DIGITS_MAX):
            raise Malformed(
                f"'{plain[:24]}' is no terminal number; {protocol} knows a terminal by a phone number of 1 to {PHONE_DIGITS_MAX} digits",
                zh=f"“{plain[:24]}”不是有效终端号;{protocol} 终端号为 1 至 {PHONE_DIGITS_MAX} 位数字",
                fields={"name": "not a terminal number"},
            )
        return digits
    if not (plain and len(plain) <= NAME_CHARS_MAX and plain.isprintable()):
        raise Malformed(
            f"a terminal's name has 1 to {NAME_CHARS_MAX} printable characters",
            zh=f"终端名称为 1 至 {NAME_CHARS_MAX} 个可见字符",
            fields={"name": "1 to 60 characters"},
        )
    return plain
