"""The demo city's fleet: everything that its counts promise, invented and said so, and the gateway's judge can take it."""

from __future__ import annotations

from gridloop.fleet.models import DeclaredRoute, Fence, Occasion, Permit, Rule, Terminal, Vehicle
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.kernel.caller import system
from gridloop.site.demo import fleet
from tests.builders import NOW

BY = system("demo")


def test_the_small_city_has_its_fleet_and_all_of_it_is_marked(db):
    made = fleet.add("small", seed=1, by=BY, now=NOW)
    assert made == {"vehicles": 240, "fences": 12, "rules": 15, "permits": 40, "routes": 8}
    assert (Vehicle.objects.count(), Terminal.objects.count(), Permit.objects.count()) == (240, 240, 40)
    assert set(Vehicle.objects.values_list("kind", flat=True)) == set(VehicleKind)
    for model in (Vehicle, Fence, Rule, Permit, DeclaredRoute):
        assert not model.objects.filter(synthetic=False).exists()
    assert all(plate.startswith("示") for plate in Vehicle.objects.values_list("plate", flat=True))
    assert all(name.startswith("100") for name in Terminal.objects.values_list("name", flat=True))
    assert len(Occasion.objects.get().spans) == 3
    assert Permit.objects.exclude(revoked_at=None).count() == 1


def test_rules_of_the_demo_name_their_clause_and_how_sure_it_is(db):
    fleet.add("tiny", seed=1, by=BY, now=NOW)
    rules = {row.code: row for row in Rule.objects.all()}
    assert (rules["coach-rest"].confidence, "动态监督管理办法" in rules["coach-rest"].source) == ("high", True)
    assert rules["hazmat-speed"].confidence == "medium"
    assert rules["hazmat-gathering"].confidence == "constructed"
    assert Vehicle.objects.count() == 12
    assert Permit.objects.exists()
