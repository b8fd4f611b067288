"""The people of the benchmark: a desk, a unit and a collector with passwords, on ground that exists."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.db import connection

from gridloop.cases import actions as cases
from gridloop.cases.models import Photo
from gridloop.cases.queries.masters import current
from gridloop.identity import actions as identity
from gridloop.identity import queries as known
from gridloop.kernel import clock, ids
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty

BY = system("bench")
GROUND_SQL = """
select code, st_x(st_centroid(geom)), st_y(st_centroid(geom)) from places_cell where valid_to is null order by code
offset (select least(100, count(*) / 2) from places_cell where valid_to is null) limit 1
"""


@dataclass(frozen=True)
class Login:
    """Somebody who signs in; `headers` are those of a session that is open already."""

    name: str
    password: str
    person: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BenchCrew:
    """Who reports, works and checks, and where."""

    desk: Login
    unit: Login
    collector: Login
    unit_id: int
    place: str
    lon: float
    lat: float


def prepared() -> BenchCrew:
    """Fresh people in the city of the first cells; loads the masters where they are missing."""
    now = clock.now()
    if not current(now).classes:
        cases.load_masters(by=BY, now=now)
    with connection.cursor() as cursor:
        cursor.execute(GROUND_SQL)
        found = cursor.fetchone()
    if found is None:
        raise SystemExit(
            "there are no cells; load a city first: ./gridloop demo, or manage load_divisions and make_cells"
        )
    place, lon, lat = found
    area, mark = place[:4], secrets.token_hex(4)
    unit_id = identity.create_unit(
        identity.NewUnit(f"BENCH-{mark}", "sani", f"性能测试单位 {mark}", f"bench unit {mark}", area=area),
        by=BY,
        now=now,
    )
    desk = _somebody(f"bench-desk-{mark}", (Duty.ACCEPTOR, Duty.SHIFT_LEADER, Duty.DISPATCHER), area)
    unit = _somebody(f"bench-unit-{mark}", (Duty.UNIT,), area, unit_id)
    collector = _somebody(f"bench-collector-{mark}", (Duty.COLLECTOR,), area)
    return BenchCrew(desk, unit, collector, unit_id, place, lon, lat)


def _somebody(login: str, duties: tuple[Duty, ...], area: str, unit_id: int | None = None) -> Login:
    now, password = clock.now(), secrets.token_urlsafe(16)
    person = identity.create_person(
        identity.NewPerson(login=login, name=login, unit_id=unit_id, password=password), by=BY, now=now
    )
    for duty in duties:
        identity.give(identity.NewGrant(person, duty, area=area, unit_id=unit_id), by=BY, now=now)
    return Login(known.person(person).login or login, password, person)


def photos(crew: BenchCrew, count: int) -> list[str]:
    """Photos that were taken in before the clock starts: for the unit and the collector in turn."""
    now = clock.now()
    rows = [
        Photo(
            id=ids.random_key(),
            state="kept",
            owner_id=(crew.unit, crew.collector)[at % 2].person,
            uploaded_at=now,
            width_px=1280,
            height_px=960,
            size_bytes=1,
            sha256=secrets.token_bytes(32),
        )
        for at in range(count)
    ]
    Photo.objects.bulk_create(rows, batch_size=2000)
    return [row.id for row in rows]
