"""The loop drawn and tabled from `LOOP`, for the reference and the web."""

from __future__ import annotations

from gridloop.cases.rules.forms import FIELDS
from gridloop.cases.rules.loop import COMMENT, ESCALATE, LOOP, MERGE, RESTORES, URGE, VOID
from gridloop.cases.rules.states import CLOSED_TYPE, PAUSED, STATE_NAMES, State
from gridloop.kernel.duties import DUTY_NAMES

EVERYWHERE = (URGE, COMMENT, ESCALATE, VOID, MERGE)


def mermaid() -> str:
    """A state diagram; steps that are the same in every open state are left out of the drawing and stand in the table."""
    lines = ["stateDiagram-v2", "    [*] --> reported"]
    for (state, verb), step in LOOP.items():
        if any(step is one for one in EVERYWHERE) or verb in RESTORES:
            continue
        for to in dict.fromkeys(step.destinations()):
            if to is None:
                lines += [f"    merged --> {name}: unmerge" for name in ("reported", "registered", "filed")]
            else:
                lines.append(f"    {state} --> {to}: {verb}")
    lines += [f"    {state} --> [*]" for state in State if state in CLOSED_TYPE]
    return "\n".join(lines) + "\n"


def table() -> str:
    """Every step as a Markdown table."""
    rows = ["| from | verb | 中文 | key | who | must say | only if | leads to |", "|---|---|---|---|---|---|---|---|"]
    for (state, verb), step in LOOP.items():
        who = ", ".join(DUTY_NAMES[duty][1] for duty in step.duties)
        says = ", ".join(
            f"{FIELDS[must.name].en}{f' x{must.least}' if must.least > 1 else ''}{' (may)' if must.may else ''}"
            for must in step.must_say
        )
        leads = " or ".join(dict.fromkeys(str(to) if to else "the state before" for to in step.destinations()))
        rows.append(
            f"| {STATE_NAMES[state][1]} | `{verb}` | {step.zh} | {step.key} | {who} | {says} | "
            f"{', '.join(one.replace('_', ' ') for one in step.conditions)} | {leads} |"
        )
    return "\n".join(rows) + "\n"


def states() -> str:
    """Every state as a Markdown table."""
    rows = ["| state | 中文 | English | kind |", "|---|---|---|---|"]
    for state in State:
        kind = "ended" if state in CLOSED_TYPE else "open, the limit clock stands still" if state in PAUSED else "open"
        rows.append(f"| `{state}` | {STATE_NAMES[state][0]} | {STATE_NAMES[state][1]} | {kind} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """The whole reference page."""
    return (
        "# The loop\n\nMade from `LOOP` (src/gridloop/cases/rules/loop.py) by `manage loop --write`; a test keeps the two equal. The console's buttons, the API and"
        " the tests read the same table.\n\nSteps that are the same in every open state (urge, comment, escalate, void, and merge while the case is with the desk)"
        " are left out of the drawing; so is `take_back`, which leads to where the case stood before its last step.\n\n```mermaid\n"
        + mermaid()
        + "```\n\n## States\n"
        + states()
        + "\n## Steps\n"
        + table()
    )
