"""What people do with vehicles, fences, rules, permits and warnings."""

from gridloop.fleet.actions.fences import Drawn, NewFence, change_fence, draw_fence, draw_fences, end_fence
from gridloop.fleet.actions.lists import Filled, drop_list, fill_list, put_list
from gridloop.fleet.actions.permits import (
    NewRoute,
    declare_route,
    drop_occasion,
    issue_permit,
    issue_permits,
    put_occasion,
    revoke_permit,
    withdraw_route,
)
from gridloop.fleet.actions.rulebook import change_rule, decide, end_rule, write_rule, write_rules
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.actions.terminals import (
    bind_terminal,
    bind_terminals,
    block_terminal,
    forget_stranger,
    hash_of,
    limit_terminal,
    new_code,
    unbind_terminal,
)
from gridloop.fleet.actions.vehicles import Taken, change_vehicle, register_vehicle, register_vehicles
from gridloop.fleet.rules.areas import NewPermit, NewRule
from gridloop.fleet.rules.register import NewTerminal, NewVehicle

__all__ = [
    "Drawn",
    "Filled",
    "NewFence",
    "NewPermit",
    "NewRoute",
    "NewRule",
    "NewTerminal",
    "NewVehicle",
    "Taken",
    "bind_terminal",
    "bind_terminals",
    "block_terminal",
    "change_fence",
    "change_rule",
    "change_vehicle",
    "decide",
    "declare_route",
    "draw_fence",
    "draw_fences",
    "drop_list",
    "drop_occasion",
    "end_fence",
    "end_rule",
    "fill_list",
    "forget_stranger",
    "hash_of",
    "issue_permit",
    "issue_permits",
    "limit_terminal",
    "new_code",
    "put_list",
    "put_occasion",
    "register_vehicle",
    "register_vehicles",
    "revoke_permit",
    "tell_gateway",
    "unbind_terminal",
    "withdraw_route",
    "write_rule",
    "write_rules",
]
