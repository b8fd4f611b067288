"""What people ask about vehicles, fences, rules, permits and warnings."""

from gridloop.fleet.queries.synthetic import synthetic_terminals
from gridloop.fleet.queries.vehicles import own_vehicle, plates, vehicle_by_plate

__all__ = ["own_vehicle", "plates", "synthetic_terminals", "vehicle_by_plate"]
