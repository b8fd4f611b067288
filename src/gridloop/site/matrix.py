"""The permission matrix: what each duty may do at each address and with each step of the loop, inside and outside its area.

Made from the permits and from `LOOP` alone. Rendered into `docs/reference/permissions.md` by `manage permissions --write`, answered at `/permissions`, and tested whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ninja import Schema

from gridloop.cases.rules.loop import LOOP, VERBS
from gridloop.cases.rules.states import State
from gridloop.kernel.duties import DUTY_NAMES, Duty
from gridloop.kernel.permits import Permit, Scope

ANYBODY = "public"
NO_DUTY = "no duty"


class Answer(StrEnum):
    """What a caller gets."""

    ALLOW = "allow"
    DENY = "deny"
    SIGN_IN = "sign in"
    OWN = "own"
    """Allowed for what is theirs."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One caller at one address: within the area or unit of the grant, and outside it."""

    who: str
    method: str
    address: str
    inside: Answer
    outside: Answer


class CellOut(Schema):
    """One cell of the matrix."""

    who: str
    method: str
    address: str
    inside: str
    outside: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """One duty and one step of the loop: for a case within the area or unit of the grant (for residents: their own report), and outside."""

    who: Duty
    state: State
    verb: str
    inside: Answer
    outside: Answer


class ArrowOut(Schema):
    """One duty and one step of the loop."""

    who: str
    state: str
    verb: str
    inside: str
    outside: str


class MatrixOut(Schema):
    """The whole matrix: addresses, and the steps of the loop that `POST /cases/{number}/steps` takes."""

    duties: list[str]
    items: list[CellOut]
    steps: list[ArrowOut]


def answers(permit: Permit, duty: Duty | None, *, signed_in_now: bool) -> tuple[Answer, Answer]:
    """(inside, outside) for a holder of one duty, for somebody without a duty, or for the public."""
    if permit.scope is Scope.PUBLIC:
        return Answer.ALLOW, Answer.ALLOW
    if not signed_in_now:
        return Answer.SIGN_IN, Answer.SIGN_IN
    if permit.duties and duty not in permit.duties:
        return Answer.DENY, Answer.DENY
    if permit.scope is Scope.SIGNED_IN:
        return Answer.ALLOW, Answer.ALLOW
    if permit.scope is Scope.OWN:
        return Answer.OWN, Answer.DENY
    return Answer.ALLOW, Answer.DENY


def matrix(permits: Mapping[tuple[str, str], Permit]) -> Iterator[Cell]:
    """Every caller at every address, addresses in order."""
    for (method, address), permit in sorted(permits.items(), key=lambda item: (item[0][1], item[0][0])):
        yield Cell(ANYBODY, method, address, *answers(permit, None, signed_in_now=False))
        yield Cell(NO_DUTY, method, address, *answers(permit, None, signed_in_now=True))
        for duty in Duty:
            yield Cell(duty.value, method, address, *answers(permit, duty, signed_in_now=True))


def arrows() -> Iterator[Arrow]:
    """Every duty at every step of the loop, in the order of the table."""
    for (state, verb), step in LOOP.items():
        for duty in Duty:
            inside = Answer.DENY
            if duty in step.duties:
                inside = Answer.OWN if duty is Duty.CITIZEN else Answer.ALLOW
            yield Arrow(duty, state, verb, inside, Answer.DENY)


def rendered(permits: Mapping[tuple[str, str], Permit]) -> str:
    """The matrix as a page of documentation."""
    who = [ANYBODY, NO_DUTY, *(duty.value for duty in Duty)]
    lines = [
        "# Permissions",
        "",
        "Made from the permits in every room's `api.py` by `manage permissions --write`; a test keeps it up to date and tries every cell.",
        "",
        "`+` allowed anywhere · `area` allowed within the area (or unit) of the grant, refused outside · `own` allowed for what is one's own ·",
        "`-` refused (403) · `401` sign in first. *Key scope* is what an API key needs; without one the address is not for keys,",
        "except where everybody may use it. A step of a case's loop asks for a further duty: see the second table.",
        "",
        "Duties: " + ", ".join(f"`{duty.value}` {DUTY_NAMES[duty][0]} ({DUTY_NAMES[duty][1]})" for duty in Duty) + ".",
        "",
        "| address | key scope | " + " | ".join(who) + " |",
        "|---|---|" + "---|" * len(who),
    ]
    rows: dict[tuple[str, str], list[str]] = {}
    for cell in matrix(permits):
        rows.setdefault((cell.method, cell.address), []).append(_sign(cell))
    for (method, address), signs in rows.items():
        scope = permits[method, address].api_scope
        lines.append(f"| `{method} {address}` | {f'`{scope}`' if scope else ''} | " + " | ".join(signs) + " |")
    return "\n".join([*lines, "", *_steps_rendered()]) + "\n"


def _steps_rendered() -> list[str]:
    """The steps of the loop; states in which a verb is for the same duties share a line."""
    lines = [
        "## Steps of the loop",
        "",
        "What `POST /cases/{number}/steps` asks beside its address, made from `LOOP` (see [the loop](loop.md)). `area` a case within the area",
        "(and unit, where the grant names one) · `unit` a case that the unit has now, within the area · `own` the reporter, signed in or by the",
        "report's secret, whatever duties they hold · `-` refused (403; a case that the caller may not even see is not found, 404).",
        "",
        "| step | in | " + " | ".join(duty.value for duty in Duty) + " |",
        "|---|---|" + "---|" * len(Duty),
    ]
    signs: dict[tuple[State, str], list[str]] = {}
    for arrow in arrows():
        signs.setdefault((arrow.state, arrow.verb), []).append(_arrow_sign(arrow))
    states: dict[tuple[str, tuple[str, ...]], list[State]] = {}
    for (state, verb), row in signs.items():
        states.setdefault((verb, tuple(row)), []).append(state)
    for (verb, alike), where in states.items():
        zh, en = VERBS[verb]
        listed = ", ".join(f"`{state}`" for state in where)
        lines.append(f"| `{verb}` {zh} ({en}) | {listed} | {' | '.join(alike)} |")
    return lines


def _arrow_sign(arrow: Arrow) -> str:
    """One step of one duty in the page's signs."""
    if arrow.inside is Answer.DENY:
        return "-"
    if arrow.inside is Answer.OWN:
        return "own"
    return "unit" if arrow.who is Duty.UNIT else "area"


def _sign(cell: Cell) -> str:
    """One cell in the page's signs."""
    if cell.inside is Answer.SIGN_IN:
        return "401"
    if cell.inside is Answer.DENY:
        return "-"
    if cell.inside is Answer.OWN:
        return "own"
    return "+" if cell.outside is Answer.ALLOW else "area"


def answered(permits: Mapping[tuple[str, str], Permit]) -> MatrixOut:
    """The matrix as the API answers it."""
    cells = [
        CellOut(who=c.who, method=c.method, address=c.address, inside=c.inside.value, outside=c.outside.value)
        for c in matrix(permits)
    ]
    steps = [
        ArrowOut(who=a.who.value, state=a.state.value, verb=a.verb, inside=a.inside.value, outside=a.outside.value)
        for a in arrows()
    ]
    return MatrixOut(duties=[duty.value for duty in Duty], items=cells, steps=steps)
