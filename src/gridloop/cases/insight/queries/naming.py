"""Names of what an answer speaks of, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gridloop.cases.queries import names
from gridloop.cases.rules.masters import Clause, Masters

CELL_DIGITS = 15
NO_UNIT = ("未知单位", "unit not known")


def units(ids: Iterable[int | None]) -> dict[str, list[str]]:
    """Names by unit id as text; one statement for those not known yet."""
    wanted = {one for one in ids if one is not None}
    known = names.units(wanted)
    return {str(one): list(_unit(known.get(one))) for one in sorted(wanted)}


def _unit(view: Any) -> tuple[str, str]:
    return (view.name_zh, view.name_en) if view else NO_UNIT


def places(codes: Iterable[str]) -> dict[str, list[str]]:
    """Names by place code; a cell is named by its village and its number in it."""
    wanted = sorted(set(codes))
    known = names.places_named(wanted)
    found = {}
    for code in wanted:
        zh, en = known.get(code[: names.VILLAGE_DIGITS], ("", ""))
        if len(code) == CELL_DIGITS:
            zh, en = f"{zh} {code[names.VILLAGE_DIGITS :]} 号单元网格", f"cell {code[names.VILLAGE_DIGITS :]}, {en}"
        found[code] = [zh or code, en or code]
    return found


def classes(codes: Iterable[str], masters: Masters) -> dict[str, list[str]]:
    """Names by "kind:code"; a class that is no longer in force keeps its code."""
    found = {}
    for one in sorted(set(codes)):
        kind, _, code = one.partition(":")
        known = masters.classes.get((kind, code))
        found[one] = [known.zh, known.en] if known else [one or "未定类别", one or "no class yet"]
    return found


def clauses(codes: Iterable[str], known: dict[str, Clause]) -> dict[str, list[str]]:
    """Names of return rules by code; one that is no longer in force keeps its code."""
    return {
        code: [known[code].zh, known[code].en] if code in known else [code or "未引用条款", code or "no rule cited"]
        for code in sorted(set(codes))
    }
