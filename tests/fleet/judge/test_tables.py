"""The tables that say what is told: complete, in agreement with each other, and written on the reference page."""

import ast
import json
from pathlib import Path

from gridloop.fleet.judge.clauses import CLAUSES, DAY_TOTAL, NIGHT_STOP, REST_CLAUSES, WEEK_TOTAL
from gridloop.fleet.judge.reference import page
from gridloop.fleet.judge.tables import CLOSINGS, TELLINGS
from gridloop.fleet.rules.kinds import RuleKind
from gridloop.fleet.rules.params import SHAPES
from tests.fleet.judge.ground import NOON, a_ground, a_permit, a_rule, drive, lived

ROOT = Path(__file__).parents[3]


def test_the_reference_page_is_fresh():
    written = (ROOT / "docs/reference/fleet-rules.md").read_text(encoding="utf-8")
    assert written == page(), "run python -m gridloop.fleet.judge.reference > docs/reference/fleet-rules.md"


def test_every_kind_of_rule_is_told_of():
    assert set(TELLINGS) == set(RuleKind)


def test_the_clauses_are_those_that_a_rule_may_name():
    assert (CLAUSES[DAY_TOTAL], CLAUSES[WEEK_TOTAL], CLAUSES[NIGHT_STOP]) == ("day_total", "week_total", "night_stop")
    params = {one.name: one for one in SHAPES[RuleKind.REST].params}
    assert params["clauses"].choices == CLAUSES
    assert {clause.param for clause in REST_CLAUSES} == set(params) - {"clauses"}


def test_every_reason_for_an_end_stands_in_the_table_and_none_is_left_over():
    said = set()
    for file in (ROOT / "src/gridloop/fleet/judge").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "why":
                        said |= {one.value for one in ast.walk(value) if isinstance(getattr(one, "value", None), str)}
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Tuple)
                and "why" in ast.unparse(node.targets[0])
            ):
                said |= {one.value for one in node.value.elts if isinstance(one, ast.Constant)}
    gates = {"rule", "fence", "hours", "permit"}
    assert said | gates == set(CLOSINGS)


def test_what_is_told_can_be_stored_as_json():
    rules = [
        a_rule(permit_kinds=("hazmat_zone",)),
        a_rule("speed", code="R2", params={"limit_kmh": 20}),
        a_rule("off_time", code="R3", fences=(), params={"must_declare": True}),
        a_rule("stay_within", code="R4"),
    ]
    ends = a_permit(to_ms=NOON + 25_000)
    told, _ = lived(a_ground(*rules, permits=[ends]), drive(300, 0, 0, 0, 0, 0, 300, 400, 500))
    assert len(told) > 6
    for one in told:
        assert json.loads(json.dumps([one.positions, one.permit, one.detail])) == [
            one.positions,
            one.permit,
            one.detail,
        ]
