"""Terminals of invented vehicles: whom a simulation may speak for."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.fleet.models import Terminal


@dataclass(frozen=True, slots=True)
class SyntheticTerminal:
    """A terminal of an invented vehicle."""

    name: str
    plate: str
    plate_colour: int
    kind: str
    device: str
    edition: int | None


def synthetic_terminals(protocol: str, limit: int) -> list[SyntheticTerminal]:
    """The first terminals of invented vehicles in service, blocked ones left out; one statement. Real vehicles are never played."""
    rows = Terminal.objects.filter(
        protocol=protocol, blocked=False, vehicle__synthetic=True, vehicle__in_service=True
    ).order_by("pk")
    columns = ("name", "vehicle__plate", "vehicle__plate_colour", "vehicle__kind", "device", "edition")
    return [SyntheticTerminal(*row) for row in rows.values_list(*columns)[:limit]]
