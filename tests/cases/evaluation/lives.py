"""A morning with thirteen cases whose figures can be counted on the fingers; every step minutes after the one before."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from tests.builders import MONDAY, Crew, a_report, a_step

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LATER = MONDAY + 60 * DAY
"""Long after every deadline."""
CLASS = {"class": "event:0102"}
DONE: dict[str, Any] = {"note": "已清理", "photos": 1}


class Teller:
    """Tells one case: each step `wait` after the one before."""

    def __init__(
        self, crew: Crew, *, who: str = "citizen", source: str = "citizen", start: dt.datetime = MONDAY
    ) -> None:
        self.crew, self.now = crew, start
        self.number = a_report(by=getattr(crew, who), source=source, now=start, own=True).number

    def then(self, who: str, verb: str, wait: dt.timedelta = 2 * MINUTE, **said: Any) -> Teller:
        self.now += wait
        a_step(self.number, verb, crew=self.crew, who=who, now=self.now, **said)
        return self

    def filed(self, wait: dt.timedelta = 2 * MINUTE) -> Teller:
        return self.then("acceptor", "register", **CLASS).then("shift_leader", "file", wait, rule=1)

    def handling(self, wait: dt.timedelta = 2 * MINUTE) -> Teller:
        return self.filed().then("dispatcher", "dispatch", wait, unit=None).then("unit", "accept")

    def finished(self, wait: dt.timedelta = 20 * MINUTE) -> Teller:
        return self.then("unit", "finish", wait, **DONE)

    def closed(self, wait: dt.timedelta = 5 * MINUTE) -> Teller:
        return self.then("checker", "pass", wait, photos=1).then("shift_leader", "close")


def a_morning(crew: Crew) -> dict[str, str]:
    """Thirteen cases by what is special about each: name -> number."""
    tell = lambda **said: Teller(crew, **said)  # noqa: E731 - the crew is the same for all
    made = {
        "plain": tell().handling().finished().closed().then("citizen", "rate", rating=5),
        "late": tell().handling().finished(30 * DAY).closed(),
        "badly_rated": tell().handling().finished().closed().then("citizen", "rate", rating=2),
        "reworked": tell(who="collector", source="collector").handling().finished().then("checker", "fail", note="仍有", photos=1).finished().closed(),
        "returned": tell().filed().then("dispatcher", "dispatch", unit=None)
            .then("unit", "return", return_rule="not_ours", note="不属本单位").then("dispatcher", "redispatch", unit=None),
        "delayed": tell().handling().then("unit", "ask_delay", hours=4, note="缺件").then("dispatcher", "grant_delay").finished().closed(2 * HOUR),
        "suspended": tell().handling()
            .then("unit", "ask_suspend", suspend_reason="weather", note="台风", until=(MONDAY + 3 * DAY).isoformat())
            .then("shift_leader", "grant_suspend"),
        "self_handled": tell(who="collector", source="collector").then("collector", "self_handle", note="当场清理", photos=2),
        "verified": tell().then("acceptor", "send_verify").then("collector", "confirm", 30 * MINUTE, photos=1, **CLASS)
            .then("shift_leader", "file", HOUR, rule=1),
        "unfounded": tell(who="collector", source="collector").then("acceptor", "send_verify").then("collector", "not_found", 2 * HOUR, note="没有", photos=1),
        "refused": tell().then("acceptor", "register", **CLASS).then("shift_leader", "refuse", reason="not_city_matter"),
        "open": tell().handling(HOUR),
        "withdrawn": tell().then("citizen", "withdraw"),
    }  # fmt: skip
    sequenced()
    return {name: teller.number for name, teller in made.items()}


PLACE = """
with taken as (delete from audit_pending returning id, at, actor_id, action, subject, area, unit_id, looked, body),
     newest as (select coalesce(max(position), -1) as position from audit_entry)
insert into audit_entry (position, at, sequenced_at, actor_id, action, subject, area, unit_id, looked, people, body, leaf)
select newest.position + row_number() over (order by taken.id), at, at, actor_id, action, subject, area, unit_id, looked,
       (select array_agg(one::bigint) from jsonb_array_elements_text(convert_from(body, 'UTF8')::jsonb #> '{detail,people}') one), body, sha256(body)
from taken, newest
"""


def sequenced() -> None:
    """Give what was written its positions; the real sequencer waits for the end of the transaction that a test never ends."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE)
