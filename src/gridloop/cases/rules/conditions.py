"""Named questions about a case, a caller and what was said; each answers None when all is well, or the reason in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridloop.cases.rules.facts import CaseFacts, Said
from gridloop.cases.rules.loop import CAN_BE_TAKEN_BACK, VERBS
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import State
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty

DISPUTE_DAYS = 15  # how long a reporter may dispute a close
DISPUTES_MAX = 2  # to the supervisor, then to the leader
DELAYS_MAX = 1  # workflow.json, stage_limits_constructed.delay_max_times
LONG_DELAY_HOURS = 24  # longer ones are the leader's to grant
RETURNS_BEFORE_ARBITER = 1
TAKE_BACK_WITHIN = timedelta(minutes=15)  # a slip is noticed at once; later the case has gone its way

Reason = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Asking:
    """One try to move a case: its facts, who asks with which duty, what is said, when, and the masters then valid."""

    facts: CaseFacts
    by: Caller
    duty: Duty
    said: Said
    now: datetime
    masters: Masters
    is_reporter: bool = False


def own_report(asking: Asking) -> Reason:
    """Only who reported the case may say this."""
    if asking.is_reporter:
        return None
    return "only the person who reported it can do this", "只有上报人本人可以这样做"


def nobody_else_reported(asking: Asking) -> Reason:
    """What several people reported is not one person's to take back."""
    if asking.facts.reports <= 1:
        return None
    return "others have reported the same, so it stays", "还有其他人反映了同一问题,不能撤回"


def not_the_handler(asking: Asking) -> Reason:
    """The check is done by another person and another unit than the work."""
    facts = asking.facts
    if facts.handler_id is not None and asking.by.person_id == facts.handler_id:
        return "you handled it yourself; another person must check it", "您本人处置了此案,须由他人核查"
    units = {grant.unit_id for grant in asking.by.grants if grant.duty is Duty.UNIT and grant.unit_id is not None}
    if facts.handler_unit_id is not None and facts.handler_unit_id in units:
        return (
            "your own unit handled it; somebody from outside must check it",
            "本单位处置了此案,须由其他单位的人员核查",
        )
    return None


def not_ruled(asking: Asking) -> Reason:
    """After an arbiter's ruling nobody returns the case again."""
    if not asking.facts.ruled:
        return None
    return (
        "the arbiter has ruled that it is yours; handle it or ask for a suspension",
        "裁决员已裁定由本单位负责,不能再回退,请处置或申请挂账",
    )


def within_return_limit(asking: Asking) -> Reason:
    """A case can be returned only in the first working hours after dispatch."""
    limit = asking.facts.stage_due_at
    if limit is None or asking.now <= limit:
        return None
    return (
        "the time for returning it has passed; accept it and ask for a delay if you need one",
        "已超过回退时限,请接单,确有困难可申请延期",
    )


def once(asking: Asking) -> Reason:
    """More time can be asked for one time only."""
    if asking.facts.delays < DELAYS_MAX:
        return None
    return "a delay was asked for already, and it can be asked once only", "延期只能申请一次,此案已申请过"


def before_the_limit(asking: Asking) -> Reason:
    """More time must be asked for before the limit."""
    due = asking.facts.due_at
    if due is None or asking.now <= due:
        return None
    return "the limit has passed; a delay must be asked for before it", "已超过处置时限,延期须在时限前申请"


def long_delay_by_leader(asking: Asking) -> Reason:
    """A long delay is for the leader to grant."""
    hours = float(asking.facts.asked.get("hours", 0))
    if hours <= LONG_DELAY_HOURS or asking.duty is Duty.LEADER:
        return None
    return (
        f"a delay of {hours:g} hours is longer than {LONG_DELAY_HOURS}; a leader must grant it",
        f"申请延期 {hours:g} 小时,超过 {LONG_DELAY_HOURS} 小时须由领导批准",
    )


def within_suspend_budget(asking: Asking) -> Reason:
    """Each reason for standing still has a budget of hours."""
    until, code = asking.said.get("until"), asking.said.get("suspend_reason")
    if until is None or code is None:
        return None
    reason = asking.masters.suspend_reasons.get(str(code))
    if reason is None:
        return f"there is no suspension reason '{code}'", f"没有代码为“{code}”的挂账理由"
    if until <= asking.now:
        return "the suspension must end in the future", "挂账截止时间须晚于当前时间"
    if until - asking.now > timedelta(hours=reason.budget_hours):
        days = reason.budget_hours / 24
        return (
            f"'{reason.en}' allows at most {days:g} days; choose an earlier end",
            f"“{reason.zh}”最长可挂账 {days:g} 天,请提前截止时间",
        )
    return None


def proof_where_demanded(asking: Asking) -> Reason:
    """Some reasons for standing still must be shown."""
    reason = asking.masters.suspend_reasons.get(str(asking.said.get("suspend_reason", "")))
    if reason is None or not reason.proof or asking.said.get("photos"):
        return None
    return f"'{reason.en}' needs proof: attach {reason.proof_en}", f"“{reason.zh}”须附证明材料:{reason.proof_zh}"


def children_closed(asking: Asking) -> Reason:
    """A parent ends only after its children."""
    count = asking.facts.open_children
    if count == 0:
        return None
    return (
        f"{count} of its child cases are still open; they must be closed first",
        f"还有 {count} 个子案未结,须先结子案",
    )


def no_children(asking: Asking) -> Reason:
    """A case with open children is not merged away."""
    if asking.facts.open_children == 0:
        return None
    return "it has open child cases; close or void them first", "此案有未结子案,请先结案或作废子案"


def no_child_itself(asking: Asking) -> Reason:
    """Children are not split again: one level is enough and can be read."""
    if asking.facts.parent_id is None:
        return None
    return "it is itself a child case; split its parent", "此案本身是子案,请在主案上拆分"


def within_dispute_days(asking: Asking) -> Reason:
    """A close can be disputed for some days."""
    closed = asking.facts.closed_at
    if closed is None or asking.now - closed <= timedelta(days=DISPUTE_DAYS):
        return None
    return (
        f"it was closed more than {DISPUTE_DAYS} days ago; please report the problem again",
        f"结案已超过 {DISPUTE_DAYS} 天,请重新上报",
    )


def fresh_step_of_ones_own(asking: Asking) -> Reason:
    """A step is taken back by who took it, within minutes, while nobody has acted since."""
    last = asking.facts.last
    if last is None:
        return "what stood before the last step is not known", "无法得知上一步之前的情况"
    zh, en = VERBS.get(last.verb, (last.verb, last.verb))
    if last.verb not in CAN_BE_TAKEN_BACK:
        return f"the last thing that happened is '{en}', which cannot be taken back", f"最近一步是“{zh}”,不能撤回"
    if last.by_id is None or last.by_id != asking.by.person_id:
        return f"somebody else did '{en}'; only they can take it back", f"“{zh}”由他人操作,只有其本人可以撤回"
    if asking.now - last.at > TAKE_BACK_WITHIN:
        minutes = int(TAKE_BACK_WITHIN.total_seconds() // 60)
        return f"'{en}' was more than {minutes} minutes ago", f"“{zh}”已超过 {minutes} 分钟"
    return None


def disputes_left(asking: Asking) -> Reason:
    """A dispute goes one level up, and there are two levels."""
    if asking.facts.disputes < DISPUTES_MAX:
        return None
    return "it was disputed twice and heard on both levels", "此案已经两级复核,不能再次提出异议"


def heard_one_level_up(asking: Asking) -> Reason:
    """The second dispute is heard by a leader, not by the supervisor of the first."""
    if asking.facts.disputes < DISPUTES_MAX or asking.duty is Duty.LEADER:
        return None
    return "it was disputed a second time; a leader must hear it", "第二次异议须由领导复核"


def second_return_goes_to_arbiter(asking: Asking) -> bool:
    """Whether this return is the second one."""
    return asking.facts.returns >= RETURNS_BEFORE_ARBITER


def never_dispatched(asking: Asking) -> bool:
    """Whether no unit has ever had the case."""
    return asking.facts.dispatched_at is None


def was_rejected(asking: Asking) -> bool:
    """Whether the dispute is an appeal against a refusal to file."""
    return asking.facts.dispatched_at is None


CONDITIONS: dict[str, Callable[[Asking], Reason]] = {
    one.__name__: one
    for one in (
        own_report,
        nobody_else_reported,
        not_the_handler,
        not_ruled,
        within_return_limit,
        once,
        before_the_limit,
        long_delay_by_leader,
        within_suspend_budget,
        proof_where_demanded,
        children_closed,
        no_children,
        no_child_itself,
        within_dispute_days,
        disputes_left,
        heard_one_level_up,
        fresh_step_of_ones_own,
    )
}
"""Conditions that a step can name."""

TURNS: dict[str, Callable[[Asking], bool]] = {
    one.__name__: one for one in (second_return_goes_to_arbiter, never_dispatched, was_rejected)
}
"""Questions that send a step another way."""

ABOUT_WHAT_IS_SAID = frozenset({"within_suspend_budget", "proof_where_demanded"})
"""Conditions that can be judged only once the form is filled in."""
DISPATCH_STATES = frozenset({State.FILED, State.RETURNED, State.ARBITRATION})
"""States in which a unit is chosen."""
