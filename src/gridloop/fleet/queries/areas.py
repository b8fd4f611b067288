"""Fences, rules, permits, declared routes and occasions as lists and cards, and which fence or rule of a code holds now."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import shapely
from django.conf import settings
from django.db.models import Q, QuerySet

from gridloop.fleet.models import DeclaredRoute, Fence, Occasion, Permit, Rule, RuleProposal, Vehicle
from gridloop.fleet.queries.scope import LOOKING, areas_of, touching, within
from gridloop.fleet.queries.vehicles import LIMIT_MAX, Page, permit_line, plates, route_line
from gridloop.fleet.rules.borders import Box
from gridloop.fleet.rules.kinds import RULE_KINDS, RuleKind
from gridloop.fleet.rules.words import rule_words
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound
from gridloop.places import queries as places

CITY_DIGITS, COUNTY_DIGITS = 4, 6
FENCES_MAX = 5_000


def in_force(now: datetime) -> Q:
    """Rows that hold now."""
    return Q(valid_from__lte=now) & (Q(valid_to=None) | Q(valid_to__gt=now))


def city_box() -> Box | None:
    """West, south, east, north round the city's counties; None while no outline is known."""
    try:
        return _box(str(settings.CONFIG.city.code)[:CITY_DIGITS])
    except NotFound:
        return None


@functools.cache
def _box(code: str) -> Box:
    """Raises NotFound when an outline is missing, and is not kept then."""
    bounds = [places.outline(one.area).bounds for one in places.divisions(code) if len(one.area) == COUNTY_DIGITS]
    if not bounds:
        raise NotFound(f"no counties are known under {code}", zh=f"{code} 下没有区县")
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


def fence_now(code: str, now: datetime, *, lock: bool = False) -> Fence:
    """The version of a fence that holds now; NotFound where none does."""
    rows = Fence.objects.select_for_update() if lock else Fence.objects
    row = rows.filter(in_force(now), code=code).order_by("-version").first()
    if row is None:
        raise NotFound(f"there is no fence {code[:60]} in force", zh=f"没有生效中的围栏 {code[:60]}")
    return row


def rule_now(code: str, now: datetime, *, lock: bool = False) -> Rule:
    """The version of a rule that holds now; NotFound where none does."""
    rows = Rule.objects.select_for_update() if lock else Rule.objects
    row = rows.filter(in_force(now), code=code).order_by("-version").first()
    if row is None:
        raise NotFound(f"there is no rule {code[:60]} in force", zh=f"没有生效中的规则 {code[:60]}")
    return row


def moment_after(versions: QuerySet[Any], now: datetime) -> datetime:
    """Now, or a microsecond after the newest of these versions began where that is later: no two changes are of one moment, because a span has a length."""
    newest = versions.order_by("-version").values_list("valid_from", flat=True).first()
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


def fences(
    *, by: Caller, now: datetime, q: str = "", shape: str = "", state: str = "now", limit: int = 50, cursor: str = ""
) -> Page:
    """Fences that concern the caller's area, by code; with the rules that name each; two statements. `state` is now, over or any."""
    limit = max(1, min(limit, FENCES_MAX))
    found = Fence.objects.filter(touching(areas_of(by, *LOOKING)))
    found = _of_state(found, state, now)
    if shape:
        found = found.filter(shape=shape)
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name_zh__icontains=q) | Q(name_en__icontains=q))
    if cursor:
        code, _, version = cursor.rpartition("|")
        found = found.filter(Q(code__gt=code) | Q(code=code, version__lt=int(version) if version.isdigit() else 0))
    rows = list(found.order_by("code", "-version")[: limit + 1])
    named = _rules_of({row.code for row in rows}, now)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([fence_line(row, named, now) for row in rows[:limit]], f"{last.code}|{last.version}" if last else None)


def fence(code: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card: the newest version with its shape, all versions and the rules that name it; two statements. NotFound for another area's."""
    rows = list(Fence.objects.filter(touching(areas_of(by, *LOOKING)), code=code).order_by("-version")[:200])
    if not rows:
        raise NotFound(f"there is no fence {code[:60]}", zh=f"没有围栏 {code[:60]}")
    card = fence_line(rows[0], _rules_of({code}, now), now)
    return card | {"versions": [fence_line(row, {}, now) for row in rows]}


def fence_line(row: Fence, named: dict[str, list[dict[str, Any]]], now: datetime) -> dict[str, Any]:
    """A fence for the web, its geometry as GeoJSON."""
    holds = row.valid_from <= now and (row.valid_to is None or row.valid_to > now)
    return {
        "id": row.pk, "code": row.code, "version": row.version, "name_zh": row.name_zh, "name_en": row.name_en or row.name_zh, "shape": row.shape,
        "geometry": geojson(row), "radius_m": row.radius_m, "width_m": row.width_m, "area": row.area, "note": row.note, "valid_from": row.valid_from,
        "valid_to": row.valid_to, "in_force": holds, "rules": named.get(row.code, []), "synthetic": row.synthetic,
    }  # fmt: skip


def geojson(row: Fence) -> dict[str, Any]:
    """The bone of a fence: outline, middle or line."""
    geom = shapely.from_wkb(bytes(row.geom.wkb))
    found: dict[str, Any] = shapely.geometry.mapping(geom)
    return found


def rules(
    *, by: Caller, now: datetime, q: str = "", kind: str = "", fence_code: str = "", state: str = "now", limit: int = 100, cursor: str = ""
) -> Page:  # fmt: skip
    """Rules that concern the caller's area, by code, each in words; three statements."""
    limit = max(1, min(limit, LIMIT_MAX))
    found = _of_state(Rule.objects.filter(touching(areas_of(by, *LOOKING))), state, now)
    if kind:
        found = found.filter(kind=kind)
    if fence_code:
        found = found.filter(fences__contains=[fence_code])
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name_zh__icontains=q) | Q(name_en__icontains=q))
    if cursor:
        code, _, version = cursor.rpartition("|")
        found = found.filter(Q(code__gt=code) | Q(code=code, version__lt=int(version) if version.isdigit() else 0))
    rows = list(found.order_by("code", "-version")[: limit + 1])
    names = names_of(rows[:limit], now)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([rule_line(row, names, now) for row in rows[:limit]], f"{last.code}|{last.version}" if last else None)


def rule(code: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card: the newest version in words, all versions, and what waits or waited for a second person; five statements."""
    rows = list(Rule.objects.filter(touching(areas_of(by, *LOOKING)), code=code).order_by("-version")[:200])
    if not rows:
        raise NotFound(f"there is no rule {code[:60]}", zh=f"没有规则 {code[:60]}")
    names = names_of(rows, now)
    asked = RuleProposal.objects.filter(code=code).order_by("-pk")[:50]
    card = rule_line(rows[0], names, now)
    return card | {
        "concerned": concerned(card),
        "versions": [rule_line(row, names, now) for row in rows],
        "proposals": [proposal_line(one) for one in asked],
    }


def rule_line(row: Rule, names: dict[str, dict[str, tuple[str, str]]], now: datetime) -> dict[str, Any]:
    """A rule for the web, with its sentence in both languages."""
    kind = RULE_KINDS[RuleKind(row.kind)]
    plain = {name: getattr(row, name) for name in RULE_COLUMNS}
    zh, en = rule_words(plain, names)
    return plain | {
        "id": row.pk, "version": row.version, "kind_zh": kind[0], "kind_en": kind[1], "words_zh": zh, "words_en": en, "valid_from": row.valid_from,
        "valid_to": row.valid_to, "in_force": row.valid_from <= now and (row.valid_to is None or row.valid_to > now), "synthetic": row.synthetic,
    }  # fmt: skip


RULE_COLUMNS = ("code", "kind", "name_zh", "name_en", "fences", "kinds", "firms", "lists", "plates", "params", "weekly", "holidays", "occasion",
                "permit_kinds", "severity", "case_class", "source", "confidence", "area")  # fmt: skip


def names_of(rows: Iterable[Rule], now: datetime) -> dict[str, dict[str, tuple[str, str]]]:
    """Names (zh, en) of the fences and occasions that rules name, for their words; two statements."""
    codes = {code for row in rows for code in row.fences}
    events = {row.occasion for row in rows if row.occasion}
    return names_for(codes, events, now)


def names_for(codes: Iterable[str], events: Iterable[str], now: datetime) -> dict[str, dict[str, tuple[str, str]]]:
    """Names (zh, en) by code: `fences` and `occasions`."""
    known = Fence.objects.filter(in_force(now), code__in=set(codes)).values_list("code", "name_zh", "name_en")
    times = Occasion.objects.filter(code__in=set(events)).values_list("code", "name_zh", "name_en")
    return {
        "fences": {code: (zh, en or zh) for code, zh, en in known},
        "occasions": {code: (zh, en or zh) for code, zh, en in times},
    }


def about(rule: Mapping[str, Any]) -> Q:
    """The vehicles that a rule is about: any of its kinds, firms, lists, plates, or all."""
    found = Q()
    for column, name in (
        ("kind__in", "kinds"),
        ("firm__in", "firms"),
        ("lists__overlap", "lists"),
        ("plate__in", "plates"),
    ):
        if rule[name]:
            found |= Q(**{column: list(rule[name])})
    return found


def concerned(rule: Mapping[str, Any]) -> int:
    """How many vehicles in service a rule is about; one statement."""
    return int(Vehicle.objects.filter(about(rule), in_service=True).count())


def proposals(*, by: Caller, state: str = "proposed") -> list[dict[str, Any]]:
    """Changes of critical rules that wait for a second person, newest first; one statement."""
    found = RuleProposal.objects.filter(touching(areas_of(by, *LOOKING)))
    if state:
        found = found.filter(state=state)
    return [proposal_line(one) | {"own": one.by_id == by.person_id} for one in found.order_by("-pk")[:LIMIT_MAX]]


def proposal_line(row: RuleProposal) -> dict[str, Any]:
    """A proposal for the web."""
    return {
        "id": row.pk, "code": row.code, "base_version": row.base_version, "ends": row.ends, "said": row.said, "why": row.why, "state": row.state,
        "by_id": row.by_id, "at": row.at, "decided_by_id": row.decided_by_id, "decided_at": row.decided_at, "note": row.note,
    }  # fmt: skip


def permits(
    *, by: Caller, now: datetime, q: str = "", kind: str = "", state: str = "", limit: int = 50, cursor: int = 0
) -> Page:
    """Permits of the vehicles that the caller sees, newest first, with plates; two statements. `state` is valid, coming, over or revoked."""
    limit = max(1, min(limit, LIMIT_MAX))
    seen = Vehicle.objects.filter(within(areas_of(by, *LOOKING)))
    found = Permit.objects.filter(vehicle_id__in=seen.values("pk"))
    if q:
        of_plate = seen.filter(plate__contains=q.strip().upper()).values("pk")
        found = found.filter(Q(number__icontains=q.strip()) | Q(vehicle_id__in=of_plate))
    if kind:
        found = found.filter(kind=kind)
    if state == "revoked":
        found = found.filter(revoked_at__isnull=False)
    elif state:
        found = found.filter(permit_states(now)[state], revoked_at=None)
    if cursor:
        found = found.filter(pk__lt=cursor)
    rows = list(found.order_by("-pk")[: limit + 1])
    names = plates(row.vehicle_id for row in rows)
    items = [permit_line(row, now) | {"id": row.pk, "plate": names.get(row.vehicle_id, "")} for row in rows[:limit]]
    return Page(items, str(rows[limit - 1].pk) if len(rows) > limit else None)


def permit_states(now: datetime) -> dict[str, Q]:
    """How each state of a permit is asked for."""
    return {
        "valid": Q(valid_from__lte=now, valid_to__gt=now),
        "coming": Q(valid_from__gt=now),
        "over": Q(valid_to__lte=now),
    }


def routes(*, by: Caller, now: datetime, q: str = "", state: str = "", limit: int = 50, cursor: int = 0) -> Page:
    """Declared routes of the vehicles that the caller sees, newest first; two statements. `state` is now, coming, over or "" for all."""
    limit = max(1, min(limit, LIMIT_MAX))
    seen = Vehicle.objects.filter(within(areas_of(by, *LOOKING)))
    found = DeclaredRoute.objects.filter(vehicle_id__in=seen.values("pk"))
    if q:
        of_plate = seen.filter(plate__contains=q.strip().upper()).values("pk")
        found = found.filter(Q(number__icontains=q.strip()) | Q(vehicle_id__in=of_plate))
    if state:
        found = found.filter(route_states(now)[state])
    if cursor:
        found = found.filter(pk__lt=cursor)
    rows = list(found.order_by("-pk")[: limit + 1])
    names = plates(row.vehicle_id for row in rows)
    items = [route_line(row) | {"id": row.pk, "plate": names.get(row.vehicle_id, "")} for row in rows[:limit]]
    return Page(items, str(rows[limit - 1].pk) if len(rows) > limit else None)


def route_states(now: datetime) -> dict[str, Q]:
    """How each state of a declared route is asked for."""
    return {
        "now": Q(starts_at__lte=now, ends_at__gt=now),
        "coming": Q(starts_at__gt=now),
        "over": Q(ends_at__lte=now),
    }


def occasions(*, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """One-off events with the rules that name them, the latest first; two statements."""
    named = rules_naming("occasion", by=by, now=now)
    rows = [
        {
            "code": row.code, "name_zh": row.name_zh, "name_en": row.name_en or row.name_zh, "spans": row.spans,
            "rules": named.get(row.code, []),
        }
        for row in Occasion.objects.all()[:500]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: str(row["spans"]), reverse=True)


def _of_state(found: QuerySet[Any], state: str, now: datetime) -> QuerySet[Any]:
    if state == "any":
        return found
    return found.filter(in_force(now)) if state == "now" else found.exclude(in_force(now))


def rules_naming(what: Literal["lists", "occasion"], *, by: Caller, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The rules in force that concern the caller's area, by the lists or the occasion that they name; one statement."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = Rule.objects.filter(in_force(now), touching(areas_of(by, *LOOKING)))
    for row in rows.exclude(**{what: [] if what == "lists" else ""}).order_by("code"):
        for code in row.lists if what == "lists" else [row.occasion]:
            found.setdefault(code, []).append(_named(row))
    return found


def _rules_of(codes: set[str], now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The rules in force that name each fence."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in Rule.objects.filter(in_force(now), fences__overlap=sorted(codes)).order_by("code"):
        for code in row.fences:
            found.setdefault(code, []).append(_named(row))
    return found


def _named(row: Rule) -> dict[str, Any]:
    """A rule as it stands beside what it names."""
    return {
        "code": row.code, "kind": row.kind, "name_zh": row.name_zh, "name_en": row.name_en or row.name_zh, "severity": row.severity,
    }  # fmt: skip
