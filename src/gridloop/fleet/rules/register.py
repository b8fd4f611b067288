"""What a registered vehicle or terminal must say, checked before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gridloop.fleet.rules.kinds import Protocol, VehicleKind
from gridloop.fleet.rules.plates import colour_of, plate_of, terminal_name
from gridloop.kernel.errors import Malformed

TEXT_CHARS_MAX = 200
SPEED_KMH_MAX = 120  # 道路交通安全法实施条例 Art. 78: the highest limit of any road
FRAMES_MIN, FRAMES_MAX = 6, 60_000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,59}")
AREA = re.compile(r"[0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class NewVehicle:
    """A vehicle as somebody registers it; see the model for what each thing means."""

    plate: str
    kind: str
    plate_colour: int = 2
    firm: str = ""
    firm_unit_id: int | None = None
    area: str = ""
    vin: str = ""
    lists: tuple[str, ...] = ()
    in_service: bool = True
    speed_limit_kmh: int | None = None
    note: str = ""
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """A terminal and the plate of the vehicle that it sits in; `auth_code` where the terminal has one already."""

    protocol: str
    name: str
    plate: str
    maker: str = ""
    model: str = ""
    device: str = ""
    edition: int | None = None
    auth_code: str = ""
    frames_per_min_max: int = 600


def checked_vehicle(row: NewVehicle) -> NewVehicle:
    """The same with its plate written our way; Malformed with a sentence for the first thing that is wrong."""
    if row.kind not in set(VehicleKind):
        raise Malformed(
            f"'{row.kind[:30]}' is no kind of vehicle; there are {', '.join(VehicleKind)}",
            zh=f"没有车辆类别“{row.kind[:30]}”;可用:{'、'.join(VehicleKind)}",
            fields={"kind": "unknown"},
        )
    if row.speed_limit_kmh is not None and not 5 <= row.speed_limit_kmh <= SPEED_KMH_MAX:
        raise Malformed(
            f"a vehicle's own speed limit lies between 5 and {SPEED_KMH_MAX} km/h",
            zh=f"车辆限速须在 5 至 {SPEED_KMH_MAX} 公里/小时之间",
            fields={"speed_limit_kmh": "5 to 120"},
        )
    for name, text in (("firm", row.firm), ("vin", row.vin), ("note", row.note)):
        checked_text(name, text)
    lists = tuple(sorted({checked_code("lists", one) for one in row.lists}))
    return replace(
        row, plate=plate_of(row.plate), plate_colour=colour_of(row.plate_colour), area=checked_area(row.area), lists=lists,
        firm=row.firm.strip(), vin=row.vin.strip().upper(), note=row.note.strip(),
    )  # fmt: skip


def checked_terminal(row: NewTerminal) -> NewTerminal:
    """The same with its name and plate written our way; Malformed for the first thing that is wrong."""
    if row.protocol not in set(Protocol):
        raise Malformed(
            f"'{row.protocol[:30]}' is no protocol; there are {', '.join(Protocol)}",
            zh=f"没有协议“{row.protocol[:30]}”;可用:{'、'.join(Protocol)}",
            fields={"protocol": "unknown"},
        )
    if not FRAMES_MIN <= row.frames_per_min_max <= FRAMES_MAX:
        raise Malformed(
            f"a terminal may send {FRAMES_MIN} to {FRAMES_MAX} frames a minute",
            zh=f"终端每分钟报文上限须在 {FRAMES_MIN} 至 {FRAMES_MAX} 之间",
            fields={"frames_per_min_max": f"{FRAMES_MIN} to {FRAMES_MAX}"},
        )
    if row.edition not in {None, 2011, 2013, 2019}:
        raise Malformed(
            "JT/T 808 has the editions 2011, 2013 and 2019",
            zh="JT/T 808 有 2011、2013、2019 三个版本",
            fields={"edition": "2011, 2013 or 2019"},
        )
    for name, text in (("maker", row.maker), ("model", row.model), ("device", row.device)):
        checked_text(name, text)
    return replace(row, name=terminal_name(row.protocol, row.name), plate=plate_of(row.plate))


def checked_text(name: str, text: str, *, chars_max: int = TEXT_CHARS_MAX, needed: bool = False) -> str:
    """A text without its outer blanks; Malformed when it is too long, unprintable, or missing though needed."""
    plain = text.strip()
    if len(plain) > chars_max or "\x00" in plain or (needed and not plain):
        raise Malformed(
            f"'{name}' has {1 if needed else 0} to {chars_max} characters",
            zh=f"“{name}”须为 {1 if needed else 0} 至 {chars_max} 个字符",
            fields={name: f"at most {chars_max} characters"},
        )
    return plain


def checked_code(name: str, code: str) -> str:
    """A code of our own making (fence, rule, list, occasion, permit); Malformed for other signs than letters, digits, `_`, `.`, `-`."""
    plain = code.strip()
    if not CODE.fullmatch(plain):
        raise Malformed(
            f"'{plain[:20]}' is no code; a code has 1 to 60 letters, digits, '_', '.' or '-', such as old-town",
            zh=f"“{plain[:20]}”不是有效代码;代码由 1 至 60 个字母、数字、“_”“.”“-”组成,例如 old-town",
            fields={name: "letters, digits, _ . -"},
        )
    return plain


def checked_area(area: str) -> str:
    """The digits of a division; "" is the whole city."""
    plain = area.strip()
    if not AREA.fullmatch(plain):
        raise Malformed(
            f"'{plain[:20]}' is no area; write the digits of a division, such as 350203",
            zh=f"“{plain[:20]}”不是区划代码;应为数字,例如 350203",
            fields={"area": "digits"},
        )
    return plain
