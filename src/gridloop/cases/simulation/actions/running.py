"""A simulation is asked for, and reckoned by a job: one snapshot of the cases, nothing of them written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.db import connection, connections, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.actions.report import home_area
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.suggestions import unit_of_kind
from gridloop.cases.simulation.models import Simulation, SimulationChange
from gridloop.cases.simulation.queries import reading
from gridloop.cases.simulation.queries.reading import DAYS_MAX, Period
from gridloop.cases.simulation.queries.scope import RUNNERS, areas_of
from gridloop.cases.simulation.rules import figures, proposed, warnings
from gridloop.cases.simulation.rules import proposal as proposals
from gridloop.cases.simulation.rules.columns import NONE, Told
from gridloop.cases.simulation.rules.proposal import Proposal
from gridloop.cases.simulation.rules.replay import Replay
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed

DEFER_SQL = """
select procrastinate_defer_jobs_v1(array[
    row('cases', 'cases.simulation.reckon', 0, 'cases.simulation', null, jsonb_build_object('simulation_id', %(simulation_id)s::bigint), null)::procrastinate_job_to_defer_v1
])
"""
ONE_SNAPSHOT = "set transaction isolation level repeatable read"
CHANGES_KEPT = 30
"""Simulations whose list of cases is kept; older ones keep their figures."""
FORGET = """
delete from cases_simulation_change where simulation_id <= (select id from cases_simulation order by id desc offset %s limit 1)
"""
STORED_AT_ONCE = 5000
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Found:
    """What a replay found: the figures, the cases that change hands, and what it was reckoned from."""

    told: Told
    figures: dict[str, Any]
    position: int
    masters_version: int


def ask(raw: Any, *, days: int, by: Caller, now: dt.datetime) -> Simulation:
    """Write a simulation down and have it reckoned by a job. Malformed names every fault of the proposal."""
    made = begun(raw, days=days, by=by, now=now)
    sql.run(DEFER_SQL, {"simulation_id": made.pk})
    return made


@transaction.atomic
def begun(raw: Any, *, days: int, by: Caller, now: dt.datetime) -> Simulation:
    """A simulation with its proposal checked, waiting to be reckoned."""
    areas = _within_city(areas_of(by, RUNNERS))
    if not 1 <= days <= DAYS_MAX:
        raise Malformed(
            f"days: 1 to {DAYS_MAX}", zh=f"回放天数应为 1 至 {DAYS_MAX}", fields={"days": f"1 to {DAYS_MAX}"}
        )
    wanted = proposals.read(raw, reading.ground(now))
    made = Simulation.objects.create(
        by_id=by.person_id,
        by_name=by.name,
        at=now,
        days=days,
        title=wanted.title,
        proposal=wanted.written(),
        areas=list(areas),
    )
    detail = {"days": days, "proposal": _digest(wanted), "areas": list(areas)}
    ledger.record(by, "simulation.asked", f"simulation:{made.pk}", at=now, area=home_area(), detail=detail)
    return made


def _within_city(areas: Sequence[str]) -> tuple[str, ...]:
    """The same areas, the city itself where one is wider: everybody who holds the whole city then may read the result."""
    city = home_area()
    return tuple(sorted({city if city.startswith(area) else area for area in areas}))


def reckon(simulation_id: int, *, now: dt.datetime, page: int = reading.PAGE) -> Simulation:
    """Reckon a waiting simulation; one that was reckoned already stays as it is. A proposal that no longer fits the masters says so."""
    found = Simulation.objects.get(pk=simulation_id)
    if found.state in {"done", "failed"}:
        return found
    found.state, found.of = "running", reading.count(Period(found.at, found.days, tuple(found.areas)))
    found.save(update_fields=["state", "of"])
    try:
        result = _replayed(found, page=page)
    except GridloopError as wrong:
        found.state, found.error_en, found.error_zh = "failed", wrong.en, wrong.zh
    else:
        _keep(found, result)
    found.ended_at = now
    found.save()
    return found


def _replayed(found: Simulation, *, page: int) -> Found:
    period = Period(found.at, found.days, tuple(found.areas))
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:  # inside another transaction its own snapshot holds
            with connection.cursor() as cursor:
                cursor.execute(ONE_SNAPSHOT)
        wanted = proposals.read(found.proposal, reading.ground(found.at))
        return replayed(wanted, period, page=page, progress=_teller(found.pk))


def replayed(wanted: Proposal, period: Period, *, page: int = reading.PAGE, progress: Progress | None = None) -> Found:
    """Replay the period under the masters in force at its end, and under the proposed ones. The same proposal and data give the same result."""
    masters = proposed.today_for_all(masters_now.current(period.at))
    after = proposed.applied(masters, wanted)
    known = proposed.prefixes(masters) | proposed.prefixes(after) | reading.unit_areas()
    replay = Replay(masters, after, unit_for_kind=unit_of_kind, prefixes=known, at=period.at)
    position, read = reading.position(), 0
    for rows in reading.pages(period, size=page):
        replay.add(rows)
        read += len(rows)
        if progress is not None:
            progress(read)
    told = replay.told()
    made = figures.figures(told, days=period.days, seed=_seed(wanted))
    made["warnings"] = [
        *warnings.overloaded(made["units"]), *warnings.unrouted(told), *warnings.idle_rules(after, replay.decided())
    ]  # fmt: skip
    made["ways"] = [
        {"unit_id": way.unit_id, "rule": _rule(way.rule_id), "zh": warnings.spoken(way.why_zh), "en": warnings.spoken(way.why_en)}
        for way in told.ways
    ]  # fmt: skip
    return Found(told, made, position, masters.version)


def _rule(rule_id: int | None) -> str:
    return "" if rule_id is None else warnings.spoken(str(rule_id))


def _digest(wanted: Proposal) -> str:
    return hashlib.sha256(orjson.dumps(wanted.written(), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _seed(wanted: Proposal) -> int:
    """The same for the same changes, whatever they are called."""
    return int(_digest(replace(wanted, title=""))[:15], 16)


def _teller(simulation_id: int) -> Progress:
    """Tells how many cases were read by a connection of its own, because the reading one shows nothing before its end."""

    def told(done: int) -> None:
        beside = connections["default"].copy()
        try:
            with beside.cursor() as cursor:
                cursor.execute("update cases_simulation set done = %s where id = %s", [done, simulation_id])
        finally:
            beside.close()

    return told


@transaction.atomic
def _keep(found: Simulation, result: Found) -> None:
    told = result.told
    found.state, found.done, found.of = "done", len(told.ids), len(told.ids)
    found.position, found.masters_version = result.position, result.masters_version
    found.figures, found.totals = result.figures, result.figures["totals"]
    found.changes.all().delete()
    moved = [int(row) for row in told.moved.nonzero()[0]]
    SimulationChange.objects.bulk_create((_change(found, told, row) for row in moved), batch_size=STORED_AT_ONCE)
    sql.run(FORGET, [CHANGES_KEPT])


def _change(found: Simulation, told: Told, row: int) -> SimulationChange:
    return SimulationChange(
        simulation=found, case_id=int(told.ids[row]), number=told.numbers[row], title=told.titles[row],
        class_key=told.classes[told.class_of[row]], place=told.places[row], opened_at=told.opened[row], from_unit=_unit(told.from_unit[row]),
        to_unit=_unit(told.to_unit[row]), before=int(told.before[row]), after=int(told.after[row]),
    )  # fmt: skip


def _unit(value: Any) -> int | None:
    return None if value == NONE else int(value)
