"""Puts into words what happens to watches: stages of warnings, each with the version, permit and positions it was decided on."""

from __future__ import annotations

from typing import Any, NamedTuple

from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.state import State
from gridloop.fleet.judge.gate import Gate, gate, next_change
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.rows import RuleRow
from gridloop.fleet.judge.told import Told, listed
from gridloop.fleet.judge.watches import Watch
from gridloop.fleet.rules.kinds import WarningStage


class Spot(NamedTuple):
    """When and where something is decided."""

    at_ms: int
    lon: float
    lat: float


class Teller:
    """Collects what is told in one window."""

    def __init__(self, masters: Masters) -> None:
        self.masters = masters
        self.told: list[Told] = []
        self._line_of = {line.code: line for line in masters.lines}

    def line(self, code: str) -> Line:
        """The rule of this code."""
        return self._line_of[code]

    def last_spot(self, state: State, vehicle: int, at_ms: int) -> Spot:
        """The place where a vehicle was last believed to be, at some moment."""
        lon, lat = state.live.last.lonlat[vehicle].tolist()
        return Spot(at_ms, lon, lat)

    def look(self, watch: Watch, at_ms: int) -> Gate:
        """Look up whether the rule is in force for the watch at this moment, and until when that may stay."""
        line = self._line_of[watch.key.line]
        found = gate(self.masters, line, watch.key.fence, watch.vehicle, at_ms)
        watch.gate_until = next_change(self.masters, line, watch.key.fence, watch.vehicle, at_ms)
        if found.closed_by:
            watch.open_from = NEVER
        elif watch.open_from == NEVER:
            watch.open_from = at_ms
        if not watch.stage and found.version is not None:
            watch.permit, watch.version = found.permit, found.version.row.version
        return found

    def begin(self, watch: Watch, stage: int, suspected: int, spot: Spot) -> None:
        """Tell of a warning for the first time, or that it is confirmed."""
        if not watch.stage:
            watch.suspected, watch.confirmed = suspected, NEVER
        watch.stage = stage
        if stage == 2:
            watch.confirmed = spot.at_ms
        self._say(watch, WarningStage.CONFIRMED if stage == 2 else WarningStage.SUSPECTED, spot, None, {})

    def end(self, watch: Watch, ended_ms: int, spot: Spot, detail: dict[str, Any]) -> None:
        """Tell that what was told is over, or was not so."""
        if watch.stage == 2:
            self._say(watch, WarningStage.ENDED, spot, ended_ms, detail)
        elif watch.stage == 1:
            self._say(watch, WarningStage.WITHDRAWN, spot, None, detail)
        watch.stage, watch.suspected, watch.confirmed = 0, NEVER, NEVER

    def _say(self, watch: Watch, stage: WarningStage, spot: Spot, ended_ms: int | None, detail: dict[str, Any]) -> None:
        ids, fence = self.masters.whom.ids, self.masters.fences.get(watch.key.fence)
        vehicle = int(ids[watch.vehicle])
        other = int(ids[watch.other]) if watch.other >= 0 else None
        rule = self._rule(watch)
        mark = watch.mark or (fence.code if fence else "-")
        who = f"{vehicle}" if other is None else f"{vehicle}+{other}"
        self.told.append(
            Told(
                key=f"{rule.code}|{mark}|{who}|{watch.suspected}",
                stage=stage,
                rule=rule,
                fence=fence,
                vehicle=vehicle,
                other=other,
                lon=spot.lon,
                lat=spot.lat,
                at_ms=spot.at_ms,
                suspected_ms=watch.suspected,
                confirmed_ms=None if watch.confirmed == NEVER else watch.confirmed,
                ended_ms=ended_ms,
                late=watch.key.late,
                positions=listed(watch.positions),
                permit=watch.permit,
                detail=watch.detail | detail,
            )
        )

    def _rule(self, watch: Watch) -> RuleRow:
        versions = self._line_of[watch.key.line].versions
        return next((one.row for one in versions if one.row.version == watch.version), versions[-1].row)
