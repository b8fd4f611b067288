"""The masters as they would be with a proposal, and which of the routing rules then stand in each other's way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gridloop.cases.rules import routing
from gridloop.cases.rules.masters import FilingRule, Masters, Route
from gridloop.cases.simulation.rules.proposal import TIERS, NewLimit, NewRoute, Proposal, merged

FIRST_TRIED_ID = 2**62
"""Routing rules that do not exist yet are numbered from here on: newer than all."""


def today_for_all(masters: Masters) -> Masters:
    """The masters with today's limits for every case, also for those that were opened under former ones: what is compared is two sets of rules."""
    return replace(masters, former_rules={})


def applied(masters: Masters, proposal: Proposal) -> Masters:
    """The masters with everything that the proposal changes."""
    return replace(
        masters,
        routes=_routes(masters, proposal),
        rules={**masters.rules, **{one.key: limited(masters.rules[one.key], one) for one in proposal.limits}},
        answers=_answers(masters, proposal),
        successors=merged(masters, proposal),
        former_rules={
            key: former
            for key, former in masters.former_rules.items()
            if key not in {one.key for one in proposal.limits}
        },
    )


def limited(rule: FilingRule, new: NewLimit) -> FilingRule:
    """A filing rule with other limits; tiers that are not named get the limit itself."""
    tiers = {tier: new.tiers.get(tier, new.limit) for tier in TIERS}
    return replace(rule, limit_value=new.limit, limit_unit=new.unit, tiers=tiers)


def _routes(masters: Masters, proposal: Proposal) -> tuple[Route, ...]:
    followed = {one.key for one in proposal.routes_added}
    kept = [
        one
        for one in masters.routes
        if one.id not in proposal.routes_ended and (one.priority, one.kind, one.code_prefix, one.area) not in followed
    ]
    added = [_tried(one, FIRST_TRIED_ID + at) for at, one in enumerate(proposal.routes_added)]
    return routing.ordered((*kept, *added))


def _tried(new: NewRoute, route_id: int) -> Route:
    return Route(
        route_id, 1, new.priority, new.class_kind, new.class_prefix, new.area, new.unit, new.dept_kind, new.note, new.note
    )  # fmt: skip


def _answers(masters: Masters, proposal: Proposal) -> Mapping[str, tuple[tuple[str, int], ...]]:
    found = {kind: dict(said) for kind, said in masters.answers.items()}
    for one in proposal.boundaries:
        found.setdefault(one.kind, {})[one.area] = one.unit
    return {
        kind: tuple(sorted(said.items(), key=lambda pair: (-len(pair[0]), pair[0])))
        for kind, said in sorted(found.items())
    }


def shadowed(routes: tuple[Route, ...]) -> dict[int, int]:
    """Rules that can never decide: rule -> the earlier one that takes everything it speaks of. Routes are in their order.

    A rule that names a kind of department may find no unit, so that only one that names a unit shadows others for sure.
    """
    found = {}
    for at, one in enumerate(routes):
        for before in routes[:at]:
            wider_kind = not before.kind or before.kind == one.kind
            wider = one.code_prefix.startswith(before.code_prefix) and one.area.startswith(before.area)
            if before.unit_id is not None and wider_kind and wider:
                found[one.id] = before.id
                break
    return found


def prefixes(masters: Masters) -> frozenset[str]:
    """Every area that a rule, a tier or somebody's answer speaks of; a place is routed as the longest of them that holds it says."""
    of_routes = {one.area for one in masters.routes}
    of_answers = {area for said in masters.answers.values() for area, _ in said}
    return frozenset(of_routes | of_answers | {area for area, _ in masters.tiers})
