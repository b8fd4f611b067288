"""The city of `bench fleet`: a database of its own with vehicles, signed-up terminals, star-shaped fences and one rule."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from bench.empty import _address as address_of
from bench.fences import areas
from bench.fleet_load import CODE, PHONE_FIRST

CONCERNED = 20
"""One vehicle in so many carries hazardous goods, which the rule is about."""


@contextlib.contextmanager
def town(vehicles: int, fences: int) -> Iterator[tuple[str, int]]:
    """(address, id of the first vehicle) of a fresh database with vehicles, signed-up terminals, fences and one rule."""
    name = f"bench_fleet_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f'create database "{name}"')
    url = address_of(name)
    try:
        env = os.environ | {"DATABASE_URL": url}
        subprocess.run(
            [sys.executable, "-m", "gridloop.site.manage", "migrate", "--verbosity", "0", "--skip-checks"],
            env=env,
            check=True,
            stdout=sys.stderr,
        )
        with psycopg.connect(url) as filling:
            yield_first = filled(filling, vehicles, fences)
        yield url, yield_first
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'drop database if exists "{name}" with (force)')


def filled(filling: psycopg.Connection[Any], vehicles: int, fences: int) -> int:
    """Rows by hand; the id of the first vehicle."""
    auth = hashlib.sha256(CODE.encode()).digest()
    filling.execute(
        "insert into fleet_vehicle (plate, kind, registered_at, changed_at, synthetic)"
        " select 'B' || n, case when n %% %s = 0 then 'hazmat' else 'truck' end, now(), now(), true from generate_series(0, %s) n order by n",
        (CONCERNED, vehicles - 1),
    )
    first = filling.execute("select min(id), max(id) - min(id) from fleet_vehicle").fetchone()
    assert first is not None
    assert first[1] == vehicles - 1
    filling.execute(
        "insert into fleet_terminal (protocol, name, vehicle_id, auth_hash) select 'jt808', (%s + id - %s)::text, id, %s from fleet_vehicle",
        (PHONE_FIRST, first[0], auth),
    )
    shapes = areas(np.random.default_rng(fences), fences)
    with filling.cursor() as cursor:
        cursor.executemany(
            "insert into fleet_fence (code, name_zh, shape, geom, valid_from)"
            " values (%s, %s, 'area', st_geomfromwkb(%s, 4326), now() - interval '1 day')",
            [(f"F{number}", f"F{number}", shape.outline.wkb) for number, shape in shapes.items()],
        )
    filling.execute(
        "insert into fleet_rule (code, kind, name_zh, fences, kinds, params, weekly, valid_from)"
        " values ('NOGO', 'no_go', '禁行', %s, '{hazmat}', '{}', '[]', now() - interval '1 day')",
        ([f"F{number}" for number in shapes],),
    )
    filling.commit()
    filling.execute("analyze")
    return int(first[0])
