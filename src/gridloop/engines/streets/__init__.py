"""A seeded, invented street network for a real piece of land: streets, blocks, buildings, names.

Everything here is in metres of one `Frame`; the same seed gives the same arrays.
"""

from gridloop.engines.streets.along import along
from gridloop.engines.streets.buildings import footprints
from gridloop.engines.streets.field import WarpField, blob
from gridloop.engines.streets.lines import Lines
from gridloop.engines.streets.names import street_names
from gridloop.engines.streets.network import LANE, MAIN, SECONDARY, Network, Plan, plan_streets

__all__ = [
    "LANE",
    "MAIN",
    "SECONDARY",
    "Lines",
    "Network",
    "Plan",
    "WarpField",
    "along",
    "blob",
    "footprints",
    "plan_streets",
    "street_names",
]
