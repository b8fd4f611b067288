"""Whether everybody who reported was answered: which events had to be told to whom, under which keys, and what became of each telling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gridloop.cases.rules.audience import AUDIENCE, REPORTER

STAGES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "received": ("已收到", "received", frozenset({"reported"})),
    "taken": ("已受理", "taken on", frozenset({"registered"})),
    "merged": ("已并案", "merged", frozenset({"merged"})),
    "ended": ("已答复结果", "closed or refused", frozenset({"closed", "refused"})),
}
"""What a reporter is told on the way: Chinese and English name, and the kinds of notices that say it."""
STAGE_OF_KIND: Mapping[str, str] = {kind: stage for stage, (_, _, kinds) in STAGES.items() for kind in kinds}
KIND_OF_VERB: Mapping[str, str] = {
    verb: one.kind
    for verb, told in AUDIENCE.items()
    for one in told
    if one.to == REPORTER and one.kind in STAGE_OF_KIND
}
"""The verbs that are told to reporters at one of the stages."""
PATIENCE = timedelta(minutes=5)
"""How long a telling may be on its way before it counts as forgotten."""
OUT = ("email", "sms")


class Answer(StrEnum):
    """How one reporter stands at one stage."""

    TOLD = "told"
    WAITING = "waiting"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    FORGOTTEN = "forgotten"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Reporter:
    """Somebody who reported: of which case, since when, how they came to it, and what keys of tellings end with for them (nothing: nowhere to tell them)."""

    row: int
    case_id: int
    came: str
    at: datetime
    person_id: int | None
    joined: bool
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that is told to reporters: on which case, its subject in the ledger, its place in the history."""

    case_id: int
    subject: str
    seq: int
    verb: str
    at: datetime

    @property
    def kind(self) -> str:
        """The kind of its notice."""
        return KIND_OF_VERB[self.verb]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one notice: whether the bell has it, and the status of each way out of the house."""

    on_bell: bool
    ways: Mapping[str, str] = field(default_factory=dict)

    @property
    def channels(self) -> tuple[str, ...]:
        """Where it arrived."""
        return (*(("bell",) if self.on_bell else ()), *(one for one in OUT if self.ways.get(one) == "sent"))


def keys(reporter: Reporter, event: Happened) -> tuple[str, ...]:
    """The keys under which this event may have been told to this reporter."""
    whole = f"{event.subject}:{event.seq}:{event.kind}" + (":joined" if reporter.joined else "")
    return tuple(f"{whole}:{end}" for end in reporter.ends)


@dataclass(frozen=True, slots=True)
class Merged:
    """A case that was merged into another one, and when."""

    case_id: int
    into_id: int
    at: datetime


def reached_since(merged: Iterable[Merged]) -> dict[tuple[int, int], datetime]:
    """(case, case that it stands behind) -> since when the latter's events reach its reporters; through however many merges."""
    into = {one.case_id: one for one in merged}
    found: dict[tuple[int, int], datetime] = {}
    for case_id, first in into.items():
        here: Merged | None = first
        while here is not None and (case_id, here.into_id) not in found:
            found[case_id, here.into_id] = here.at
            here = into.get(here.into_id)
    return found


def heard(reporter: Reporter, event: Happened, since: Mapping[tuple[int, int], datetime]) -> bool:
    """Whether this event had to be told to them: of their own case, or of one that theirs had been merged into by then."""
    if event.case_id == reporter.case_id:
        return event.at >= reporter.at
    begun = since.get((reporter.case_id, event.case_id))
    return begun is not None and event.at > begun


def answer(sent: Sequence[Sent], *, since: datetime, reachable: bool, now: datetime) -> tuple[Answer, tuple[str, ...]]:
    """How it stands with one reporter at one stage, and over which channels they were told."""
    if not reachable:
        return Answer.UNREACHABLE, ()
    channels = tuple(dict.fromkeys(channel for one in sent for channel in one.channels))
    if channels:
        return Answer.TOLD, channels
    if any("queued" in one.ways.values() for one in sent) or (not sent and now - since < PATIENCE):
        return Answer.WAITING, ()
    return (Answer.FAILED if sent else Answer.FORGOTTEN), ()


def summed(answers: Iterable[tuple[Answer, tuple[str, ...]]]) -> dict[str, object]:
    """How many stand how, and over which channel the told ones were told; those to whom it is not due are left out."""
    listed = [one for one in answers if one[0] is not Answer.NOT_DUE]
    counted = Counter(one for one, _ in listed)
    channels = Counter(channel for _, over in listed for channel in over)
    return {
        "due": len(listed),
        **{str(one): counted[one] for one in Answer if one is not Answer.NOT_DUE},
        "channels": {name: channels[name] for name in ("bell", *OUT)},
    }
