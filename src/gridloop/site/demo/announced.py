"""Three announcements of the demo city: one on now, one that needed a second person, one to come; made up, through the same actions as at a desk."""

from __future__ import annotations

import datetime as dt

from gridloop.cases.announcements import actions
from gridloop.cases.announcements.actions import Taken
from gridloop.cases.announcements.rules.steps import Verb
from gridloop.cases.announcements.rules.words import Said
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound

WATER, ROAD, SUPERVISOR, SECOND = "xm-water", "sm-road", "supervisor1", "mayor"
SPOT, RADIUS_M = (118.1181, 24.4803), 400
CORNERS = ((118.0902, 24.4801), (118.0968, 24.4803), (118.0969, 24.4829), (118.0901, 24.4827))


def add(*, now: dt.datetime) -> int:
    """Write them, let them go out, and return how many there are."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    _out(
        Said(
            "water", "湖滨东路抢修停水", "Water off round Hubin East Road", "因供水管道抢修,周边小区暂停供水。请提前储水,恢复后先放掉浑水。",
            "A water main is being repaired and the estates round it have no water. Store some, and let the first water run off when it is back.",
            ("350203",), hour - dt.timedelta(hours=2), hour + dt.timedelta(hours=6), "Moderate", *SPOT, RADIUS_M,
        ), by=_seat(WATER, now), now=now,
    )  # fmt: skip
    weather = _out(
        Said(
            "weather", "明起大风降温", "Strong wind and cold from tomorrow", "预计明后两天阵风 8 级,气温下降 6 度。请收好阳台物品,远离广告牌和临时围挡。",
            "Gusts of force 8 and 6 degrees less are expected for two days. Take things off balconies, keep away from billboards and hoardings.",
            ("3502",), hour + dt.timedelta(hours=12), hour + dt.timedelta(hours=60), "Severe",
        ), by=_seat(SUPERVISOR, now), now=now,
    )  # fmt: skip
    actions.take(weather, Taken(Verb.APPROVE), by=_seat(SECOND, now), now=now)
    _out(
        Said(
            "roadworks", "后江埭路夜间铺装", "Night paving of Houjiangdai Road", "后江埭路分段铺装沥青,夜间 22 时至次日 6 时半幅通行。",
            "The road is paved with asphalt in sections; half of it is open between 22:00 and 06:00.",
            ("350203",), hour + dt.timedelta(days=2), hour + dt.timedelta(days=9), ring=CORNERS,
        ), by=_seat(ROAD, now), now=now,
    )  # fmt: skip
    return 3


def _out(said: Said, *, by: Caller, now: dt.datetime) -> int:
    made = actions.write(said, by=by, now=now)
    actions.take(made, Taken(Verb.PUBLISH), by=by, now=now)
    return made


def _seat(login: str, now: dt.datetime) -> Caller:
    """Whoever holds this seat, with their grants."""
    person = people.person_by_login(login)
    caller = people.caller_of_person(person.id, now) if person is not None else None
    if caller is None:
        raise NotFound(f"the demo city has no seat {login}", zh=f"示范城市没有席位 {login}")
    return caller
