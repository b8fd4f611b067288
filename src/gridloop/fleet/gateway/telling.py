"""What the judge told, as rows of the table and as words on the live stream. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.gateway.store import Committed
from gridloop.fleet.judge.told import Told
from gridloop.fleet.rules.kinds import WarningStage

Said = dict[str, Any]


def collapsed(told: Sequence[Told]) -> list[Told]:
    """The last stage of each warning, as one statement may touch a row once; what an earlier stage knew, the later one says too.

    A warning stands where its first stage was told, however many stages a window holds.
    """
    first: dict[str, Told] = {}
    for one in told:
        first.setdefault(one.key, one)
    last = {one.key: one for one in told}
    return [replace(one, lon=first[key].lon, lat=first[key].lat) for key, one in last.items()]


def rows(told: Sequence[Told], fixes: npt.NDArray[np.void], decided_ms: int) -> list[Said]:
    """Rows of warnings_told.sql."""
    last = collapsed(told)
    return [_row(one, came, decided_ms) for one, came in zip(last, received(last, fixes, decided_ms), strict=True)]


def received(told: Sequence[Told], fixes: npt.NDArray[np.void], otherwise_ms: int) -> list[int]:
    """When the fix that decided each of these came in; for what time decided by itself, now."""
    if not told:
        return []
    mine = fixes[np.isin(fixes["vehicle"], [one.vehicle for one in told])]
    vehicles, moments, came = (mine[name].tolist() for name in ("vehicle", "at", "received"))
    newest: dict[int, int] = dict(zip(vehicles, came, strict=True))
    exact: dict[tuple[int, int], int] = dict(zip(zip(vehicles, moments, strict=True), came, strict=True))
    return [exact.get((one.vehicle, one.at_ms), newest.get(one.vehicle, otherwise_ms)) for one in told]


def _row(told: Told, came: int, decided: int) -> Said:
    return {
        "key": told.key,
        "rule_code": told.rule.code,
        "rule_version": told.rule.version,
        "rule_kind": told.rule.kind,
        "severity": told.rule.severity,
        "fence_code": told.fence.code if told.fence else "",
        "fence_version": told.fence.version if told.fence else None,
        "vehicle_id": told.vehicle,
        "other_vehicle_id": told.other,
        "stage": told.stage.value,
        "lon": told.lon,
        "lat": told.lat,
        "suspected_at": iso(told.suspected_ms),
        "confirmed_at": iso(told.confirmed_ms),
        "ended_at": iso(
            told.ended_ms if told.ended_ms is not None or told.stage is not WarningStage.WITHDRAWN else told.at_ms
        ),
        "received_at": iso(came),
        "decided_at": iso(decided),
        "late": told.late,
        "positions": told.positions,
        "permit": told.permit,
        "detail": told.detail,
    }


def words(
    told: Sequence[Told],
    committed: Committed,
    plate_of: Callable[[int], tuple[str, str]],
    fixes: npt.NDArray[np.void],
    decided_ms: int,
) -> list[Said]:
    """What readers of the stream are told, every stage; what the table knew already is not told again. plate_of: (plate, kind)."""
    said: list[Said] = []
    for one, came in zip(told, received(told, fixes, decided_ms), strict=True):
        stored = committed.warnings.get(one.key)
        if stored is None:
            continue
        plate, kind = plate_of(one.vehicle)
        said.append(
            {
                "id": stored[0],
                "key": one.key,
                "stage": one.stage.value,
                "rule_code": one.rule.code,
                "rule_version": one.rule.version,
                "rule_kind": one.rule.kind,
                "severity": one.rule.severity,
                "fence_code": one.fence.code if one.fence else "",
                "vehicle_id": one.vehicle,
                "plate": plate,
                "kind": kind,
                "lon": one.lon,
                "lat": one.lat,
                "place": stored[1],
                "suspected_at_ms": one.suspected_ms,
                "confirmed_at_ms": one.confirmed_ms,
                "ended_at_ms": one.ended_ms,
                "received_at_ms": came,
                "decided_at_ms": decided_ms,
                "late": one.late,
            }
        )
    return said


def iso(ms: int | None) -> str | None:
    """Milliseconds since 1970 UTC as text that PostgreSQL reads."""
    return None if ms is None else dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat()
