"""Where a vehicle went, who was in an area, and what is asked of terminals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.fleet import sql
from gridloop.fleet.actions import orders as ordering
from gridloop.fleet.actions import tracks as actions
from gridloop.fleet.models import Order, Vehicle
from gridloop.fleet.queries import orders as queries
from gridloop.fleet.queries import texts
from gridloop.fleet.queries.tracks import thinned
from gridloop.fleet.rules import orders as order_rules
from gridloop.fleet.rules import presence
from gridloop.fleet.rules.tracks import Track, kept, length_m
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused
from tests.builders import MONDAY, SPOT, Crew, a_caller, a_client, a_person, a_warning

NOON = MONDAY + dt.timedelta(hours=2)
RING = [(SPOT[0] - 0.003, SPOT[1] - 0.003), (SPOT[0] + 0.003, SPOT[1] - 0.003), (SPOT[0] + 0.003, SPOT[1] + 0.003), (SPOT[0] - 0.003, SPOT[1] + 0.003)]  # fmt: skip
FIX_SQL = """
insert into fleet_position (received_at, at, vehicle_id, serial, lon_e7, lat_e7, alarm, status, speed, heading, altitude_m, marks, source)
values (%(at)s, %(at)s, %(vehicle)s, %(serial)s, %(lon)s, %(lat)s, 0, 3, 420, 90, 5, %(marks)s, 1)
"""


def drive(
    vehicle: int,
    start: dt.datetime,
    count: int,
    *,
    lon: float,
    step: float = 0.0005,
    lat: float = SPOT[1],
    marks: int = 0,
) -> None:
    """Fixes every 20 seconds eastward."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select fleet_make_days(%s::date, %s::date)", [start.date(), (start + dt.timedelta(days=1)).date()]
        )
        for n in range(count):
            at = start + dt.timedelta(seconds=20 * n)
            where = {"lon": round((lon + n * step) * 1e7), "lat": round(lat * 1e7)}
            cursor.execute(FIX_SQL, {"at": at, "vehicle": vehicle, "serial": n, "marks": marks, **where})


def a_track(lon: list[float], lat: list[float], at_s: list[int]) -> Track:
    n = len(lon)
    return Track(
        np.array(at_s, np.int64) * 1000, np.array(lon), np.array(lat), np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int32)
    )  # fmt: skip


def test_a_straight_way_is_drawn_with_its_ends_and_a_bend_is_kept():
    straight = a_track([118.0 + n / 1000 for n in range(50)], [24.5] * 50, [10 * n for n in range(50)])
    assert kept(straight).tolist() == [0, 49]
    bent = a_track([118.0, 118.001, 118.001], [24.5, 24.5, 24.501], [0, 10, 20])
    assert kept(bent).tolist() == [0, 1, 2]


def test_a_silence_parts_the_way_and_is_no_distance():
    parted = a_track([118.0, 118.001, 118.1, 118.101], [24.5] * 4, [0, 10, 4000, 4010])
    assert kept(parted).tolist() == [0, 1, 2, 3]
    assert 200 < length_m(parted) < 205


def test_squares_are_counted_as_the_database_counts_them(db: None):
    for lon_e7, lat_e7 in ((1_181_234_567, 244_765_432), (-1_799_999_999, -849_999_999)):
        with connection.cursor() as cursor:
            cursor.execute(
                "select (%s::bigint + 1800000000) / 100000 * 20000 + (%s::bigint + 900000000) / 100000",
                [lon_e7, lat_e7],
            )
            assert cursor.fetchone() == (presence.tile_of(lon_e7, lat_e7),)


def test_an_area_names_its_squares_and_refuses_what_is_none():
    touched = presence.touched(
        presence.checked_area([(118.0005, 24.0005), (118.0405, 24.0005), (118.0405, 24.0405), (118.0005, 24.0405)])
    )
    assert (len(touched.tiles), int(touched.inside.sum())) == (25, 9)
    with pytest.raises(Malformed, match="crosses itself"):
        presence.checked_area([(118, 24), (118.1, 24.1), (118.1, 24), (118, 24.1)])
    with pytest.raises(Malformed, match="4000 squares"):
        presence.touched(presence.checked_area([(100, 20), (120, 20), (120, 40), (100, 40)]))


def test_certain_slots_in_the_middle_need_no_second_look_but_those_cut_by_the_time_do():
    pairs = [(7, slot, True) for slot in range(10, 20)] + [(8, 12, False)]
    assert thinned(pairs, (10, 25)) == [(7, 10), (7, 11), (7, 19), (8, 12)]


def test_a_track_is_looked_at_in_few_statements_by_its_key_and_the_look_is_kept(crew: Crew):
    vehicle = a_warning().vehicle_id
    drive(vehicle, NOON, 200, lon=118.1)
    span = (MONDAY, MONDAY + dt.timedelta(hours=20))
    with CaptureQueriesContext(connection) as ran:
        _, found = actions.look_at_track(vehicle, *span, by=crew.dispatcher, now=NOON)
    assert (len(found), len(ran)) == (200, 4)  # the vehicle, the look, the fixes, days in the archive
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_pending where action = 'fleet.track_looked' and looked")
        assert cursor.fetchone() == (1,)
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            "explain select at from fleet_position where vehicle_id = %s and at >= %s and at < %s order by at, serial",
            [vehicle, NOON, NOON + dt.timedelta(hours=4)],
        )
        plan = str(cursor.fetchall())
    assert "Index" in plan
    assert "vehicle_id = " in plan


def test_days_before_today_need_a_reason_and_other_areas_are_not_shown(crew: Crew):
    vehicle = a_warning().vehicle_id
    before = MONDAY - dt.timedelta(days=3)
    with pytest.raises(Malformed, match="why you look"):
        actions.look_at_track(vehicle, before, MONDAY, by=crew.dispatcher, now=NOON)
    actions.look_at_track(vehicle, before, MONDAY, by=crew.dispatcher, now=NOON, reason="complaint 12345")
    with pytest.raises(NotFound):
        actions.look_at_track(vehicle, MONDAY, NOON, by=a_caller(a_person(Duty.LEADER, area="3506")), now=NOON)


def test_who_was_here_is_the_same_from_squares_as_from_the_fixes_and_keeps_its_purpose(crew: Crew):
    through, past, parked = (a_warning().vehicle_id for _ in range(3))
    drive(through, NOON, 60, lon=SPOT[0] - 0.01)
    drive(past, NOON, 60, lon=SPOT[0] - 0.01, lat=SPOT[1] + 0.004)  # the same squares, outside the ring
    drive(parked, NOON, 180, lon=SPOT[0], step=0.0)
    drive(past, NOON + dt.timedelta(seconds=7), 5, lon=SPOT[0], step=0.0, lat=SPOT[1], marks=8)  # a jump is no presence
    asked = (RING, NOON, NOON + dt.timedelta(hours=2))
    later = NOON + dt.timedelta(hours=3)
    direct = actions.look_who_was_here(*asked, purpose="fire at the depot", by=crew.dispatcher, now=later)
    assert {one["vehicle_id"] for one in direct["items"]} == {through, parked}
    entered = next(one for one in direct["items"] if one["vehicle_id"] == through)
    assert RING[0][0] <= entered["first_lon"] < SPOT[0] < entered["last_lon"] <= RING[1][0]
    assert actions.fill_presence(later) > 10
    assert actions.fill_presence(later) == 0
    with CaptureQueriesContext(connection) as ran:
        squares = actions.look_who_was_here(*asked, purpose="fire at the depot", by=crew.dispatcher, now=later)
    assert squares == direct
    assert len(ran) == 6
    with pytest.raises(Malformed, match="why you look"):
        actions.look_who_was_here(*asked, purpose=" ", by=crew.dispatcher, now=later)
    with pytest.raises(Malformed, match="31 days"):
        actions.look_who_was_here(RING, NOON, NOON, purpose="x", by=crew.dispatcher, now=later)


MANY_SQL = """
insert into fleet_position (received_at, at, vehicle_id, serial, lon_e7, lat_e7, alarm, status, speed, heading, altitude_m, marks, source)
select at, at, vehicle, 1, 1180500000, 245000000, 0, 3, 420, 90, 5, 0, 1
from generate_series(1, 200) vehicle, generate_series(%(at)s, %(at)s + interval '2 hours', interval '1 minute') at;
analyze fleet_position
"""
WAY = {"vehicle": 3, "since": NOON, "until": NOON + dt.timedelta(hours=2)}
BOX = {"west": 1180000000, "east": 1190000000, "south": 240000000, "north": 250000000}


@pytest.mark.parametrize(
    ("name", "asked"), [("track", WAY), ("presence_exact", WAY | BOX | {"vehicles": [3], "slots": [2990000]})]
)
def test_ways_are_read_from_the_key_of_positions_alone(db: None, name: str, asked: dict[str, Any]):
    with connection.cursor() as cursor:
        cursor.execute("select fleet_make_days(%s::date, %s::date)", [NOON.date(), NOON.date()])
        cursor.execute(MANY_SQL, {"at": NOON})
        for other in ("seqscan", "bitmapscan", "indexscan"):
            cursor.execute(f"set local enable_{other} = off")
        cursor.execute("explain " + sql.text(name), asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using fleet_position_" in plan
    assert "vehicle_id = " in plan
    assert "Seq Scan on fleet_position" not in plan


def test_a_new_day_is_marked_as_seen_early_so_that_its_key_alone_is_read(db: None):
    with connection.cursor() as cursor:
        cursor.execute("select fleet_make_days(date '2031-05-01', date '2031-05-01')")
        cursor.execute("select reloptions from pg_class where oid = 'fleet_position_20310501'::regclass")
        assert cursor.fetchone() == (["autovacuum_vacuum_insert_scale_factor=0.05"],)


def test_an_order_waits_for_the_gateway_once_however_often_it_is_sent(crew: Crew):
    vehicle = a_warning().vehicle_id
    said = {"text": "请驶离海沧湾禁行区", "urgent": True}
    first = ordering.ask_terminal(vehicle, "text", said, key="k1", by=crew.dispatcher, now=NOON)
    again = ordering.ask_terminal(vehicle, "text", said, key="k1", by=crew.dispatcher, now=NOON)
    assert (first.pk, first.said) == (again.pk, {"text": "请驶离海沧湾禁行区", "flags": 13})
    with pytest.raises(Refused, match="another order"):
        ordering.ask_terminal(vehicle, "locate", {}, key="k1", by=crew.dispatcher, now=NOON)
    assert [one["state_en"] for one in queries.orders(vehicle, by=crew.dispatcher)] == ["waiting"]


def test_following_needs_a_reason_and_bounds_and_texts_what_terminals_can_show(crew: Crew):
    vehicle = a_warning().vehicle_id
    with pytest.raises(Malformed, match="why you look"):
        ordering.ask_terminal(vehicle, "track", {"minutes": 10}, by=crew.dispatcher, now=NOON)
    made = ordering.ask_terminal(
        vehicle, "track", {"minutes": 10}, reason="leak reported", by=crew.dispatcher, now=NOON
    )
    assert made.said == {"interval_s": 5, "lasts_s": 600}
    for verb, said, why in (
        ("track", {"minutes": 500}, "1 to 240 minutes"), ("text", {"text": " "}, "1 to 1000 bytes"), ("text", {"text": "🚚"}, "cannot show"),
        ("dance", {}, "there is no order 'dance'"), ("picture", {"channel": 90}, "1 to 64"),
    ):  # fmt: skip
        with pytest.raises(Malformed, match=why):
            order_rules.checked(verb, said)


def test_a_text_to_many_is_sent_when_their_number_was_typed(crew: Crew):
    vehicles = [a_warning().vehicle_id for _ in range(3)]
    far = a_warning(area="3506", place="350602").vehicle_id
    with pytest.raises(Refused, match="goes to 3 vehicles; type 3"):
        ordering.text_many([*vehicles, far], "台风红色预警", typed="4", by=crew.dispatcher, now=NOON)
    batch, sent = ordering.text_many([*vehicles, far], "台风红色预警", typed="3", key="m", by=crew.dispatcher, now=NOON)
    assert sent == 3
    assert ordering.text_many(vehicles, "台风红色预警", typed="3", key="m", by=crew.dispatcher, now=NOON) == (batch, 3)
    with pytest.raises(Refused, match="another text"):
        ordering.text_many(vehicles, "台风解除", typed="3", key="m", by=crew.dispatcher, now=NOON)
    assert Order.objects.count() == 3


def test_a_text_is_sent_again_to_those_whom_it_did_not_reach(crew: Crew):
    vehicles = [a_warning().vehicle_id for _ in range(3)]
    batch, _ = ordering.text_many(vehicles, "台风红色预警", typed="3", by=crew.dispatcher, now=NOON)
    with pytest.raises(Refused, match="nobody is left"):
        ordering.text_again(batch, by=crew.dispatcher, now=NOON)
    Order.objects.filter(vehicle_id=vehicles[0]).update(state="unreachable")
    Order.objects.filter(vehicle_id=vehicles[1]).update(state="done")
    assert ordering.text_again(batch, by=crew.dispatcher, now=NOON + dt.timedelta(minutes=20)) == 1
    told = texts.batch(batch, by=crew.dispatcher)
    assert told["states"] == {"waiting": 2, "done": 1}
    assert texts.batches(by=crew.dispatcher)[0]["states"] == {"waiting": 2, "done": 1}
    assert (texts.batches(by=crew.dispatcher)[0]["vehicles"], Order.objects.count()) == (3, 4)
    stranger = a_caller(a_person(Duty.LEADER, area="3506"))
    assert texts.batches(by=stranger) == []
    with pytest.raises(NotFound):
        ordering.text_again(batch, by=stranger, now=NOON)


def test_a_filter_names_the_vehicles_of_ones_area_that_fit_all_of_it(crew: Crew):
    bus, truck = (a_warning(kind=kind).vehicle_id for kind in ("bus", "hazmat"))
    a_warning(area="3506", place="350602", kind="bus")
    Vehicle.objects.filter(pk=truck).update(lists=["key-firms"])

    def named(**said: tuple[str, ...]) -> set[int]:
        return {one["vehicle_id"] for one in texts.recipients(texts.Whom(**said), by=crew.dispatcher)["items"]}

    assert named() == {bus, truck}
    assert named(kinds=("bus",)) == {bus}
    assert named(kinds=("bus", "hazmat"), lists=("key-firms",)) == {truck}
    assert named(kinds=("bus",), lists=("key-firms",)) == set()
    assert not any(one["has_terminal"] for one in texts.recipients(texts.Whom(), by=crew.dispatcher)["items"])


def test_what_is_told_hours_late_stands_in_the_squares_too(crew: Crew):
    late, there = (a_warning().vehicle_id for _ in range(2))
    drive(there, NOON, 180, lon=SPOT[0], step=0.0)
    first = NOON + dt.timedelta(hours=2)
    assert actions.fill_presence(first) > 5
    drive(late, NOON, 30, lon=SPOT[0], step=0.0)
    heard = NOON + dt.timedelta(hours=9)
    with connection.cursor() as cursor:
        cursor.execute("update fleet_position set received_at = %s where vehicle_id = %s", [heard, late])
    actions.fill_presence(NOON + dt.timedelta(hours=8))
    asked = (RING, NOON, NOON + dt.timedelta(hours=2))
    later = heard + dt.timedelta(minutes=10)

    def found() -> set[int]:
        seen = actions.look_who_was_here(*asked, purpose="fire at the depot", by=crew.dispatcher, now=later)
        return {one["vehicle_id"] for one in seen["items"]}

    assert found() == {there}
    assert actions.fill_presence(later) > 0
    assert found() == {late, there}
    assert actions.fill_presence(later) == 0


def test_the_doors_of_tracks_over_http(crew: Crew):
    vehicle = a_warning().vehicle_id
    drive(vehicle, NOON, 10, lon=118.1)
    desk = a_client(a_person(Duty.SUPERVISOR))
    shown = desk.get(f"/api/v1/fleet/vehicles/{vehicle}/track?day=2026-11-23&reason=complaint").json()
    assert (shown["fixes"], shown["speed_kmh"][0]) == (10, 42.0)
    table = desk.get(f"/api/v1/fleet/vehicles/{vehicle}/track.csv?day=2026-11-23&reason=complaint")
    assert table.content.decode("utf-8-sig").count("\n") == 11
    assert desk.get(f"/api/v1/fleet/vehicles/{vehicle}/track.pdf?reason=x").status_code == 422
    made = desk.post(f"/api/v1/fleet/vehicles/{vehicle}/orders", {"verb": "locate"}, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into fleet_last values (%s, %s, %s, 1181000000, 244750000, 0, 3, 420, 90, 0, 1)",
            [vehicle, NOON, NOON],
        )
    seen = desk.get("/api/v1/fleet/in-view?w=118&s=24&e=119&n=25").json()
    assert [one["id"] for one in seen["items"]] == [vehicle]
    assert desk.get("/api/v1/fleet/in-view?w=118&s=24&e=119&n=25&kinds=bus").json()["items"] == []


def test_a_border_drawn_now_is_asked_of_the_last_two_hours(crew: Crew):
    through, past, early = (a_warning().vehicle_id for _ in range(3))
    drive(through, NOON, 60, lon=SPOT[0] - 0.01)
    drive(past, NOON, 60, lon=SPOT[0] - 0.01, lat=SPOT[1] + 0.005)
    drive(early, NOON - dt.timedelta(hours=5), 60, lon=SPOT[0] - 0.01)
    said = {"type": "Polygon", "coordinates": [[*RING, RING[0]]]}
    found = actions.ask_past(
        "area",
        said,
        radius_m=None,
        width_m=None,
        kinds=["hazmat"],
        by=crew.supervisor,
        now=NOON + dt.timedelta(hours=1),
    )
    assert [one["vehicle_id"] for one in found] == [through]
    assert NOON < found[0]["entered_at"] < found[0]["left_at"]
    kinds = {"radius_m": None, "width_m": None, "kinds": ["bus"], "by": crew.supervisor}
    assert actions.ask_past("area", said, **kinds, now=NOON + dt.timedelta(hours=1)) == []
