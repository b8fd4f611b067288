"""What is kept of vehicles, fences, rules, permits and warnings; positions stand in partitions of their own (migrations/0002)."""

from __future__ import annotations

from gridloop.fleet.models.areas import DeclaredRoute, Fence, Occasion, Permit, Rule
from gridloop.fleet.models.keeping import ArchivedDay
from gridloop.fleet.models.orders import Order, Upload
from gridloop.fleet.models.proposals import AnsweredRequest, RuleProposal
from gridloop.fleet.models.register import Stranger, Terminal, Vehicle, VehicleList
from gridloop.fleet.models.replays import RuleReplay
from gridloop.fleet.models.warnings import VehicleWarning

__all__ = [
    "AnsweredRequest",
    "ArchivedDay",
    "DeclaredRoute",
    "Fence",
    "Occasion",
    "Order",
    "Permit",
    "Rule",
    "RuleProposal",
    "RuleReplay",
    "Stranger",
    "Terminal",
    "Upload",
    "Vehicle",
    "VehicleList",
    "VehicleWarning",
]
