"""The loop as one table: from which state which verb leads where, who may say it, and what must be said with it.

The console's buttons, the API, the diagram in the docs and the tests all read `LOOP`. An `if state ==` anywhere else is a defect.
Names of states and roles: CJJ/T 106 and GB/T 30428; returns, arbitration, disputes and stop-clock rules are our own.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.cases.rules.states import CLOSED_TYPE, OPEN, WITH_DESK, State
from gridloop.kernel.duties import Duty

PHOTOS_BEFORE_AND_AFTER = 2
COLLECTOR, ACCEPTOR, LEADER_OF_SHIFT = Duty.COLLECTOR, Duty.ACCEPTOR, Duty.SHIFT_LEADER
DISPATCHER, UNIT, ARBITER = Duty.DISPATCHER, Duty.UNIT, Duty.ARBITER
SUPERVISOR, LEADER, CITIZEN = Duty.SUPERVISOR, Duty.LEADER, Duty.CITIZEN


@dataclass(frozen=True, slots=True)
class Must:
    """One thing that has to be said with a verb; `least` counts photos or units, `may` makes it optional."""

    name: str
    least: int = 1
    may: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Another way: when the named question is answered yes, the step leads to `to` (None: the state it was in before)."""

    when: str
    to: State | None


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a case. `to` is None where it returns to the state it was in before; `conditions` name predicates of `conditions.py`."""

    to: State | None
    duties: tuple[Duty, ...]
    zh: str
    en: str
    key: str
    must_say: tuple[Must, ...] = ()
    primary: bool = False
    conditions: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    timer: bool = False

    def destinations(self) -> tuple[State | None, ...]:
        """Every state this step can lead to."""
        return (self.to, *(turn.to for turn in self.turns))


NOTE = Must("note")
MAY_NOTE = Must("note", may=True)
PHOTO = Must("photos")
MAY_PHOTO = Must("photos", may=True)
CLASS = Must("class")
RULE = Must("rule")

S = State
REFUSE = Step(S.REJECTED, (LEADER_OF_SHIFT,), "不予立案", "refuse", "X", (Must("reason"), MAY_NOTE))
REGISTER = Step(
    S.REGISTERED, (ACCEPTOR,), "受理", "register", "R", (CLASS, Must("rule", may=True), MAY_NOTE), primary=True
)
SEND_VERIFY = Step(S.VERIFYING, (ACCEPTOR,), "派核实", "send to verify", "V", (MAY_NOTE,))
GRANT_DELAY_BY = (DISPATCHER, LEADER)

LOOP: dict[tuple[State, str], Step] = {
    (S.REPORTED, "send_verify"): SEND_VERIFY,
    (S.REPORTED, "register"): REGISTER,
    (S.REPORTED, "refuse"): REFUSE,
    (S.REPORTED, "withdraw"): Step(
        S.WITHDRAWN, (CITIZEN,), "撤回", "withdraw", "W", (MAY_NOTE,), conditions=("own_report", "nobody_else_reported")
    ),
    (S.REPORTED, "self_handle"): Step(
        S.CLOSED,
        (COLLECTOR,),
        "自行处置",
        "handle on the spot",
        "H",
        (Must("photos", PHOTOS_BEFORE_AND_AFTER), NOTE),
        conditions=("own_report",),
    ),
    (S.VERIFYING, "confirm"): Step(
        S.REGISTERED, (COLLECTOR,), "核实属实", "confirm", "Y", (CLASS, PHOTO, MAY_NOTE), primary=True
    ),
    (S.VERIFYING, "not_found"): Step(S.UNFOUNDED, (COLLECTOR,), "核实不属实", "not found", "N", (NOTE, PHOTO)),
    (S.UNFOUNDED, "refuse"): Step(
        S.REJECTED, (LEADER_OF_SHIFT,), "不予立案", "refuse", "X", (Must("reason"), MAY_NOTE), primary=True
    ),
    (S.UNFOUNDED, "send_verify"): SEND_VERIFY,
    (S.UNFOUNDED, "register"): Step(
        S.REGISTERED, (ACCEPTOR,), "受理", "register", "R", (CLASS, Must("rule", may=True), MAY_NOTE)
    ),
    (S.REGISTERED, "file"): Step(
        S.FILED, (LEADER_OF_SHIFT,), "立案", "file", "F", (CLASS, RULE, MAY_NOTE), primary=True
    ),
    (S.REGISTERED, "refuse"): REFUSE,
    (S.FILED, "dispatch"): Step(
        S.DISPATCHED, (DISPATCHER,), "派遣", "dispatch", "D", (Must("unit"), MAY_NOTE), primary=True
    ),
    (S.DISPATCHED, "accept"): Step(S.HANDLING, (UNIT,), "接单", "accept", "A", (MAY_NOTE,), primary=True),
    (S.DISPATCHED, "return"): Step(
        S.RETURNED,
        (UNIT,),
        "回退",
        "return",
        "B",
        (Must("return_rule"), NOTE),
        conditions=("not_ruled", "within_return_limit"),
        turns=(Turn("second_return_goes_to_arbiter", S.ARBITRATION),),
    ),
    (S.RETURNED, "redispatch"): Step(
        S.DISPATCHED, (DISPATCHER,), "重新派遣", "dispatch again", "D", (Must("unit"), MAY_NOTE), primary=True
    ),
    (S.ARBITRATION, "rule"): Step(S.DISPATCHED, (ARBITER,), "裁决", "rule", "D", (Must("unit"), NOTE), primary=True),
    (S.HANDLING, "finish"): Step(
        S.CHECKING, (UNIT,), "办结反馈", "finish", "F", (NOTE, PHOTO), primary=True, conditions=("children_closed",)
    ),
    (S.HANDLING, "ask_delay"): Step(
        S.DELAY_ASKED,
        (UNIT,),
        "申请延期",
        "ask for delay",
        "L",
        (Must("hours"), NOTE),
        conditions=("once", "before_the_limit"),
    ),
    (S.HANDLING, "ask_suspend"): Step(
        S.SUSPEND_ASKED,
        (UNIT,),
        "申请挂账",
        "ask to suspend",
        "P",
        (Must("suspend_reason"), NOTE, Must("photos", may=True), Must("until")),
        conditions=("within_suspend_budget", "proof_where_demanded"),
    ),
    (S.HANDLING, "split"): Step(
        S.HANDLING, (DISPATCHER,), "拆分子案", "split", "T", (Must("units"), MAY_NOTE), conditions=("no_child_itself",)
    ),
    (S.DELAY_ASKED, "grant_delay"): Step(
        S.HANDLING,
        GRANT_DELAY_BY,
        "同意延期",
        "grant delay",
        "Y",
        (MAY_NOTE,),
        primary=True,
        conditions=("long_delay_by_leader",),
    ),
    (S.DELAY_ASKED, "refuse_delay"): Step(S.HANDLING, GRANT_DELAY_BY, "不同意延期", "refuse delay", "N", (NOTE,)),
    (S.SUSPEND_ASKED, "grant_suspend"): Step(
        S.SUSPENDED, (LEADER_OF_SHIFT,), "同意挂账", "grant suspension", "Y", (MAY_NOTE,), primary=True
    ),
    (S.SUSPEND_ASKED, "refuse_suspend"): Step(
        S.HANDLING, (LEADER_OF_SHIFT,), "不同意挂账", "refuse suspension", "N", (NOTE,)
    ),
    (S.SUSPENDED, "resume"): Step(
        S.HANDLING, (DISPATCHER, UNIT), "恢复处置", "resume", "R", (MAY_NOTE,), primary=True, timer=True
    ),
    (S.CHECKING, "pass"): Step(
        S.CHECKED,
        (COLLECTOR,),
        "核查通过",
        "pass",
        "Y",
        (PHOTO, MAY_NOTE),
        primary=True,
        conditions=("not_the_handler",),
    ),
    (S.CHECKING, "fail"): Step(
        S.HANDLING, (COLLECTOR,), "核查不通过", "fail", "N", (NOTE, PHOTO), conditions=("not_the_handler",)
    ),
    (S.CHECKED, "close"): Step(
        S.CLOSED, (LEADER_OF_SHIFT,), "结案", "close", "C", (MAY_NOTE,), primary=True, conditions=("children_closed",)
    ),
    (S.CHECKED, "send_back"): Step(S.HANDLING, (LEADER_OF_SHIFT,), "退回返工", "send back", "B", (NOTE,)),
    (S.CLOSED, "rate"): Step(
        S.CLOSED, (CITIZEN,), "评价", "rate", "R", (Must("rating"), MAY_NOTE), primary=True, conditions=("own_report",)
    ),
    (S.CLOSED, "dispute"): Step(
        S.DISPUTED,
        (CITIZEN,),
        "没有解决",
        "not fixed",
        "B",
        (MAY_NOTE, MAY_PHOTO),
        conditions=("own_report", "within_dispute_days", "disputes_left"),
    ),
    (S.DISPUTED, "reopen"): Step(
        S.DISPATCHED,
        (SUPERVISOR, LEADER),
        "重新办理",
        "reopen",
        "O",
        (NOTE, Must("unit", may=True)),
        primary=True,
        conditions=("heard_one_level_up",),
        turns=(Turn("never_dispatched", S.REGISTERED),),
    ),
    (S.DISPUTED, "uphold"): Step(
        S.CLOSED,
        (SUPERVISOR, LEADER),
        "维持结论",
        "uphold",
        "U",
        (NOTE,),
        conditions=("heard_one_level_up",),
        turns=(Turn("was_rejected", S.REJECTED),),
    ),
    (S.REJECTED, "appeal"): Step(
        S.DISPUTED,
        (CITIZEN,),
        "申诉",
        "appeal",
        "B",
        (MAY_NOTE, MAY_PHOTO),
        conditions=("own_report", "within_dispute_days", "disputes_left"),
    ),
    (S.MERGED, "unmerge"): Step(None, (LEADER_OF_SHIFT,), "撤销并案", "unmerge", "U", (NOTE,), primary=True),
}
"""Steps of single states; those that are the same in many states are added below."""

URGE = Step(None, (DISPATCHER, LEADER_OF_SHIFT, SUPERVISOR, LEADER), "催办", "urge", "G", (MAY_NOTE,))
COMMENT = Step(
    None,
    (ACCEPTOR, LEADER_OF_SHIFT, DISPATCHER, UNIT, COLLECTOR, ARBITER, SUPERVISOR, LEADER, CITIZEN),
    "备注",
    "comment",
    "Q",
    (NOTE, MAY_PHOTO),
)
ESCALATE = Step(None, (ACCEPTOR, DISPATCHER, LEADER_OF_SHIFT, SUPERVISOR), "升级", "escalate", "E", (NOTE,), timer=True)
VOID = Step(S.VOIDED, (LEADER_OF_SHIFT,), "作废", "void", "Z", (NOTE,))
MERGE = Step(
    S.MERGED, (ACCEPTOR, DISPATCHER), "并案", "merge", "I", (Must("into"), MAY_NOTE), conditions=("no_children",)
)
TAKEN_BACK_BY: dict[State, tuple[Duty, ...]] = {
    S.REGISTERED: (ACCEPTOR,),
    S.FILED: (LEADER_OF_SHIFT,),
    S.DISPATCHED: (DISPATCHER,),
    S.CLOSED: (LEADER_OF_SHIFT,),
    S.REJECTED: (LEADER_OF_SHIFT,),
    S.MERGED: (ACCEPTOR, DISPATCHER),
}
"""States into which a slip of the desk can lead, with the duties that can have made it."""
CAN_BE_TAKEN_BACK = frozenset({"register", "file", "dispatch", "redispatch", "close", "refuse", "merge"})
"""Verbs whose whole effect is known from the history before them, so that one step restores it."""
RESTORES = frozenset({"take_back"})
"""Verbs that bring back what stood before the last step."""
STAYS = frozenset({"urge", "comment", "escalate", "split", "rate"})
"""Verbs that leave the state as it is."""

for _state in (one for one in State if one in OPEN):
    for _verb, _step in (("urge", URGE), ("comment", COMMENT), ("escalate", ESCALATE), ("void", VOID)):
        LOOP[_state, _verb] = _step
for _state in (one for one in State if one in WITH_DESK):
    LOOP[_state, "merge"] = MERGE
for _state in (one for one in State if one in CLOSED_TYPE):
    LOOP[_state, "comment"] = COMMENT
for _state, _duties in TAKEN_BACK_BY.items():
    LOOP[_state, "take_back"] = Step(
        None, _duties, "撤回此步", "take back", "T", (MAY_NOTE,), conditions=("fresh_step_of_ones_own",)
    )

NAMING = frozenset(verb for (_, verb), step in LOOP.items() if any(must.name == "class" for must in step.must_say))
"""Verbs that name the class, and so the component that a case is bound to."""
VERBS: dict[str, tuple[str, str]] = {verb: (step.zh, step.en) for (_, verb), step in LOOP.items()} | {
    "report": ("上报", "report"),
    "join": ("也上报了", "also reported"),
}
"""Chinese and English name of every verb, with the two that are no steps: the first one, and that of a further reporter."""


def names_class(verb: str) -> bool:
    """Whether this verb asks for the class of a case."""
    return verb in NAMING


def steps_from(state: State) -> dict[str, Step]:
    """Every step that leaves this state, by verb, in the order of the table."""
    return {verb: step for (start, verb), step in LOOP.items() if start is state}
