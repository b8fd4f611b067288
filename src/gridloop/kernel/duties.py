"""The duties a person can be granted: the roles of the digital city management standard and of running the platform."""

from __future__ import annotations

from enum import StrEnum


class Duty(StrEnum):
    """A duty is held through a grant, by area and unit and for a time; the first eight are the standard's roles."""

    COLLECTOR = "collector"
    ACCEPTOR = "acceptor"
    SHIFT_LEADER = "shift_leader"
    DISPATCHER = "dispatcher"
    UNIT = "unit"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    CITIZEN = "citizen"
    ARBITER = "arbiter"
    ADMIN = "admin"
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"


DUTY_NAMES: dict[Duty, tuple[str, str]] = {
    Duty.COLLECTOR: ("信息采集员", "collector"),
    Duty.ACCEPTOR: ("受理员", "acceptor"),
    Duty.SHIFT_LEADER: ("值班长", "shift leader"),
    Duty.DISPATCHER: ("派遣员", "dispatcher"),
    Duty.UNIT: ("处置单位", "responsible unit"),
    Duty.SUPERVISOR: ("督查员", "supervisor"),
    Duty.LEADER: ("领导", "leader"),
    Duty.CITIZEN: ("市民", "resident"),
    Duty.ARBITER: ("裁决员", "arbiter"),
    Duty.ADMIN: ("系统管理员", "administrator"),
    Duty.AUDITOR: ("审计员", "auditor"),
    Duty.INTEGRATOR: ("对接系统", "connected system"),
}
"""Chinese and English name of each duty."""

DESK = frozenset({Duty.ACCEPTOR, Duty.SHIFT_LEADER, Duty.DISPATCHER, Duty.SUPERVISOR, Duty.LEADER, Duty.ARBITER})
"""Duties of the supervision and command centres: they see every case of their area."""
