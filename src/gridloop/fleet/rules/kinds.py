"""The words of supervision: kinds of vehicles, of fences, of rules and of warnings, with their Chinese and English names."""

from __future__ import annotations

from enum import StrEnum


class VehicleKind(StrEnum):
    """Kinds of supervised vehicles (道路运输车辆动态监督管理办法 and the city's own)."""

    HAZMAT = "hazmat"
    EXPLOSIVES = "explosives"
    COACH = "coach"
    SCHOOL_BUS = "school_bus"
    BUS = "bus"
    TAXI = "taxi"
    RIDE_HAILING = "ride_hailing"
    TRUCK = "truck"
    CONSTRUCTION = "construction"
    SANITATION = "sanitation"
    POLICE = "police"
    FIRE = "fire"
    AMBULANCE = "ambulance"
    OTHER = "other"


VEHICLE_KINDS: dict[VehicleKind, tuple[str, str]] = {
    VehicleKind.HAZMAT: ("危险货物运输车", "hazardous-goods truck"),
    VehicleKind.EXPLOSIVES: ("民用爆炸物品运输车", "explosives truck"),
    VehicleKind.COACH: ("客运班车和包车", "coach"),
    VehicleKind.SCHOOL_BUS: ("校车", "school bus"),
    VehicleKind.BUS: ("公交车", "bus"),
    VehicleKind.TAXI: ("巡游出租车", "taxi"),
    VehicleKind.RIDE_HAILING: ("网约车", "ride-hailing car"),
    VehicleKind.TRUCK: ("重型货车", "heavy truck"),
    VehicleKind.CONSTRUCTION: ("渣土车", "construction-waste truck"),
    VehicleKind.SANITATION: ("环卫车", "sanitation truck"),
    VehicleKind.POLICE: ("警车", "police car"),
    VehicleKind.FIRE: ("消防车", "fire engine"),
    VehicleKind.AMBULANCE: ("救护车", "ambulance"),
    VehicleKind.OTHER: ("其他车辆", "other vehicle"),
}


class Protocol(StrEnum):
    """How a terminal speaks; a terminal's name is unique within its protocol."""

    JT808 = "jt808"
    JT809 = "jt809"
    MQTT = "mqtt"
    GTFS_RT = "gtfs_rt"
    NMEA = "nmea"
    HTTP = "http"


class ShapeKind(StrEnum):
    """What a fence looks like: polygon with holes, circle with a radius, line with a full width."""

    AREA = "area"
    CIRCLE = "circle"
    CORRIDOR = "corridor"


class RuleKind(StrEnum):
    """What a rule forbids or demands."""

    NO_GO = "no_go"
    STAY_WITHIN = "stay_within"
    SPEED = "speed"
    DWELL = "dwell"
    GATHERING = "gathering"
    OFF_ROUTE = "off_route"
    OFF_TIME = "off_time"
    REST = "rest"
    SILENCE = "silence"
    JUMP = "jump"
    CLONE = "clone"
    BREACH_AHEAD = "breach_ahead"


RULE_KINDS: dict[RuleKind, tuple[str, str]] = {
    RuleKind.NO_GO: ("禁止驶入", "no-go"),
    RuleKind.STAY_WITHIN: ("禁止驶出", "stay within"),
    RuleKind.SPEED: ("超速", "speed"),
    RuleKind.DWELL: ("停留超时", "dwell"),
    RuleKind.GATHERING: ("危货车辆聚集", "gathering"),
    RuleKind.OFF_ROUTE: ("偏离申报路线", "off the declared route"),
    RuleKind.OFF_TIME: ("偏离申报时间", "outside the declared time"),
    RuleKind.REST: ("疲劳驾驶", "rest times"),
    RuleKind.SILENCE: ("区内失联", "silent inside"),
    RuleKind.JUMP: ("位置跳变", "jump"),
    RuleKind.CLONE: ("终端克隆", "cloned terminal"),
    RuleKind.BREACH_AHEAD: ("即将驶入", "about to enter"),
}


class WarningStage(StrEnum):
    """A warning is suspected at once and confirmed by later fixes; it ends when its cause does, or is withdrawn unconfirmed."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


STAGE_NAMES: dict[WarningStage, tuple[str, str]] = {
    WarningStage.SUSPECTED: ("疑似", "suspected"),
    WarningStage.CONFIRMED: ("已确认", "confirmed"),
    WarningStage.ENDED: ("已结束", "ended"),
    WarningStage.WITHDRAWN: ("已撤销", "withdrawn"),
}


class Severity(StrEnum):
    """How loud a warning is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    INFO = "info"
