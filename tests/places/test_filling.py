"""Filling the register of components: all at once, with its indexes laid aside, and to the same end as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection

from gridloop.kernel.caller import system
from gridloop.kernel.errors import Refused
from gridloop.places import actions, queries
from gridloop.places.models import Component, ComponentPoint
from tests.places.conftest import CENTRE, NOW

BY = system("tests")
INDEXES = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisprimary, indisvalid from pg_index
where indrelid in ('places_component'::regclass, 'places_componentpoint'::regclass) order by 1
"""


def survey(lonlat: np.ndarray) -> actions.Survey:
    n = len(lonlat)
    return actions.Survey(
        foreign_id=[""] * n, fingerprint=[b""] * n, code=[""] * n, subclass=["0118"] * n, name=["路灯"] * n, lonlat=lonlat,
        state=["intact"] * n, owner_unit_id=[7] * n, maintain_unit_id=[None] * n, authority_unit_id=[None] * n,
        surveyed_on=[NOW.date()] * n, source=["other"] * n, accuracy=["B"] * n, note=[""] * n, attributes=['{"a":"b, c"}'] * n,
        installed_on=[None] * n, warranty_contractor=[""] * n, warranty_until=[None] * n, synthetic=True,
    )  # fmt: skip


def prepared(lonlat: list[tuple[float, float]]) -> actions.Prepared:
    return actions.prepare(survey(np.array(lonlat)), queries.finder())


def indexes() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        return cursor.fetchall()


def test_what_was_registered_without_indexes_is_found_afterwards_by_the_same_indexes(place) -> None:
    before, ticks = indexes(), []
    spots = [(CENTRE[0] + step * 0.0005, CENTRE[1]) for step in range(5)]
    with actions.without_indexes(lambda done, of: ticks.append((done, of))):
        assert {name for name, *_ in indexes()} == {"places_component_pkey", "places_componentpoint_pkey"}
        assert actions.register_survey(prepared(spots), by=BY, now=NOW) == 5
    assert indexes() == before
    assert ticks == [(1, 3), (2, 3), (3, 3)]
    for spot in spots:
        found = queries.nearest_component(*spot, "0118")
        kept = Component.objects.get(pk=found.code)
        assert (kept.geom.x, kept.geom.y) == spot
        assert (kept.place, kept.cell) == (queries.at(*spot).place, queries.at(*spot).place)
        assert (kept.owner_unit_id, kept.attributes, kept.synthetic) == (7, {"a": "b, c"}, True)
        assert ComponentPoint.objects.filter(pk=kept.code).exists()
    codes = sorted(Component.objects.filter(subclass="0118").values_list("code", flat=True))
    assert [int(code[10:]) for code in codes] == [1, 2, 3, 4, 5]


def test_all_of_a_survey_is_registered_or_nothing(place) -> None:
    with pytest.raises(
        Refused, match=r"1 of 2 components cannot be registered; of the first, the position lies in no known county"
    ):
        actions.register_survey(prepared([CENTRE, (0.0, 0.0)]), by=BY, now=NOW)
    assert not Component.objects.filter(subclass="0118").exists()
