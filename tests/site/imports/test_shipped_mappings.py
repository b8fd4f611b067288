"""Every mapping in data/mappings can be read and is told of in the manual."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridloop.site.imports import boundaries, fences, histories, surveys, units, vehicles
from gridloop.site.imports.mapping import read_mapping

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "data/mappings"
KINDS = {
    "nyc311.toml": (histories.ROLES, histories.WORD_MAPS),
    "cases.toml": (histories.ROLES, histories.WORD_MAPS),
    "components.toml": (surveys.ROLES, surveys.WORD_MAPS),
    "boundaries.toml": (boundaries.ROLES, ()),
    "units.toml": (units.ROLES, units.WORD_MAPS),
    "vehicles.toml": (vehicles.ROLES, vehicles.WORD_MAPS),
    "fences.toml": (fences.ROLES, ()),
}


def test_every_shipped_mapping_is_known_here():
    assert {path.name for path in FOLDER.glob("*.toml")} == set(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_shipped_mapping_can_be_read_and_stands_in_the_manual(name):
    roles, words = KINDS[name]
    assert read_mapping(FOLDER / name, roles, words).dataset
    assert f"data/mappings/{name}" in (ROOT / "docs/how-to/import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_name_that_a_mapping_may_use_stands_in_the_manual(name):
    manual = (ROOT / "docs/how-to/import.md").read_text(encoding="utf-8")
    roles, words = KINDS[name]
    missing = [word for word in (*roles, *words) if f"`{word}`" not in manual]
    assert not missing
