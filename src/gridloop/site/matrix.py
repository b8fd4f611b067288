"""The permission matrix: what each duty may do at each address, inside and outside its area, made from the permits alone.

Rendered into `docs/reference/permissions.md` by `manage permissions --write`, answered at `/permissions`, and tested whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ninja import Schema

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


class MatrixOut(Schema):
    """The whole matrix."""

    duties: list[str]
    items: list[CellOut]


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
        "except where everybody may use it. An arrow in a case's loop asks for a further duty: see the loop's own table.",
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
    return "\n".join(lines) + "\n"


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
    return MatrixOut(duties=[duty.value for duty in Duty], items=cells)
