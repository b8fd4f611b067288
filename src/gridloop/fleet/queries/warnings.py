# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""Lists of warnings, one warning with everything it was decided on, and how often a rule was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridloop.fleet.models import Rule, VehicleWarning
from gridloop.fleet.queries.areas import RULE_COLUMNS, names_for
from gridloop.fleet.queries.scope import WATCHING, areas_of
from gridloop.fleet.rules.kinds import (
    RULE_KINDS,
    STAGE_NAMES,
    VEHICLE_KINDS,
    RuleKind,
    Severity,
    VehicleKind,
    WarningStage,
)
from gridloop.fleet.rules.warnings import FALSE_REASONS
from gridloop.fleet.rules.words import rule_words
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.kernel.statements import run
from gridloop.places import queries as places

LIMIT_MAX = 200
RATE_DAYS = 90
STAGES_TIMED = (WarningStage.CONFIRMED, WarningStage.SUSPECTED)
OPEN = "w.stage in ('suspected', 'confirmed')"
FIELDS = {
    **{
        name: f"w.{name}"
        for name in (
            "id", "key", "stage", "rule_code", "rule_version", "rule_kind", "severity", "fence_code", "fence_version", "vehicle_id",
            "other_vehicle_id", "lon", "lat", "place", "suspected_at", "confirmed_at", "ended_at", "received_at", "decided_at",
            "delivered_at", "late", "acknowledged_at", "acknowledged_by_id", "shelved_until", "shelf_reason", "false_reason",
            "false_note", "false_at", "case_number",
        )
    },
    "rule_zh": "coalesce(r.name_zh, '')",
    "rule_en": "coalesce(r.name_en, '')",
    "fence_zh": "coalesce(f.name_zh, '')",
    "fence_en": "coalesce(f.name_en, '')",
    "plate": "coalesce(v.plate, '')",
    "vehicle_kind": "coalesce(v.kind, 'other')",
    "firm": "coalesce(v.firm, '')",
    "synthetic": "coalesce(v.synthetic, false)",
}  # fmt: skip
"""What a list shows of a warning, and where it stands."""
SELECTED = ", ".join(f"{place} as {name}" for name, place in FIELDS.items())
JOINED = """
    fleet_warning w
    left join fleet_vehicle v on v.id = w.vehicle_id
    left join fleet_rule r on r.code = w.rule_code and r.version = w.rule_version
    left join fleet_fence f on f.code = w.fence_code and f.version = w.fence_version
"""
RATE_SQL = """
select w.rule_version, count(*) filter (where w.confirmed_at is not null), count(*) filter (where w.false_reason <> ''),
    count(*) filter (where w.stage = 'withdrawn'), count(*) filter (where w.case_number <> ''),
    percentile_cont(0.5) within group (order by extract(epoch from w.acknowledged_at - w.decided_at))
from fleet_warning w where w.rule_code = %(code)s and w.decided_at >= %(since)s group by 1 order by 1 desc
"""
REASONS_SQL = """
select w.false_reason, count(*) from fleet_warning w
where w.rule_code = %(code)s and w.decided_at >= %(since)s and w.false_reason <> '' group by 1
"""
FENCE_SQL = """
select code, version, shape, st_asgeojson(geom, 7)::json, radius_m, width_m, valid_from, valid_to, name_zh, name_en
from fleet_fence where code = %(code)s and version = %(version)s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which warnings: stage, rule's code, rule's kind, kind of vehicle, area (prefix), severity, vehicle; open ones, ones nobody has noted."""

    stage: str = ""
    rule: str = ""
    rule_kind: str = ""
    kind: str = ""
    area: str = ""
    severity: str = ""
    vehicle: int | None = None
    open_only: bool = False
    unacknowledged: bool = False
    since: datetime | None = None
    until: datetime | None = None


def warnings(asked: Asked, *, by: Caller, limit: int = 50, before: int | None = None) -> dict[str, Any]:
    """One page, newest first, and the id from which the next goes on; two statements at most."""
    limit = max(1, min(limit, LIMIT_MAX))
    terms, params = _terms(asked, by)
    if before is not None:
        terms.append("w.id < %(before)s")
        params["before"] = before
    rows = _rows(terms, params | {"limit": limit + 1}, "order by w.id desc limit %(limit)s")
    more = len(rows) > limit
    return {"items": shown(rows[:limit]), "next": rows[limit - 1]["id"] if more else None}


def after(warning_id: int, *, areas: Sequence[str], limit: int = 500) -> list[dict[str, Any]]:
    """Warnings of these areas with a higher id, oldest first: what somebody missed who was away; two statements at most."""
    terms, params = ["w.id > %(after)s"], {"after": warning_id, "limit": limit}
    _scope(terms, params, areas)
    return shown(_rows(terms, params, "order by w.id limit %(limit)s"))


def counts(*, by: Caller) -> dict[str, int]:
    """How many open warnings there are by stage, how many of them nobody has noted, and how many of those are critical; one statement."""
    terms: list[str] = [OPEN, "w.false_reason = ''"]
    params: dict[str, Any] = {}
    _scope(terms, params, areas_of(by, *WATCHING))
    row = run(
        f"""select count(*) filter (where w.stage = 'suspected'), count(*) filter (where w.stage = 'confirmed'),
        count(*) filter (where w.stage = 'confirmed' and w.acknowledged_at is null),
        count(*) filter (where w.stage = 'confirmed' and w.acknowledged_at is null and w.severity = 'critical')
        from fleet_warning w left join fleet_vehicle v on v.id = w.vehicle_id where {" and ".join(terms)}""",
        params,
    )[0]
    return dict(zip(("suspected", "confirmed", "unacknowledged", "critical"), row, strict=True))


def own_warning(warning_id: int, by: Caller, *, hold: bool = False) -> VehicleWarning:
    """The row, if it is in the caller's area, held for a change when asked; NotFound otherwise. Two statements."""
    terms, params = ["w.id = %(id)s"], {"id": warning_id}
    _scope(terms, params, areas_of(by, *WATCHING))
    statement = (
        f"select 1 from fleet_warning w left join fleet_vehicle v on v.id = w.vehicle_id where {' and '.join(terms)}"
    )
    rows = VehicleWarning.objects.select_for_update() if hold else VehicleWarning.objects
    found = rows.filter(pk=warning_id).first() if run(statement, params) else None
    if found is None:
        raise NotFound(f"there is no warning {warning_id} in your area", zh=f"您的区域内没有编号为 {warning_id} 的预警")
    return found


def row_of(warning_id: int) -> dict[str, Any]:
    """A warning as lists show it; two statements at most."""
    return shown(_rows(["w.id = %(id)s"], {"id": warning_id}, ""))[0]


def explained(warning: VehicleWarning, *, now: datetime) -> dict[str, Any]:
    """Why it was given: rule version in words, fence as it was, positions used, permit looked up, and the rule's own record; a fixed number of statements."""
    rule = Rule.objects.filter(code=warning.rule_code, version=warning.rule_version).first()
    times = _times(warning)
    return row_of(warning.pk) | {
        "positions": warning.positions,
        "permit": warning.permit,
        "detail": warning.detail,
        "rule": rule_shown(rule, warning.suspected_at) if rule else None,
        "fence": fence_shown(warning.fence_code, warning.fence_version),
        "rate": rate(warning.rule_code, now=now),
        "false_reasons": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in FALSE_REASONS.items()],
        "times": times,
        "took": _took(times),
    }


def rule_shown(rule: Rule, at: datetime) -> dict[str, Any]:
    """A rule's version in words with its source, its fences named as they were then; two statements at most."""
    plain = {name: getattr(rule, name) for name in RULE_COLUMNS}
    zh, en = rule_words(plain, names_for(rule.fences, [rule.occasion] if rule.occasion else [], at))
    return {
        "code": rule.code, "version": rule.version, "kind": rule.kind, "name_zh": rule.name_zh, "name_en": rule.name_en, "said_zh": zh,
        "said_en": en, "source": rule.source, "confidence": rule.confidence, "severity": rule.severity, "case_class": rule.case_class,
        "valid_from": rule.valid_from, "valid_to": rule.valid_to,
    }  # fmt: skip


def fence_shown(code: str, version: int | None) -> dict[str, Any] | None:
    """A fence as it was in that version: GeoJSON (polygon, point of a circle, line of a corridor) with its measures; one statement."""
    rows = run(FENCE_SQL, {"code": code, "version": version}) if code else []
    if not rows:
        return None
    names = (
        "code", "version", "shape", "geometry", "radius_m", "width_m", "valid_from", "valid_to", "name_zh", "name_en",
    )  # fmt: skip
    return dict(zip(names, rows[0], strict=True))


def rate(code: str, *, now: datetime, days: int = RATE_DAYS) -> dict[str, Any]:
    """How often a rule warned in these days, by version, how often that was called false and why; two statements."""
    asked = {"code": code, "since": now - timedelta(days=days)}
    versions = [
        {"version": row[0], "confirmed": row[1], "false": row[2], "withdrawn": row[3], "cases": row[4], "noted_s": row[5]}
        for row in run(RATE_SQL, asked)
    ]  # fmt: skip
    confirmed, false = sum(one["confirmed"] for one in versions), sum(one["false"] for one in versions)
    reasons = {row[0]: row[1] for row in run(REASONS_SQL, asked)}
    return {
        "code": code,
        "days": days,
        "confirmed": confirmed,
        "false": false,
        "share": round(false / confirmed, 4) if confirmed else None,
        "versions": versions,
        "reasons": [
            {"code": name, "zh": zh, "en": en, "count": reasons[name]}
            for name, (zh, en) in FALSE_REASONS.items()
            if name in reasons
        ],
    }


def _times(warning: VehicleWarning) -> dict[str, datetime | None]:
    """When the stage that counts (confirmed, else suspected) was at the device, came to the gateway, was decided and was on the desk."""
    stage = next((one for one in STAGES_TIMED if f"{one}_decided_at" in warning.detail), "")
    gateway, decision = (
        datetime.fromisoformat(warning.detail[f"{stage}_{name}"]) if stage else getattr(warning, name)
        for name in ("received_at", "decided_at")
    )
    device = warning.suspected_at if stage == WarningStage.SUSPECTED else warning.confirmed_at or warning.suspected_at
    return {"device": device, "gateway": gateway, "decision": decision, "desk": warning.delivered_at}


def _took(times: dict[str, datetime | None]) -> dict[str, float | None]:
    """Seconds from the device's fix to the gateway, from there to the decision, and on to the desk."""

    def between(start: datetime | None, end: datetime | None) -> float | None:
        return None if start is None or end is None else round((end - start).total_seconds(), 3)

    return {
        "to_gateway_s": between(times["device"], times["gateway"]),
        "to_decision_s": between(times["gateway"], times["decision"]),
        "to_desk_s": between(times["decision"], times["desk"]),
    }


def _terms(asked: Asked, by: Caller) -> tuple[list[str], dict[str, Any]]:
    for name, value, known in (
        ("stage", asked.stage, WarningStage), ("rule_kind", asked.rule_kind, RuleKind), ("kind", asked.kind, VehicleKind),
        ("severity", asked.severity, Severity),
    ):  # fmt: skip
        if value and value not in set(known):
            raise Malformed(
                f"there is no {name} '{value[:20]}'; there are: {', '.join(known)}",
                zh=f"{name} 没有取值“{value[:20]}”;可用:{'、'.join(known)}",
                fields={name: "unknown"},
            )
    terms: list[str] = ["true"]
    params: dict[str, Any] = {}
    _scope(terms, params, areas_of(by, *WATCHING))
    wanted: tuple[tuple[str, str, object], ...] = (
        ("stage", "w.stage = %(stage)s", asked.stage),
        ("rule", "w.rule_code = %(rule)s", asked.rule),
        ("rule_kind", "w.rule_kind = %(rule_kind)s", asked.rule_kind),
        ("kind", "v.kind = %(kind)s", asked.kind),
        ("severity", "w.severity = %(severity)s", asked.severity),
        ("vehicle", "(w.vehicle_id = %(vehicle)s or w.other_vehicle_id = %(vehicle)s)", asked.vehicle),
        ("since", "w.decided_at >= %(since)s", asked.since),
        ("until", "w.decided_at < %(until)s", asked.until),
    )
    for field, term, said_of in wanted:
        if said_of not in ("", None):
            terms.append(term)
            params[field] = said_of
    if asked.area:
        terms.append("(w.place like %(area)s or v.area like %(area)s)")
        params["area"] = asked.area.replace("%", "").replace("_", "") + "%"
    if asked.open_only:
        terms += [OPEN, "w.false_reason = ''"]
    if asked.unacknowledged:
        terms.append("w.acknowledged_at is null")
    return terms, params


def _scope(terms: list[str], params: dict[str, Any], areas: Sequence[str]) -> None:
    """What happened in the caller's area, or to a vehicle of it."""
    if "" not in areas:
        terms.append("(w.place like any(%(scope)s) or v.area like any(%(scope)s))")
        params["scope"] = [f"{area}%" for area in areas]


def _rows(terms: Sequence[str], params: dict[str, Any], tail: str) -> list[dict[str, Any]]:
    rows = run(f"select {SELECTED} from {JOINED} where {' and '.join(terms)} {tail}", params)
    return [dict(zip(FIELDS, row, strict=True)) for row in rows]


def shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the names of places and of who took note; one statement for the names of people, none without any."""
    people = {row["acknowledged_by_id"] for row in rows if row["acknowledged_by_id"] is not None}
    noted = identity.person_names(people) if people else {}
    spots = places.names({row["place"] for row in rows if row["place"]})
    return [_shown(row, noted, spots) for row in rows]


def _shown(row: dict[str, Any], noted: Any, spots: Any) -> dict[str, Any]:
    stage_zh, stage_en = STAGE_NAMES[WarningStage(row["stage"])]
    rule_kind = RULE_KINDS[RuleKind(row["rule_kind"])]
    kind = VEHICLE_KINDS[VehicleKind(row["vehicle_kind"])]
    spot = spots.get(row["place"])
    return row | {
        "stage_zh": stage_zh, "stage_en": stage_en, "rule_kind_zh": rule_kind[0], "rule_kind_en": rule_kind[1], "kind_zh": kind[0],
        "kind_en": kind[1], "acknowledged_by": noted.get(row["acknowledged_by_id"], ""), "place_zh": spot.zh if spot else "",
        "place_en": spot.en if spot else "",
    }  # fmt: skip
