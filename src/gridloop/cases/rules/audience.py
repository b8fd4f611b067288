"""Who is told what after which step: kinds of notices by verb, as data."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from gridloop.cases.rules.states import State
from gridloop.kernel.duties import Duty

REPORTER, HANDLER = "reporter", "handler"


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: its kind, and whether it goes to the reporters, to the people of the unit, or to the holders of a duty there."""

    kind: str
    to: str


AUDIENCE: dict[str, tuple[Told, ...]] = {
    "report": (Told("reported", REPORTER), Told("case_arrived", Duty.ACCEPTOR)),
    "send_verify": (Told("verify_wanted", Duty.COLLECTOR),),
    "register": (Told("registered", REPORTER),),
    "confirm": (Told("registered", REPORTER),),
    "refuse": (Told("refused", REPORTER),),
    "dispatch": (Told("dispatched", HANDLER), Told("unit_named", REPORTER)),
    "redispatch": (Told("redispatched", HANDLER),),
    "rule": (Told("ruled", HANDLER),),
    "return": (Told("returned", Duty.DISPATCHER),),
    "finish": (Told("check_wanted", Duty.COLLECTOR),),
    "pass": (Told("check_passed", Duty.SHIFT_LEADER),),
    "fail": (Told("sent_back", HANDLER),),
    "send_back": (Told("sent_back", HANDLER),),
    "close": (Told("closed", REPORTER),),
    "self_handle": (Told("closed", REPORTER),),
    "ask_delay": (Told("delay_asked", Duty.DISPATCHER),),
    "ask_suspend": (Told("suspend_asked", Duty.SHIFT_LEADER),),
    "grant_delay": (Told("request_granted", HANDLER),),
    "grant_suspend": (Told("request_granted", HANDLER),),
    "refuse_delay": (Told("request_refused", HANDLER),),
    "refuse_suspend": (Told("request_refused", HANDLER),),
    "resume": (Told("resumed", HANDLER),),
    "dispute": (Told("disputed", Duty.SUPERVISOR),),
    "appeal": (Told("disputed", Duty.SUPERVISOR),),
    "reopen": (Told("reopened", REPORTER), Told("redispatched", HANDLER)),
    "uphold": (Told("upheld", REPORTER),),
    "merge": (Told("merged", REPORTER),),
    "urge": (Told("urged", HANDLER),),
    "escalate": (Told("escalated", Duty.SHIFT_LEADER),),
    "withdraw": (Told("withdrawn", Duty.ACCEPTOR),),
}
"""A verb that is missing here is told to nobody."""
LEVELS: dict[int, Duty] = {1: Duty.SHIFT_LEADER, 2: Duty.SUPERVISOR, 3: Duty.LEADER}
"""Whom an escalation reaches."""
RUNG_KINDS: dict[str, str] = {"soon": "due_soon", "overdue": "overdue", "twice": "overdue"}
SECOND = 2


def way_to(reach: str) -> tuple[str, str]:
    """The channel to a number or address of mail, and what the key of a telling ends with there."""
    channel = "email" if "@" in reach else "sms"
    return channel, f"{channel}:{zlib.crc32(reach.encode()):08x}"


def told(verb: str, to_state: State, *, disputes: int = 0, level: int = 0) -> tuple[Told, ...]:
    """The notices of one event; where it went and how often it was disputed can change whom they reach."""
    if verb == "report" and to_state is State.DISPATCHED:  # a child case
        return (Told("dispatched", HANDLER),)
    if verb == "return" and to_state is State.ARBITRATION:
        return (Told("arbitration", Duty.ARBITER),)
    if verb in {"dispute", "appeal"} and disputes >= SECOND:
        return (Told("disputed", Duty.LEADER),)
    if verb == "escalate":
        return (Told("escalated", LEVELS.get(level, Duty.SHIFT_LEADER)),)
    return AUDIENCE.get(verb, ())
