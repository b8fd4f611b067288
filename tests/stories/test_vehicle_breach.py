"""A hazardous-goods truck drives over a real socket into a fence: the desk sees it move, is warned with the reason, and the case is made."""

from __future__ import annotations

import datetime as dt
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.sync_api import Page, expect

from gridloop.site.demo.organisation import PASSWORD
from gridloop.site.drive.door import Door
from tests.fleet.gateway.terminal import Terminal, position
from tests.running import Platform
from tests.stories.conftest import Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story
GATEWAY_PORT = 6  # above the platform's own
PLATE, PHONE = "示Z90001", "10099900001"
EDGE, LAT = 118.1450, 24.5080  # the western border of the fence, and the street on which the truck drives
ZOOM, TILE = 16, 512
METRE_DEG = 1 / (111_320 * math.cos(math.radians(LAT)))
OUTSIDE, INSIDE = (-120, -100, -80), (-40, 0, 40, 60, 80, 100)
"""Metres before and behind the border, a second apart: 20 to 40 m/s, which nobody takes for a jump."""


@dataclass
class Truck:
    """The truck's place in the register, the terminal on its socket, and what it has acknowledged."""

    vehicle: int
    terminal: Terminal
    last: dt.datetime = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

    def drive(self, metres: tuple[int, ...]) -> None:
        """Positions up to now, a second apart and all after the last drive; each is acknowledged before the next is sent."""
        time.sleep(max(0.0, (self.last + dt.timedelta(seconds=len(metres)) - dt.datetime.now(dt.UTC)).total_seconds()))
        now = self.last = dt.datetime.now(dt.UTC).replace(microsecond=0)
        for number, one in enumerate(metres):
            at = now - dt.timedelta(seconds=len(metres) - 1 - number)
            assert self.terminal.ask(0x0200, position(at, lon_of(one), LAT, speed=500)) == 0


def lon_of(metres: int) -> float:
    """East of the border."""
    return EDGE + metres * METRE_DEG


@pytest.fixture
def truck(platform: Platform) -> Iterator[Truck]:
    """What a supervisor sets up by the doors: a fence, a rule that becomes a case, a truck with a terminal and its code."""
    door = Door(platform.base)
    door.sign_in("supervisor1", PASSWORD)
    ring = [(EDGE, LAT - 0.003), (EDGE + 0.01, LAT - 0.003), (EDGE + 0.01, LAT + 0.003), (EDGE, LAT + 0.003), (EDGE, LAT - 0.003)]  # fmt: skip
    fence = {"code": "story-depot", "name_zh": "油库禁行区", "name_en": "Oil depot", "shape": "area", "area": "3502"}
    shape = {"type": "Polygon", "coordinates": [ring]}
    assert door.send("/fleet/fences", fence | {"geometry": shape}).ok
    rule = {
        "code": "story-depot-no",
        "kind": "no_go",
        "name_zh": "危货车禁入油库",
        "name_en": "No hazardous goods at the depot",
        "area": "3502",
    }
    assert door.send("/fleet/rules", rule | {"fences": ["story-depot"], "plates": [PLATE], "severity": "high", "case_class": "event:0308"}).ok  # fmt: skip
    vehicle = door.send(
        "/fleet/vehicles", {"plate": PLATE, "kind": "hazmat", "firm": "示范危运", "area": "350206"}
    ).body
    bound = door.send("/fleet/terminals", {"name": PHONE, "plate": PLATE, "edition": 2013}).body
    code = door.send(f"/fleet/terminals/{bound['id']}/code", {}).body["code"]
    terminal = signed_in(platform.port + GATEWAY_PORT, code)
    yield Truck(int(vehicle["id"]), terminal)
    terminal.close()
    door.close()


def signed_in(port: int, code: str) -> Terminal:
    """A terminal that knocks until the gateway has heard of its code."""
    for _ in range(50):
        terminal = Terminal(port, PHONE)
        if terminal.sign_in(code) == 0:
            return terminal
        terminal.close()
    raise AssertionError("the gateway does not know the terminal")


def press(page: Page, metres: float) -> None:
    """Press the map this far east of its middle, which is the border."""
    box = page.locator(".city-map canvas").first.bounding_box()
    assert box is not None
    pixels = metres * METRE_DEG / 360 * TILE * 2**ZOOM
    page.mouse.click(box["x"] + box["width"] / 2 + pixels, box["y"] + box["height"] / 2)


def stands_at(page: Page, metres: float) -> None:
    """A press on this spot of the moving map opens the truck's card."""
    card = page.get_by_role("heading", name=PLATE)
    for _ in range(40):
        press(page, metres)
        page.wait_for_timeout(500)
        if card.is_visible():
            break
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_truck_drives_into_a_fence_and_its_warning_becomes_a_case(seat: Seat, platform: Platform, truck: Truck):
    officer = seat("en")
    page = officer.page
    Console(officer).sign_in("supervisor1")
    truck.drive(OUTSIDE)
    page.goto(f"/console/map?at={EDGE:.5f},{LAT:.5f},{ZOOM}&layers=vehicles")
    stands_at(page, OUTSIDE[-1])

    watch = officer.context.new_page()
    watch.goto("/console/fleet/warnings")
    expect(watch.get_by_role("status").filter(has_text=re.compile("^live$"))).to_be_visible()
    truck.drive(INSIDE)
    row = watch.get_by_role("button", name=re.compile(f"{PLATE}.*Oil depot"))  # another story's fence may lie here too
    expect(row).to_be_visible()
    stands_at(page, INSIDE[-1])

    row.click()
    card = watch.get_by_role("article", name="Why was I warned?")
    expect(card.get_by_text("must not enter Oil depot")).to_be_visible()
    expect(card.get_by_role("list", name="Times").get_by_role("listitem")).to_have_count(4)
    platform.manage("procrastinate", "defer", "fleet.warnings", '{"timestamp": 0}')
    with psycopg.connect(platform.database_url) as connection:
        number = case_of(connection, truck.vehicle)
    watch.reload()
    expect(watch.get_by_role("link", name=number)).to_be_visible()
    watch.goto("/console/alarms")
    expect(watch.get_by_role("button", name=re.compile(f"{PLATE}.*Oil depot"))).to_be_visible()
    Console(officer).open(number)
    assert officer.complaints == []


def case_of(connection: psycopg.Connection[tuple[str, ...]], vehicle: int) -> str:
    """The case of the vehicle's only warning, once the worker has made it; its four times are all there and in order."""
    statement = """
        select case_number, suspected_at <= received_at and received_at <= decided_at and decided_at <= delivered_at,
            jsonb_array_length(positions), rule_version, fence_version, alarm
        from fleet_warning where vehicle_id = %s and rule_code = 'story-depot-no'
    """
    for _ in range(600):
        rows = connection.execute(statement, [vehicle]).fetchall()
        connection.rollback()
        if (
            rows and rows[0][0] and rows[0][5]
        ):  # a warning that is confirmed between the two gets its alarm with the next minute
            break
        connection.execute("select pg_sleep(0.1)")
    assert [row[1:] for row in rows] == [(True, 3, 1, 1, 1)]
    return str(rows[0][0])
