"""What whoever decides on a proposal should look at: units with far more work, classes left without a unit, rules that never decide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from gridloop.cases.rules import routing
from gridloop.cases.rules.masters import Masters, Route
from gridloop.cases.simulation.rules.columns import NONE, Told
from gridloop.cases.simulation.rules.proposed import FIRST_TRIED_ID, shadowed

TWICE = 2.0
FEW = 10
"""Cases in the whole period below which twice as many are no news."""
LISTED_MAX = 100
TRIED = re.compile(r"46116860184273\d{5}")
"""Numbers from `FIRST_TRIED_ID` on."""
Asked = Mapping[tuple[str, str, int | None, str], tuple[int, int | None]]
"""Kind of case (class kind, code, owner of the component, longest known area) -> how many such cases, and the rule that decides them."""


def overloaded(units: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Units that would get more than twice as much, or much where they had nothing."""
    return [
        {
            "kind": "overload",
            "unit_id": one["unit_id"],
            "before": one["before"]["cases"],
            "after": one["after"]["cases"],
        }
        for one in units
        if one["after"]["cases"] >= FEW and one["after"]["cases"] > TWICE * one["before"]["cases"]
    ]


def unrouted(told: Told) -> list[dict[str, Any]]:
    """Classes whose cases a unit was named for, and would be no more."""
    lost = (told.to_unit == NONE) & (told.from_unit != NONE)
    found = Counter(told.classes[at] for at in told.class_of[lost].tolist())
    return [{"kind": "unrouted", "class": name, "cases": many} for name, many in sorted(found.items())]


def idle_rules(masters: Masters, asked: Asked) -> list[dict[str, Any]]:
    """Routing rules under the proposal that decided no case of the period: dead ones that none spoke of, and those that others go before.

    What is shadowed for sure (whatever cases come) names the rule that stands before it. `by` is "" where a rule named a kind of department
    of which there is no unit.
    """
    covered = shadowed(masters.routes)
    met: dict[int, Counter[int]] = {route.id: Counter() for route in masters.routes}
    decided: Counter[int] = Counter()
    for (kind, code, _, area), (many, by) in asked.items():
        decided[by or 0] += many
        for route in masters.routes:
            if route.id != by and routing.matches(route, kind, code, area):
                met[route.id][by or 0] += many
    found = []
    for route in masters.routes:
        if route.id in covered:
            found.append({"kind": "shadowed", **_named(route), "by": _id(covered[route.id]), "always": True})
        elif decided[route.id]:
            continue
        elif met[route.id]:
            by = met[route.id].most_common(1)[0][0]
            found.append({"kind": "shadowed", **_named(route), "by": _id(by) if by else "", "always": False})
        else:
            found.append({"kind": "dead", **_named(route)})
    return found[:LISTED_MAX]


def _named(route: Route) -> dict[str, Any]:
    return {"rule": _id(route.id), "class": f"{route.kind}:{route.code_prefix}", "area": route.area}


def _id(route_id: int) -> str:
    """The number of a rule in force, or `new 1` for the first one that the proposal adds."""
    return str(route_id) if route_id < FIRST_TRIED_ID else f"new {route_id - FIRST_TRIED_ID + 1}"


def spoken(text: str) -> str:
    """A reason with the numbers of rules that do not exist yet told as `new 1`."""
    return TRIED.sub(lambda found: _id(int(found[0])), text)
