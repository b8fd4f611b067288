"""The switch: what was simulated is put into force from a day on, all at once or not at all, under an entry that cites the simulation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.actions import masters as routes
from gridloop.cases.actions import merging
from gridloop.cases.actions.report import home_area
from gridloop.cases.proposals.actions import proposing
from gridloop.cases.simulation.models import Simulation
from gridloop.cases.simulation.queries import reading
from gridloop.cases.simulation.queries.simulations import one_of
from gridloop.cases.simulation.rules import proposal as proposals
from gridloop.cases.simulation.rules.proposal import Proposal
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, Refused
from gridloop.places import actions as places

AHEAD_MAX = dt.timedelta(days=366)
WHY_MAX = 300
TIERS = ("A", "B", "C")


def ask_switch(simulation_id: int, valid_from: dt.date, why: str, *, by: Caller, now: dt.datetime) -> Simulation:
    """Have the proposal hold from a day after today on; where it changes limits, another administrator has to confirm before anything is written."""
    with transaction.atomic():
        found = _held(simulation_id, by=by)
        if found.switch_asked_at is not None:
            raise Refused(
                f"{found.switch_asked_name} has asked for this switch already; confirm or withdraw it",
                zh=f"{found.switch_asked_name} 已申请切换,请确认或撤回",
            )
        _check_day(valid_from, why, now)
        wanted = _fitting(found, now)
        found.switch_from, found.switch_why = valid_from, why.strip()
        found.switch_asked_by, found.switch_asked_name, found.switch_asked_at = (
            identity.require_person(by),
            by.name,
            now,
        )
        if wanted.limits:
            found.save()
            _entry(found, wanted, "simulation.switch_asked", by=by, now=now)
        else:
            _switch(found, wanted, by=by, now=now)
    return found


def confirm(simulation_id: int, *, by: Caller, now: dt.datetime) -> Simulation:
    """Another administrator than the one who asked says yes, and everything is written. Refused once the day has come."""
    with transaction.atomic():
        found = _asked(simulation_id, by=by)
        if found.switch_asked_by == identity.require_person(by):
            raise Refused(
                "you asked for this switch yourself; changed limits need a second administrator to confirm them",
                zh="切换由您本人申请;涉及时限变更须由另一名管理员确认",
            )
        if found.switch_from is None or found.switch_from <= in_city(now).date():
            raise Refused(
                f"the switch was to hold from {found.switch_from}, and that day has come; withdraw it and ask for a later day",
                zh=f"申请的切换日期 {found.switch_from} 已到,请撤回后改选之后的日期",
            )
        _switch(found, _fitting(found, now), by=by, now=now)
    return found


def withdraw(simulation_id: int, *, by: Caller, now: dt.datetime) -> Simulation:
    """Take back a switch that waits for its confirmation; nothing was written yet."""
    with transaction.atomic():
        found = _asked(simulation_id, by=by)
        detail = {"asked_by": found.switch_asked_name, "from": str(found.switch_from)}
        found.switch_from = found.switch_asked_by = found.switch_asked_at = None
        found.switch_why = found.switch_asked_name = ""
        found.save()
        subject = f"simulation:{found.pk}"
        ledger.record(by, "simulation.switch_withdrawn", subject, at=now, area=home_area(), detail=detail)
    return found


def _held(simulation_id: int, *, by: Caller) -> Simulation:
    """The reckoned simulation, locked, for an administrator of the city; Refused when it was put into force already."""
    identity.require_grant(by, Duty.ADMIN, area=home_area())
    one_of(simulation_id, by=by)
    found = Simulation.objects.select_for_update().get(pk=simulation_id)
    if found.state != "done":
        raise Refused("the simulation has no result yet", zh="模拟尚无结果,不能切换")
    if found.switched_at is not None:
        raise Refused(
            f"it was switched already, from {found.switch_from} on", zh=f"已切换,自 {found.switch_from} 起生效"
        )
    return found


def _asked(simulation_id: int, *, by: Caller) -> Simulation:
    found = _held(simulation_id, by=by)
    if found.switch_asked_at is None:
        raise Refused("nobody has asked for this switch yet", zh="尚未申请切换")
    return found


def _check_day(valid_from: dt.date, why: str, now: dt.datetime) -> None:
    today = in_city(now).date()
    fields = {}
    if not today < valid_from <= today + AHEAD_MAX:
        fields["valid_from"] = f"a day after {today}, and at most a year ahead"
    if not 0 < len(why.strip()) <= WHY_MAX:
        fields["why"] = f"say why, in at most {WHY_MAX} characters"
    if fields:
        listed = "; ".join(f"{name}: {reason}" for name, reason in fields.items())
        raise Malformed(
            f"the switch cannot be made: {listed}", zh=f"切换申请有误:生效日期须在 {today} 之后一年内,并填写理由", fields=fields
        )  # fmt: skip


def _fitting(found: Simulation, now: dt.datetime) -> Proposal:
    """The proposal, which has to fit the masters still; Refused where it does not or changes nothing."""
    try:
        wanted = proposals.read(found.proposal, reading.ground(now))
    except Malformed as wrong:
        raise Refused(
            f"the masters have changed since the simulation, simulate again: {wrong.en}",
            zh=f"配置自模拟后已变更,请重新模拟:{wrong.zh}",
        ) from wrong
    if wanted.empty:
        raise Refused(
            "the proposal changes nothing; change a rule first, then simulate again",
            zh="方案没有任何变更,请先改动规则再模拟",
        )
    return wanted


def _switch(found: Simulation, wanted: Proposal, *, by: Caller, now: dt.datetime) -> None:
    """Everything through the actions by which the masters are edited one by one."""
    day, asker, asked_at = found.switch_from, found.switch_asked_by, found.switch_asked_at
    if day is None or asker is None or asked_at is None:
        raise ValueError("a switch has a day and somebody who asked for it")
    for route_id in wanted.routes_ended:
        routes.end_route(route_id, by=by, now=now, valid_from=day)
    for one in wanted.routes_added:
        routes.add_route(
            area=one.area, class_kind=one.class_kind, class_prefix=one.class_prefix, unit_id=one.unit, dept_kind=one.dept_kind,
            priority=one.priority, note_zh=one.note, note_en=one.note, by=by, now=now, valid_from=day,
        )  # fmt: skip
    why = f"simulation {found.pk}: {found.switch_why}"
    for limit in wanted.limits:
        said = {f"tier_{tier.lower()}": float(limit.tiers.get(tier, limit.limit)) for tier in TIERS}
        proposing.agreed_limit(
            f"{limit.kind}:{limit.code}:{limit.rule_no}",
            said | {"limit_value": float(limit.limit), "limit_unit": limit.unit},
            day, why, asked_by=asker, asked_at=asked_at, by=by, now=now,
        )  # fmt: skip
    for boundary in wanted.boundaries:
        places.answer_for(boundary.area, boundary.kind, boundary.unit, by=by, now=now, valid_from=day)
    for merger in wanted.mergers:
        merging.merge_unit(merger.from_unit, merger.to_unit, valid_from=day, by=by, now=now)
    found.switch_by, found.switch_name, found.switched_at = identity.require_person(by), by.name, now
    found.save()
    _entry(found, wanted, "simulation.switched", by=by, now=now)


def _entry(found: Simulation, wanted: Proposal, action: str, *, by: Caller, now: dt.datetime) -> None:
    """The entry that cites the simulation: what it was reckoned from, and everything that changes."""
    detail: dict[str, Any] = {
        "from": str(found.switch_from), "why": found.switch_why, "asked_by": found.switch_asked_name, "position": found.position,
        "proposal": wanted.written(),
    }  # fmt: skip
    ledger.record(by, action, f"simulation:{found.pk}", at=now, area=home_area(), detail=detail)
