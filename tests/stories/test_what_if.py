"""A shorter limit is tried on the past days, looked at beside today's rules, and put into force from a day on by a second administrator."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from gridloop.kernel.clock import in_city, now
from gridloop.site.demo.organisation import PASSWORD
from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.conftest import Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story
SECOND = "admin-second"
REPLAYED_MS = 90_000


def a_second_administrator(platform: Platform) -> None:
    """Another administrator of the city."""
    door = Door(platform.base)
    door.sign_in("admin", PASSWORD)
    unit = door.get("/units")["items"][0]["id"]
    made = door.send("/people", {"login": SECOND, "name": "管理员二", "password": PASSWORD, "unit_id": unit})
    assert made.ok, made.sentence
    given = door.send("/grants", {"person_id": made.body["id"], "duty": "admin", "area": ""})
    assert given.ok, given.sentence
    door.close()


def test_a_limit_is_simulated_and_switched_by_two(seat: Seat, platform: Platform) -> None:
    a_second_administrator(platform)
    first = Console(seat("en"))
    page = first.page
    first.sign_in("admin", "/console/simulation")
    page.get_by_label("Name", exact=True).fill("Rubbish within the hour")
    page.get_by_role("combobox", name="Change", exact=True).select_option("limits")
    page.get_by_role("combobox", name="Class", exact=True).fill("0102")
    page.get_by_role("listbox").get_by_role("option").first.click()
    page.get_by_role("combobox", name="Filing condition", exact=True).select_option(index=1)
    page.get_by_label("New limit").fill("1")
    page.get_by_role("combobox", name="Counted in", exact=True).select_option("natural_hour")
    page.get_by_role("button", name="Add this").click()
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(page).to_have_url(re.compile(r"/simulation/\d+$"))
    expect(page.get_by_role("heading", name="In time, before and after")).to_be_visible(timeout=REPLAYED_MS)
    expect(page.get_by_text("Other limit").first).to_be_visible()

    page.get_by_label("From this day on").fill((in_city(now()) + dt.timedelta(days=2)).date().isoformat())
    page.get_by_label("Why (for the ledger)").fill("Residents wait too long for it")
    page.get_by_role("button", name="Put into force", exact=True).click()
    page.get_by_role("button", name="Press again to do it").click()
    expect(page.get_by_text("You asked for it yourself; somebody else confirms.")).to_be_visible()
    address = page.url.removeprefix(platform.base)

    second = Console(seat("en"))
    second.sign_in(SECOND, address)
    second.page.get_by_role("button", name="Confirm", exact=True).click()
    expect(second.page.get_by_text(re.compile("^Holds from .*put into force by"))).to_be_visible()
