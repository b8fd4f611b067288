"""Which verbs can be said to many cases at once, how many, how long they can be taken back, and how an account is summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gridloop.cases.rules.conditions import TAKE_BACK_WITHIN
from gridloop.cases.rules.loop import CAN_BE_TAKEN_BACK, VERBS
from gridloop.kernel.errors import Malformed, Refused

MASS_VERBS = ("register", "file", "refuse", "dispatch", "redispatch", "close", "merge", "urge", "comment")
"""Verbs of the desk that say the same of every case and need no photo of each spot."""
CASES_MAX = 500
AT_ONCE_MAX = 50  # more than these are done by a job: a request shall not take longer than a breath
UNDO_WITHIN: timedelta = TAKE_BACK_WITHIN
KEY_CHARS_MAX = 100


class Outcome(StrEnum):
    """How it went, or would go, with one case."""

    WAITING = "waiting"
    POSSIBLE = "possible"
    DONE = "done"
    WRONG_STATE = "wrong_state"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    INCOMPLETE = "incomplete"
    MOVED_ON = "moved_on"
    REFUSED = "refused"


class Undone(StrEnum):
    """How taking it back went with one case."""

    BACK = "back"
    STAYS = "stays"


def checked_request(verb: str, numbers: Iterable[str]) -> tuple[str, ...]:
    """The numbers, each once, in their order; raises Malformed for a verb that is not for many, for none and for too many."""
    if verb not in MASS_VERBS:
        known = ", ".join(MASS_VERBS)
        raise Malformed(
            f"'{verb[:40]}' is not for many cases at once; there are: {known}",
            zh=f"“{VERBS.get(verb, (verb[:40],))[0]}”不能批量办理,可批量:{'、'.join(VERBS[one][0] for one in MASS_VERBS)}",
            fields={"verb": "not on the list"},
        )
    wanted = tuple(dict.fromkeys(numbers))
    if not wanted:
        raise Malformed("choose at least one case", zh="请至少选择一件案件", fields={"numbers": "none"})
    if len(wanted) > CASES_MAX:
        raise Malformed(
            f"{len(wanted)} cases were chosen; at most {CASES_MAX} go at once",
            zh=f"选择了 {len(wanted)} 件,一次最多 {CASES_MAX} 件",
            fields={"numbers": "too many"},
        )
    return wanted


def check_key(key: str) -> str:
    """The key of a request that may be repeated; raises Malformed when there is none, because a half-done mass action must be able to go on."""
    if not key or len(key) > KEY_CHARS_MAX or not key.isprintable():
        raise Malformed(
            f"a mass action needs an Idempotency-Key of 1 to {KEY_CHARS_MAX} printable characters, so that the same request can go on after a break",
            zh=f"批量办理须带 Idempotency-Key(1 至 {KEY_CHARS_MAX} 个可见字符),以便中断后用同一请求继续",
            fields={"Idempotency-Key": "required"},
        )
    return key


def check_undo(verb: str, *, since: datetime, now: datetime, running: bool, undone_at: datetime | None) -> None:
    """Raises Refused where a mass action cannot be taken back: said words stay, and so does what is older than a quarter of an hour."""
    zh, en = VERBS[verb]
    if undone_at is not None:
        return  # the same request again: it goes on where it was
    if verb not in CAN_BE_TAKEN_BACK:
        raise Refused(
            f"'{en}' cannot be taken back: it was said, and people have read it", zh=f"“{zh}”不能撤销:已告知相关人员"
        )
    if running:
        raise Refused("it is still going on; take it back when it has ended", zh="批量办理尚未结束,请在结束后撤销")
    if now - since > UNDO_WITHIN:
        minutes = int(UNDO_WITHIN.total_seconds() // 60)
        raise Refused(
            f"it was done more than {minutes} minutes ago; move the cases one by one",
            zh=f"已超过 {minutes} 分钟,不能整体撤销,请逐件办理",
        )


def can_undo(verb: str, *, since: datetime | None, now: datetime, undo_at: datetime | None) -> bool:
    """Whether taking back is offered: it has ended, is fresh, and was not asked for before."""
    return verb in CAN_BE_TAKEN_BACK and since is not None and undo_at is None and now - since <= UNDO_WITHIN


def totals(outcomes: Iterable[str]) -> dict[str, int]:
    """How many of each outcome, in the order of the outcomes; those with none are left out."""
    counted = Counter(outcomes)
    return {str(one): counted[one] for one in (*Outcome, *Undone) if counted[one]}


def same_request(kept: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Raises Refused where a key comes back with other words."""
    if kept != said:
        raise Refused(
            "this Idempotency-Key was used for another mass action; take a new one",
            zh="该 Idempotency-Key 已用于另一次批量办理,请换一个",
            fields={"Idempotency-Key": "used"},
        )
