"""The tree of units from a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridloop.identity import queries as people
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Malformed
from gridloop.site.imports.report import Ending
from gridloop.site.imports.units import import_units
from tests.builders import NOW

ROOT = Path(__file__).parents[3]
BY = system("import")
MAPPING = (ROOT / "data/mappings/units.toml").read_text(encoding="utf-8")
HEADER = "code,parent,kind,area,name_zh,name_en\n"


@pytest.fixture
def take(db, order, tmp_path):
    """Imports these lines and gives the account."""

    def taken(text: str, mapping: str = MAPPING, **more: object):
        path = tmp_path / "units.csv"
        path.write_text(HEADER + text, encoding="utf-8")
        return import_units(order(path, mapping, **more), by=BY, now=NOW, progress=lambda _share, _rows: None)

    return taken


def counts(account) -> tuple[int, ...]:
    assert account.whole
    return tuple(account.endings[ending] for ending in Ending)


def test_children_may_come_before_their_parents(take):
    assert counts(take("B,A,环卫,350203,思明环卫,Siming Sanitation\nA,,city,3502,市城管办,City Office\n")) == (
        2,
        0,
        0,
        0,
    )
    parent, child = people.unit_by_code("A"), people.unit_by_code("B")
    assert child.parent_id == parent.id
    assert child.path.startswith(parent.path)
    assert (child.kind, child.area) == ("sani", "350203")


def test_twice_changes_nothing_and_a_different_unit_is_reported(take, report):
    take("A,,city,3502,市城管办,City Office\n")
    assert counts(take("A,,city,3502,市城管办,City Office\n")) == (0, 1, 0, 0)
    assert counts(take("A,,city,3502,市执法局,City Office\n")) == (0, 0, 1, 0)
    assert report()[0].startswith("2,A,changed,name,")
    assert people.unit_by_code("A").name_zh == "市城管办"


def test_bad_rows_say_why(take, report):
    lines = "A,,city,3502,市城管办,\nB,Z,sani,3502,没有上级,\nC,D,sani,3502,循环一,\nD,C,sani,3502,循环二,\nE,,circus,3502,马戏团,\nF,,sani,35x,区域,\n,,sani,,无代码,\n"
    assert counts(take(lines)) == (1, 0, 0, 6)
    said = "\n".join(report())
    assert "this is no kind of unit and [kind.map] does not know it" in said
    assert "'35x' is not an area" in said
    assert "8,,bad,code,,this must be said" in said
    assert said.count("there is no unit with this code to stand under, or the units stand in a ring") == 3


def test_kinds_can_be_mapped_and_only_to_ours(take):
    assert counts(take("A,,保洁,3502,保洁队,\n", MAPPING + '[kind.map]\n"保洁" = "sani"\n')) == (1, 0, 0, 0)
    with pytest.raises(Malformed, match=r"\[kind\] 'broom' is no kind of unit"):
        take("A,,保洁,3502,保洁队,\n", MAPPING + '[kind.map]\n"保洁" = "broom"\n')


def test_the_demo_city_s_units_come_in_by_the_shipped_mapping(take):
    text = (ROOT / "data/demo/units.csv").read_text(encoding="utf-8").split("\n", 1)[1]
    account = take(text)
    assert counts(account) == (account.rows, 0, 0, 0)
    assert account.rows == 40


def test_a_dry_run_writes_nothing(take):
    assert counts(take("A,,city,3502,市城管办,\n", dry_run=True)) == (1, 0, 0, 0)
    assert people.unit_by_code("A") is None
