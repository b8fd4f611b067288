"""Who has fallen silent: places, classes, patrols and units that report far below their own history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridloop.cases.evaluation.queries import scope
from gridloop.cases.evaluation.queries.scope import Reach
from gridloop.cases.insight import sql
from gridloop.cases.insight.queries import asking, naming
from gridloop.cases.insight.queries.asking import About
from gridloop.cases.insight.rules import patches, silence
from gridloop.cases.insight.rules.silence import Counts, Judged, Windows
from gridloop.cases.queries import masters as masters_now
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import NotAllowed
from gridloop.kernel.statements import run

DAYS_MAX = 14
SPARK_DAYS = 56
"""How many days of counts are told with an alarm."""
TOWNSHIP_DIGITS = 9
ALL, PLACE, CLASS, PATROL, UNIT = "all", "place", "class", "patrol", "unit"


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that reports: the whole, a place, a class, the patrols of a township, the collectors of a unit."""

    kind: str
    code: str
    counts: Counts
    rest: bool = False


def reach(by: Caller) -> Reach:
    """The areas that this caller watches; whoever reads by unit alone sees only what was already dispatched, which looks like silence."""
    areas = scope.reach(by).areas
    if not areas:
        raise NotAllowed(
            "silence is watched by area; ask a shift leader, dispatcher, arbiter, supervisor or leader of the area",
            zh="沉默预警按区域查看,请联系本区域的值班长、派遣员、裁决员、督查员或领导",
        )
    return Reach(areas)


def silent(seen: Reach, *, place: str = "", level: str = "finest", days: int = 7, now: dt.datetime) -> dict[str, Any]:
    """What was tested over the last `days` whole days of the city and what is alarming, worst first; two or three statements."""
    whole = Windows(days)
    last = in_city(now).date() - dt.timedelta(days=1)
    about = About(last - dt.timedelta(days=whole.total - 1), last, seen, place)
    series, untested, windows = _series(about, whole, level)
    city = series[0].counts
    counts = np.stack([one.counts for one in series])
    found = silence.judged(counts, windows, city)
    alarms = [at for at in np.lexsort((-found.usual, found.q)) if found.alarm[at]]
    masters = masters_now.current(now)
    names = {
        "places": naming.places(series[at].code for at in alarms if series[at].kind in {PLACE, PATROL}),
        "classes": naming.classes((series[at].code for at in alarms if series[at].kind == CLASS), masters),
        "units": naming.units(int(series[at].code) for at in alarms if series[at].kind == UNIT),
    }
    return {
        "from": (last - dt.timedelta(days=days - 1)).isoformat(),
        "to": last.isoformat(),
        "days": days,
        "blocks": windows.blocks,
        "enough": windows.blocks >= silence.BLOCKS_LEAST,
        "tested": int(found.tested.sum()),
        "untested": untested + int((~found.tested).sum()),
        "promise": silence.FALSE_SHARE,
        "observed": int(found.observed[0]),
        "usual": _one(found.usual[0]),
        "items": [_item(series[at], found, int(at), windows, about, names) for at in alarms],
        "names": names,
    }


def _series(about: About, whole: Windows, level: str) -> tuple[list[Series], int, Windows]:
    """Every series, the whole first; how many places were left over; and the windows that the history is long enough for."""
    params: dict[str, Any] = asking.params(about) | {"first": about.first}
    rows = run(sql.text("reports").format(narrowed=asking.narrowed(about, params)), params)
    places: dict[str, Counts] = {}
    patrols: dict[str, Counts] = {}
    classes: dict[str, Counts] = {}
    people: dict[int, Counts] = {}
    for no_place, no_class, no_person, place, patrol, name, person, days in rows:
        counts = np.bincount(np.asarray(days, np.int64), minlength=whole.total)
        if not no_place:
            places[place] = places[place] + counts if place in places else counts
            if patrol and len(place) >= TOWNSHIP_DIGITS:
                town = place[:TOWNSHIP_DIGITS]
                patrols[town] = patrols[town] + counts if town in patrols else counts
        elif not no_class and name is not None:
            classes[name] = counts
        elif not no_person and person is not None:
            people[person] = counts
    city = sum(places.values(), np.zeros(whole.total, np.int64))
    reported = np.flatnonzero(city)
    windows = whole.known_from(int(reported[0]) if len(reported) else whole.total)
    watched, left = patches.cut(places, windows, level)
    found = [Series(ALL, "", city)]
    found += [Series(PLACE, one.code, one.counts, one.rest) for one in watched]
    found += [Series(CLASS, code, counts) for code, counts in sorted(classes.items())]
    found += [Series(PATROL, code, counts) for code, counts in sorted(patrols.items())]
    found += [Series(UNIT, str(unit), counts) for unit, counts in _by_unit(people).items()]
    return found, len(left), windows


def _by_unit(people: dict[int, Counts]) -> dict[int, Counts]:
    """The collectors of each unit together; those without one are left to their township's patrols."""
    units = identity.units_of_people(people)
    found: dict[int, Counts] = {}
    for person, unit in sorted(units.items()):
        found[unit] = found[unit] + people[person] if unit in found else people[person]
    return found


def _item(
    one: Series, found: Judged, at: int, windows: Windows, about: About, names: dict[str, dict[str, list[str]]]
) -> dict[str, Any]:
    since = about.first + dt.timedelta(days=silence.quiet_since(one.counts, windows))
    reported = np.flatnonzero(one.counts)
    shown = min(SPARK_DAYS, len(one.counts))
    item = {
        "kind": one.kind,
        "code": one.code,
        "rest": one.rest,
        "observed": int(found.observed[at]),
        "expected": _one(found.expected[at]),
        "usual": _one(found.usual[at]),
        "p": float(f"{found.p[at]:.3g}"),
        "q": float(f"{found.q[at]:.3g}"),
        "since": since.isoformat(),
        "last_day": (about.first + dt.timedelta(days=int(reported[-1]))).isoformat() if len(reported) else None,
        "counts": [int(count) for count in one.counts[-shown:]],
        "counts_from": (about.last - dt.timedelta(days=shown - 1)).isoformat(),
    }
    zh, en = _named(one, names)
    return item | {"zh": zh, "en": en} | _sentences(item, zh, en, windows.days)


def _named(one: Series, names: dict[str, dict[str, list[str]]]) -> Sequence[str]:
    """What it is called, in Chinese and English."""
    if one.kind == ALL:
        return ("全部上报", "all reports")
    if one.kind == CLASS:
        return names["classes"][one.code]
    if one.kind == UNIT:
        return names["units"][one.code]
    zh, en = names["places"][one.code]
    if one.kind == PATROL:
        return (f"{zh}(采集员巡查)", f"{en} (patrols)")
    return (f"{zh}(其余部分)", f"{en} (the rest of it)") if one.rest else (zh, en)


def _sentences(item: dict[str, Any], zh: str, en: str, days: int) -> dict[str, str]:
    seen = item["observed"]
    reports = "no report" if seen == 0 else "1 report" if seen == 1 else f"{seen} reports"
    period = "on the last day" if days == 1 else f"in the last {days} days"
    told = f"只有 {seen} 件上报" if seen else "没有上报"
    return {
        "sentence_zh": f"{zh}:最近 {days} 天{told},按其历史应约 {item['expected']:g} 件,自 {item['since']} 起偏少",
        "sentence_en": f"{en}: {reports} {period}, where its history lets expect about {item['expected']:g}; quiet since {item['since']}",
    }


def _one(number: float) -> float:
    return round(float(number), 1)
