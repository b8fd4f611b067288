"""The way of an announcement: who takes which step from where, and when a second person has to look. No database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, Refused

WRITERS = (Duty.UNIT, Duty.SUPERVISOR)
SECOND = (Duty.SUPERVISOR, Duty.LEADER)
"""Who may let it go out to more than one county, when somebody else wrote it."""
READERS = tuple(sorted({*WRITERS, *SECOND, Duty.SHIFT_LEADER, Duty.DISPATCHER, Duty.ACCEPTOR}))
NOTE_CHARS_MAX = 500
COUNTY_DIGITS = 6


class State(StrEnum):
    """Where an announcement stands; whether it is coming, on or over is a matter of time."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What is done with one."""

    CHANGE = "change"
    PUBLISH = "publish"
    APPROVE = "approve"
    REFUSE = "refuse"
    END = "end"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Step:
    """Where a verb leads, who may take it, whether by somebody other than the author, and whether it needs a reason."""

    to: State
    duties: tuple[Duty, ...]
    zh: str
    en: str
    second: bool = False
    note: bool = False


STEPS: dict[tuple[State, Verb], Step] = {
    (State.DRAFT, Verb.CHANGE): Step(State.DRAFT, WRITERS, "修改", "Change"),
    (State.DRAFT, Verb.PUBLISH): Step(State.PUBLISHED, WRITERS, "发布", "Publish"),
    (State.DRAFT, Verb.WITHDRAW): Step(State.WITHDRAWN, WRITERS, "撤回", "Withdraw"),
    (State.WAITING, Verb.APPROVE): Step(State.PUBLISHED, SECOND, "同意发布", "Approve", second=True),
    (State.WAITING, Verb.REFUSE): Step(State.DRAFT, SECOND, "退回修改", "Send back", second=True, note=True),
    (State.WAITING, Verb.WITHDRAW): Step(State.WITHDRAWN, WRITERS, "撤回", "Withdraw"),
    (State.PUBLISHED, Verb.END): Step(State.PUBLISHED, WRITERS, "提前结束", "End it now"),
    (State.PUBLISHED, Verb.WITHDRAW): Step(State.WITHDRAWN, WRITERS, "撤回", "Withdraw", note=True),
}
STATE_NAMES: dict[str, tuple[str, str]] = {
    "draft": ("草稿", "draft"), "waiting": ("待复核", "waiting for a second person"), "coming": ("即将开始", "coming"),
    "on": ("进行中", "on now"), "ended": ("已结束", "ended"), "withdrawn": ("已撤回", "withdrawn"),
}  # fmt: skip
OWN = Refused(
    "four eyes see more: you wrote or sent this yourself, so another supervisor or leader has to look at it",
    zh="须由他人复核:这是您本人撰写或提交的,请另一位督查员或领导确认",
)


def step_for(state: State, verb: Verb, note: str = "") -> Step:
    """The one step that this verb takes from this state; Refused where there is none, Malformed without its reason."""
    step = STEPS.get((state, verb))
    if step is None:
        open_to = [one for at, one in STEPS if at is state]
        zh, en = STATE_NAMES[state if state is not State.PUBLISHED else "on"]
        raise Refused(
            f"this announcement is {en}; what can be done now: {', '.join(open_to) or 'nothing'}",
            zh=f"该通告{zh};目前可以:{'、'.join(STEPS[state, one].zh for one in open_to) or '无'}",
        )
    if step.note and not note.strip():
        raise Malformed(
            "say in a sentence why, residents or the author read it",
            zh="请用一句话说明原因",
            fields={"note": "missing"},
        )
    return step


def needs_second(areas: Sequence[str]) -> bool:
    """Whether more than one county is told, so that a second person has to look first."""
    return any(len(area) < COUNTY_DIGITS for area in areas) or len({area[:COUNTY_DIGITS] for area in areas}) > 1


def shared_lead(areas: Sequence[str]) -> str:
    """The digits that all the areas begin with: the smallest division that holds them all."""
    first, last = min(areas), max(areas)
    return first[: next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def phase(state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """How it stands to a reader: a published one is coming, on, or ended."""
    if state != State.PUBLISHED:
        return str(state)
    if ends_at <= now:
        return "ended"
    return "coming" if starts_at > now else "on"
