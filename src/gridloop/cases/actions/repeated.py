"""Earlier years for a city of full size: the lives of some days told again, round after round, for the days before them and at other spots.

Living a case through the rules takes milliseconds, three million of them hours. Told again, a life keeps its steps, units and delays; its moments lie
whole days earlier, its spot and address are another one of the same township. What is told again was never reported: the rows are synthetic, the
ledger says of each round how many there are, and holidays of those years are not looked at (limits keep the length they had).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.actions.history import SPOTS_SQL, copy_rows
from gridloop.cases.rules.words import tokens
from gridloop.kernel.caller import Caller

SPOT_COLUMNS = ("spot", "lon", "lat", "place", "grid", "subclass", "component", "address", "tokens")
SECOND = timedelta(seconds=1)
LIVES_SQL = "select id, text, address from cases_again_life order by id"


@dataclass(frozen=True, slots=True)
class OtherSpot:
    """A spot where a case could have been: WGS-84, the subclass of what stands there (or empty), an address."""

    lon: float
    lat: float
    subclass: str
    address: str


def reserve_case_range(count: int) -> int:
    """The first of so many ids in a row; one statement."""
    return int(sql.run("select setval('cases_case_id', nextval('cases_case_id') + %s) - %s", [count, count])[0][0])


def hold_lives(since: datetime, until: datetime, spots: Sequence[OtherSpot]) -> int:
    """Prepare this session for telling again what was opened from `since` to `until` and has ended; returns how many lives that are."""
    _script("again_prepare", {})
    found = sql.run(SPOTS_SQL, {
        "lon": [spot.lon for spot in spots],
        "lat": [spot.lat for spot in spots],
        "subclass": [spot.subclass for spot in spots],
    })  # fmt: skip
    copy_rows(
        "cases_again_spot",
        SPOT_COLUMNS,
        (
            (number, spot.lon, spot.lat, place, grid or "", spot.subclass, code, spot.address, tokens(spot.address))
            for number, (spot, (place, grid, code, _)) in enumerate(zip(spots, found, strict=True), 1)
            if place
        ),
    )
    _script("again_lives", {"since": since, "until": until})
    lives = sql.run(LIVES_SQL)
    copy_rows(
        "cases_again_words",
        ("case_id", "tokens"),
        ((case_id, tokens(text.replace(address, "", 1) if address else text)) for case_id, text, address in lives),
    )
    sql.run("analyze cases_again_spot, cases_again_life, cases_again_event, cases_again_words, cases_again_pool")
    return len(lives)


def tell_again(number: int, shift: timedelta, first_id: int, *, by: Caller, now: datetime) -> int:
    """Write the held lives once more, `shift` earlier, with ids from `first_id` on; returns how many. `number` chooses other spots each time."""
    with transaction.atomic():
        # an interval of seconds is subtracted five times as fast as one of days, which asks the calendar for each moment
        said = {"round": number, "shift": f"{shift // SECOND} seconds", "first": first_id}
        sql.run(sql.text("again_cases"), said)
        counted = sql.run("select count(*) from cases_again_life")[0][0]
        sql.run(sql.text("again_events"), said)
        sql.run(sql.text("again_words"), said)
        ledger.record(
            by,
            "cases.told_again",
            "cases:history",
            at=now,
            detail={"cases": counted, "days_earlier": shift.days, "first_id": first_id, "synthetic": True},
        )
    return int(counted)


def _script(name: str, said: dict[str, datetime]) -> None:
    """Several statements in one text."""
    with connection.cursor() as cursor:
        cursor.execute(sql.text(name), said)
