"""Positions that another system pushes: only of vehicles in its area, handed to the gateway, answered when they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gridloop.fleet.feeds.push.wire import asked
from gridloop.fleet.models import Vehicle
from gridloop.fleet.queries.scope import CHANGING, areas_of, within
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.caller import Caller

ELSEWHERE = ("this vehicle is not registered in your area", "该车辆不在您的管辖范围内")


def push_positions(positions: Sequence[Mapping[str, Any]], *, socket: Path, by: Caller) -> dict[str, Any]:
    """{stored, refused: [{index, en, zh}]}; Refused where the gateway does not answer. A batch sent twice stores nothing twice.

    Each position's vehicle, moment and serial are its key; no ledger entry is made, as for any other position.
    """
    areas = areas_of(by, *CHANGING)
    mine = list(range(len(positions))) if "" in areas else _inside(positions, areas)
    others = sorted(set(range(len(positions))) - set(mine))
    refused = [{"index": one, "en": ELSEWHERE[0], "zh": ELSEWHERE[1]} for one in others]
    if not mine:
        return {"stored": 0, "refused": refused}
    said = asked(socket, {"positions": [positions[one] for one in mine], "caller": by.name})
    refused += [one | {"index": mine[one["index"]] if one["index"] >= 0 else -1} for one in said["refused"]]
    return {"stored": said["stored"], "refused": sorted(refused, key=lambda one: one["index"])}


def _inside(positions: Sequence[Mapping[str, Any]], areas: tuple[str, ...]) -> list[int]:
    """Which positions are of vehicles in these areas; two statements."""
    ids = {str(one["id"]) for one in positions if one.get("id")}
    plates = {str(one["plate"]) for one in positions if one.get("plate")}
    here = Vehicle.objects.filter(within(areas))
    named = here.filter(terminals__protocol=Protocol.HTTP, terminals__name__in=ids)
    known = set(named.values_list("terminals__name", flat=True))
    plated = set(here.filter(plate__in=plates).values_list("plate", flat=True))
    return [
        number
        for number, one in enumerate(positions)
        if (str(one["id"]) in known if one.get("id") else one.get("plate") in plated)
    ]
