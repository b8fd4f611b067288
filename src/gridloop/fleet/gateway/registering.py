"""What a terminal that registers (0x0100) is told, and who it becomes. Pure but for the code, which is random."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import Any

from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.intake import Known

DONE, VEHICLE_TAKEN, NO_VEHICLE, TERMINAL_TAKEN, NO_TERMINAL = 0, 1, 2, 3, 4
"""Results of 0x8100."""
CODE_BYTES = 12
TEXT_MOST = 60
REGISTERED_SQL = """
update fleet_terminal set auth_hash = %s, maker = %s, model = %s, device = %s, edition = %s, registered_at = now(), last_seen_at = now(),
    last_address = %s where id = %s
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """result: of 0x8100; reason and said: for the list of strangers, empty where it is let in."""

    result: int
    reason: str = ""
    said: tuple[str, str] = ("", "")


def plain(text: Any) -> str:
    """A terminal's own words, fit to be stored and shown: printable, not long."""
    words = text if isinstance(text, str) else ""
    return "".join(sign for sign in words if sign.isprintable())[:TEXT_MOST].strip()


def verdict_of(known: Known | None, body: dict[str, Any], by_plate: Known | None, name: str) -> Verdict:
    """Compare what a terminal says of itself with the register. by_plate: who has the plate that it names."""
    plate, device = plain(body.get("plate")), plain(body.get("terminal_id"))
    if known is None:
        return Verdict(NO_TERMINAL, "unregistered", (
            f"a terminal with the number {name} wants to register for '{plate}' and is not in the register; add it there",
            f"号码 {name} 的终端申请注册(车牌“{plate}”),但未登记;请先登记",
        ))  # fmt: skip
    if known.blocked:
        return Verdict(NO_TERMINAL, "blocked", (
            f"{name} is blocked, or its vehicle is out of service; unblock it in the register",
            f"终端 {name} 已停用或其车辆已停运;请在登记中恢复",
        ))  # fmt: skip
    if not known.vehicle:
        return Verdict(NO_VEHICLE, "unregistered", (
            f"{name} is registered but on no vehicle; say which vehicle it is on",
            f"终端 {name} 已登记但未绑定车辆;请绑定车辆",
        ))  # fmt: skip
    if body.get("plate_colour") != 0 and plate != known.plate:  # colour 0: the field holds a VIN
        return Verdict(VEHICLE_TAKEN if by_plate else NO_VEHICLE, "unregistered", (
            f"{name} says that it is on '{plate}', and the register says {known.plate}; correct the one that is wrong",
            f"终端 {name} 上报车牌“{plate}”,登记为 {known.plate};请更正",
        ))  # fmt: skip
    if known.device and device and known.device != device:
        return Verdict(TERMINAL_TAKEN, "clone", (
            f"another device ('{device}') registers under the number {name} of {known.plate}, which belongs to '{known.device}'",
            f"设备“{device}”冒用 {known.plate} 的终端号 {name}(已登记设备为“{known.device}”)",
        ))  # fmt: skip
    return Verdict(DONE)


def new_code() -> str:
    """An authentication code that nobody guesses, of signs that every edition can carry."""
    return secrets.token_hex(CODE_BYTES)


def hashed(code: str) -> bytes:
    """What is kept of a code."""
    return hashlib.sha256(code.encode("gbk", "replace")).digest()


def fits(known: Known, code: Any) -> bool:
    """Whether this is the code that registration gave."""
    return isinstance(code, str) and bool(known.auth_hash) and hmac.compare_digest(known.auth_hash, hashed(code))


def registered(known: Known, body: dict[str, Any], code: str) -> Known:
    """The terminal once it has its code; its first device is remembered."""
    return replace(known, auth_hash=hashed(code), device=known.device or plain(body.get("terminal_id")))


def save(connection: Connection, after: Known, body: dict[str, Any], edition: int, where: str) -> None:
    """Keep what a registration said."""
    maker, model = plain(body.get("maker")), plain(body.get("model"))
    connection.execute(REGISTERED_SQL, (after.auth_hash, maker, model, after.device, edition, where, after.terminal))
