"""The reference page of the rules of supervision, made from the judge's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gridloop.fleet.judge.clauses import REST_CLAUSES
from gridloop.fleet.judge.gate import REASONS
from gridloop.fleet.judge.runs import PACES
from gridloop.fleet.judge.tables import CLOSINGS, TELLINGS
from gridloop.fleet.rules.kinds import RULE_KINDS
from gridloop.fleet.rules.params import SHAPES

HEAD = """# Rules of supervision

*Made from the tables of `src/gridloop/fleet/judge/` by `python -m gridloop.fleet.judge.reference`; change them there.*

The judge (`gridloop.fleet.judge`) takes windows of fixes and tells warnings. It is built on the [fence engine](fences.md) and knows no database, no clock and no
network. Confidence of a number: *high* read in the law's text, *medium* or *from memory* to be checked, *constructed* a default of ours that a city replaces.

## One warning
A warning is one episode of one rule and one vehicle: *suspected* at once, *confirmed* by later fixes, *ended* when its cause does, *withdrawn* if it was never
confirmed. Its key (rule, fence or clause, vehicle or both vehicles, since when) names it for ever: telling it twice changes nothing. Every stage carries the deciding
positions, the fence version, the rule version and what was found about a permit.

- **Version.** The version of the rule and of the fence that is valid at the device's time of the fix. A warning keeps the version it was decided on.
- **Whom.** Any of kinds, firms, lists, plates; none of them named means every vehicle in service.
- **When.** Weekly hours of the city, Chinese public holidays (`only`, `never`) and the spans of an occasion must all hold. An end that is not after its start lies on
  the next day.
- **Permits** are looked up at the moment of decision: the vehicle, a kind that the rule names, the fence, hours, validity, revocation. A permit that ends while the
  vehicle is inside makes the rule bite at that moment; one that begins ends the warning. `permit.why` says why one that was found did not lift the rule.
- **On the way out.** Who already lies beyond the exit margin when a rule begins to hold is not accused unless he comes back.
- **Late fixes** (older than the newest of their vehicle) are judged in a line of their own; their warnings are marked late. A stretch of them that ends inside is closed
  after ten minutes.
- **Time without fixes** ends what its hours end, suspects who was heard of inside within two minutes when a ban begins, and tells of silence. That somebody who says
  nothing goes on dwelling is not guessed. Moments count as past after five seconds, so that their fixes have come in.
- **Device clocks** more than five minutes ahead of ours are marked and not judged.
- **Driving** is a speed above 5 km/h (of fixes no more than 20 minutes apart), or more than 150 m and 5 km/h between two fixes a minute or more apart. Hours of driving are kept by the
  hour, so that 24 hours and 7 days may forget up to an hour of the oldest driving: told late, never early.
"""


def page() -> str:
    """The whole page."""
    kinds = [
        (
            f"`{kind}` {RULE_KINDS[kind][0]}",
            one.looks_at,
            one.suspected,
            one.confirmed,
            one.ended,
            "yes" if one.late else "no",
        )
        for kind, one in TELLINGS.items()
    ]
    params = [
        (
            f"`{kind}`",
            f"`{one.name}`",
            one.en,
            one.unit or one.form,
            "" if one.usual is None else f"{one.usual:g}",
            one.source,
            one.confidence,
        )
        for kind, shape in SHAPES.items()
        for one in shape.params
    ]
    clauses = [
        (f"`{one.name}`", f"`{one.param}`", str(one.default), one.says, one.source, one.confidence)
        for one in REST_CLAUSES
    ]
    paces = [
        (
            f"`{kind}`",
            str(one.fixes),
            _seconds(one.lasting_ms),
            str(one.clear_fixes),
            _seconds(one.clear_ms),
            _seconds(one.gap_ms),
        )
        for kind, one in PACES.items()
    ]
    parts = [
        HEAD,
        "## Kinds of rules",
        *_table(("kind", "looks at", "suspected", "confirmed", "ended", "late fixes"), kinds),
        "## Parameters",
        "`limit_kmh` may be left out where the vehicles' own limits shall count.",
        *_table(("rule", "parameter", "what", "unit", "default", "source", "confidence"), params),
        "## Clauses of rest times",
        "A rule that names no `clauses` has all but `night_stop`. A proper rest is 20 minutes (道路交通安全法实施条例 Art. 62, high).",
        *_table(("clause", "parameter", "default", "what", "source", "confidence"), clauses),
        "## Fix by fix",
        "Rules that look at single fixes: how many running and over how long confirm, how many and how long end, and what gap ends.",
        *_table(("rule", "fixes", "over s", "clear fixes", "over s", "gap s"), paces),
        "## Why a warning ended or was withdrawn",
        *_table(("`detail.why`", "what happened"), [(f"`{why}`", says) for why, says in CLOSINGS.items()]),
        "## Why a permit did not lift a rule",
        "The nearest miss is named, in this order: " + ", ".join(f"`{reason}`" for reason in REASONS) + ".",
    ]
    return "\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["", _line(head), _line(["---"] * len(head))]
    return [*lines, *(_line(row) for row in rows), ""]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _seconds(ms: int) -> str:
    return f"{ms / 1000:g}"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - the page is what this is run for
