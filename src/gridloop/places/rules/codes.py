"""The codes of places: what their digits say, and what may be written instead of them."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.kernel.errors import Malformed

AREA_DIGITS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
"""Significant digits of a division's code by its level, province to village."""

LAST_CELL = 999  # three digits of sequence within a community (GB/T 30428.1)
LAST_COMPONENT = 999_999  # six digits of sequence within county and subclass (GB/T 30428.2)


def digits(text: str) -> bool:
    """Whether a text is made of the ten digits alone; Python's `isdigit` also says yes to superscripts."""
    return text.isascii() and text.isdigit()


def area_of(code12: str) -> str:
    """A division's twelve digits without the zeros that only fill up: `350203000000` -> `350203`."""
    if len(code12) != 12 or not digits(code12):
        raise Malformed(
            f"'{code12}' is not a division code; it has 12 digits, such as 350203000000",
            zh=f"“{code12}”不是区划代码;区划代码为 12 位数字,例如 350203000000",
        )
    for width in AREA_DIGITS.values():
        if code12[width:].strip("0") == "":
            return code12[:width]
    return code12


def code12_of(area: str) -> str:
    """The twelve digits of an area prefix: `350203` -> `350203000000`."""
    return area.ljust(12, "0")[:12]


def level_of(area: str) -> int:
    """1 province to 5 village, for a prefix of 2, 4, 6, 9 or 12 digits."""
    for level, width in AREA_DIGITS.items():
        if len(area) <= width:
            return level
    return 5


def ancestors(area: str) -> list[str]:
    """The prefixes that name the divisions round a place, widest first, itself included where it is a division."""
    return [area[:width] for width in AREA_DIGITS.values() if len(area) >= width]


def scope(prefix: str) -> tuple[str, str]:
    """The half-open range of codes inside an area: `low <= code < high` under `COLLATE "C"`."""
    return prefix, prefix + "~"


def area(text: str) -> str:
    """What a person or client wrote for an area: a prefix, a twelve-digit code, or nothing for everywhere; else Malformed."""
    text = text.strip()
    if not text:
        return ""
    if not digits(text) or len(text) not in {2, 4, 6, 9, 12, 14, 15}:
        raise Malformed(
            f"'{text}' is not an area; write 2, 4, 6, 9 or 12 digits, such as 350203",
            zh=f"“{text}”不是区域代码;请填写 2、4、6、9 或 12 位数字,例如 350203",
            fields={"area": "2, 4, 6, 9 or 12 digits"},
        )
    return area_of(text) if len(text) == 12 else text


def cell_code(text: str) -> str:
    """A cell's 15 digits; 14 digits (CJ/T 213) are read by putting a 0 before the last two; else Malformed."""
    text = text.strip()
    if digits(text) and len(text) == 14:
        text = f"{text[:12]}0{text[12:]}"
    if not digits(text) or len(text) != 15 or text.endswith("000"):
        raise Malformed(
            f"'{text}' is not a cell code; it has 15 digits (or 14 of the older edition) and ends in 001 to 999",
            zh=f"“{text}”不是单元网格代码;代码为 15 位(旧版 14 位),末三位为 001 至 999",
        )
    return text


def make_cell_code(village12: str, sequence: int) -> str:
    """The code of the `sequence`-th cell of a community."""
    if not 1 <= sequence <= LAST_CELL:
        message = f"cell sequence {sequence} of {village12} is outside 1..{LAST_CELL}"
        raise ValueError(message)
    return f"{village12}{sequence:03d}"


def grid_code(text: str) -> str:
    """A grid's 14 digits; of 20 digits (CJ/T 349) the leading object code is left out; else Malformed."""
    text = text.strip()
    if not digits(text) or len(text) not in {14, 20}:
        raise Malformed(
            f"'{text}' is not a grid code; it has 14 digits, or 20 with the object code before",
            zh=f"“{text}”不是责任网格代码;代码为 14 位,或含管理对象码共 20 位",
        )
    return text[-14:]


@dataclass(frozen=True, slots=True)
class ComponentCode:
    """The parts of a component's 16 digits: county 6, class 2, subclass 2, sequence 6."""

    county6: str
    subclass: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.county6}{self.subclass}{self.sequence:06d}"


def component_code(text: str) -> ComponentCode:
    """Reads the 16 digits of a component; else Malformed."""
    text = text.strip()
    if not digits(text) or len(text) != 16 or text.endswith("000000"):
        raise Malformed(
            f"'{text}' is not a component code; it has 16 digits: county 6, class 2, subclass 2, sequence 6",
            zh=f"“{text}”不是部件代码;代码为 16 位:县级 6 位、大类 2 位、小类 2 位、流水号 6 位",
        )
    return ComponentCode(text[:6], text[6:10], int(text[10:]))
