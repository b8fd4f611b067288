"""A proposal is read strictly: every fault by its place, in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gridloop.cases.simulation.rules import proposal as proposals
from gridloop.cases.simulation.rules.proposal import Proposal
from gridloop.kernel.errors import Malformed
from tests.cases.simulation import town

ROUTE = {"class_kind": "event", "class_prefix": "01", "area": "350203", "unit": "ROADS"}
LIMIT = {"kind": "event", "code": "0101", "rule_no": 1, "limit": 4, "unit": "natural_hour"}


def test_a_whole_proposal_is_read_and_written_as_it_was_read() -> None:
    raw = {
        "title": "one company", "routes_added": [ROUTE], "routes_ended": [7], "limits": [LIMIT | {"tiers": {"A": 2}}],
        "boundaries": [{"area": "350206", "kind": "sani", "unit": 1}], "mergers": [{"from": "WEST", "to": "EAST"}],
    }  # fmt: skip
    wanted = proposals.read(raw, town.ground())
    assert wanted.routes_added[0].unit == town.ROADS
    assert wanted.routes_added[0].priority == 100
    assert wanted.mergers[0] == proposals.Merger(town.SANI_WEST, town.SANI_EAST)
    again = proposals.read(json.loads(json.dumps(wanted.written())), town.ground())
    assert again == wanted


def test_nothing_said_is_an_empty_proposal() -> None:
    assert proposals.read({}, town.ground()) == Proposal()
    assert proposals.read({}, town.ground()).empty


@pytest.mark.parametrize(
    ("raw", "place", "word"),
    [
        ([], "", "object"),
        ({"merger": []}, "merger", "not known here"),
        ({"mergers": {}}, "mergers", "a list"),
        ({"mergers": [{"from": "EAST", "to": "EAST"}]}, "mergers[0].to", "itself"),
        ({"mergers": [{"from": "EAST"}]}, "mergers[0].to", "not merged"),
        ({"mergers": [{"from": True, "to": 1}]}, "mergers[0].from", "no working unit"),
        ({"mergers": [{"from": "NOBODY", "to": 1}]}, "mergers[0].from", "no working unit 'NOBODY'"),
        ({"mergers": [{"from": 1, "to": 2}, {"from": 2, "to": 1}]}, "mergers[0]", "ring"),
        ({"mergers": [{"from": 1, "to": 2}, {"from": 1, "to": 3}]}, "mergers[1]", "second time"),
        ({"routes_added": [ROUTE | {"dept_kind": "road"}]}, "routes_added[0].unit", "either"),
        ({"routes_added": [{"area": ""}]}, "routes_added[0].unit", "either"),
        ({"routes_added": [ROUTE | {"class_prefix": "09"}]}, "routes_added[0].class_prefix", "no class begins with 09"),
        ({"routes_added": [{"dept_kind": "circus"}]}, "routes_added[0].dept_kind", "no kind of department 'circus'"),
        ({"routes_added": [ROUTE | {"area": "厦门"}]}, "routes_added[0].area", "digits"),
        ({"routes_added": [ROUTE | {"priority": -1}]}, "routes_added[0].priority", "0 to 1000"),
        ({"routes_added": [ROUTE, ROUTE]}, "routes_added[1]", "second time"),
        ({"routes_added": [{}] * 201}, "routes_added", "at most 200"),
        ({"routes_ended": [8]}, "routes_ended[0]", "no routing rule 8"),
        ({"routes_ended": ["7"]}, "routes_ended[0]", "a number"),
        ({"limits": [LIMIT | {"limit": 0}]}, "limits[0].limit", "above 0"),
        ({"limits": [LIMIT | {"limit": float("nan")}]}, "limits[0].limit", "above 0"),
        ({"limits": [LIMIT | {"unit": "day"}]}, "limits[0].unit", "one of"),
        ({"limits": [LIMIT | {"rule_no": 9}]}, "limits[0].rule_no", "no filing rule 9"),
        ({"limits": [LIMIT | {"tiers": {"D": 1}}]}, "limits[0].tiers.D", "not known here"),
        ({"limits": [LIMIT | {"tiers": {"A": -1}}]}, "limits[0].tiers.A", "above 0"),
        ({"boundaries": [{"area": "350203", "kind": "circus", "unit": 1}]}, "boundaries[0].kind", "no kind"),
        ({"boundaries": [{"area": "350203", "kind": "sani"}]}, "boundaries[0].unit", "name a unit"),
        ({"title": "x" * 121}, "title", "120"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_place(raw: Any, place: str, word: str) -> None:
    with pytest.raises(Malformed) as told:
        proposals.read(raw, town.ground())
    assert word in told.value.fields[place]
    assert word in told.value.en
    assert "方案有误" in told.value.zh


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Malformed) as told:
        proposals.read({"limits": [{}], "mergers": [{}]}, town.ground())
    assert {"limits[0].kind", "limits[0].code", "limits[0].limit", "mergers[0].from"} <= set(told.value.fields)


def test_a_merger_that_holds_can_be_ended() -> None:
    wanted = proposals.read({"mergers": [{"from": 1, "to": None}]}, town.ground(successors={1: 2}))
    assert wanted.mergers == (proposals.Merger(1, None),)
