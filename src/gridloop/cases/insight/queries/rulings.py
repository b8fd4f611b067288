"""The arbiter's rulings, and the routing rules that they suggest; nothing here changes a route."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gridloop.cases.insight import sql
from gridloop.cases.insight.queries import asking, naming
from gridloop.cases.insight.queries.asking import About
from gridloop.cases.insight.rules import rulings as rules
from gridloop.cases.insight.rules.rulings import City, Draft, Group, Ruling
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.queries.suggestions import unit_of_kind
from gridloop.kernel.statements import run

DOOR = "/masters/routes"
"""Where a suggestion is sent to, by whoever administers the area."""
NUMBERS_MAX = 20


def suggested(about: About, *, level: int, least: int, now: dt.datetime) -> dict[str, Any]:
    """The rulings of the period by class, area and kind of unit, each with a ready routing rule or why there is none."""
    params = asking.params(asking.checked(about))
    narrowed = asking.narrowed(about, params)
    rulings = [Ruling(*row) for row in run(sql.text("rulings").format(narrowed=narrowed), params)]
    masters = masters_now.current(now)
    known = names.units(one.unit_id for one in rulings)
    city = City(masters, unit_of_kind, lambda unit_id: known[unit_id].kind if unit_id in known else "")
    groups = rules.grouped(rulings, city, level=level, least=least)
    told = {unit for group in groups for unit in (*group.units, *group.today)}
    words = {
        "units": naming.units(told),
        "classes": naming.classes((f"{one.class_kind}:{one.class_code}" for one in groups), masters),
        "places": naming.places(one.area for one in groups),
    }
    return {"rulings": len(rulings), "door": DOOR, "items": [_item(one, words) for one in groups], "names": words}


def _item(group: Group, words: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    way = group.route_today
    return {
        "class": f"{group.class_kind}:{group.class_code}",
        "area": group.area,
        "kind": group.kind,
        "count": group.count,
        "total": group.total,
        "units": [{"unit_id": unit, "count": count} for unit, count in group.units.most_common()],
        "today": [{"unit_id": unit, "count": count} for unit, count in group.today.most_common()],
        "today_rule": way.rule_id,
        "today_why_zh": way.why_zh,
        "today_why_en": way.why_en,
        "right_today": group.right,
        "right_then": group.would if group.draft else None,
        "replaces": group.replaces,
        "last_at": group.last_at,
        "numbers": group.numbers[:NUMBERS_MAX],
        "why": group.why,
        "sentence_zh": _sentence(group, words, 0),
        "sentence_en": _sentence(group, words, 1),
        "body": _body(group.draft, group) if group.draft else None,
    }


def _sentence(group: Group, words: dict[str, dict[str, list[str]]], tongue: int) -> str:
    name = words["classes"][f"{group.class_kind}:{group.class_code}"][tongue]
    area = words["places"].get(group.area, [group.area, group.area])[tongue]
    unit = words["units"][str(group.units.most_common(1)[0][0])][tongue]
    chosen = group.today.most_common(1)[0][0]
    today = words["units"].get(str(chosen), ["无单位", "no unit"])[tongue]
    if tongue == 0:
        return f"“{name}”在{area}被裁决 {group.count} 次归“{group.kind}”类单位(多为{unit});现行路由指向{today}"
    times = "once" if group.count == 1 else f"{group.count} times"
    return f"{name} in {area or 'the city'} was ruled {times} to a unit of kind '{group.kind}' (mostly {unit}); today's route says {today}"


def _body(draft: Draft, group: Group) -> dict[str, Any]:
    """What the door for routes takes, word for word."""
    return {
        "area": draft.area,
        "class_kind": draft.class_kind,
        "class_prefix": draft.class_prefix,
        "unit_id": draft.unit_id,
        "dept_kind": draft.dept_kind,
        "priority": draft.priority,
        "note_zh": f"依据 {group.count} 次裁决",
        "note_en": f"after {group.count} rulings",
    }
