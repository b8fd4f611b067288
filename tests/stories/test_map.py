"""The one map in a browser: layers, measuring, a list, a link that shows the same, and a sheet of paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from gridloop.site.demo.ground import CENTRE
from tests.stories.conftest import DESK, Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story


def rested(page: Page) -> str:
    """The address once it has stood still for a second: it follows the flight of the map."""
    still, address = 0, page.url
    while still < 4:
        page.wait_for_timeout(250)
        still, address = (still + 1, address) if page.url == address else (0, page.url)
    return address


def test_a_view_of_the_map_is_measured_listed_shared_and_printed(seat: Seat) -> None:
    desk = Console(seat("en"))
    page = desk.page
    desk.sign_in("supervisor1", f"/console/map%3Fat%3D{CENTRE[0]},{CENTRE[1]},15.5")

    expect(page.get_by_role("checkbox", name=re.compile("^Cases"))).to_be_checked()
    page.get_by_role("checkbox", name=re.compile("^Components")).check()
    expect(page).to_have_url(re.compile("layers=[^&]*components"))

    page.get_by_role("tab", name="Measure, draw").click()
    page.get_by_role("button", name="Area", exact=True).click()
    for x, y in ((0.5, 0.3), (0.8, 0.3), (0.8, 0.7), (0.5, 0.7)):
        page.mouse.click(DESK["width"] * x, DESK["height"] * y)
        page.wait_for_timeout(400)  # two presses within 300 ms are a double click, which ends the shape
    page.get_by_role("button", name="Done").click()
    drawn = page.get_by_role("list", name="What was drawn")
    expect(drawn.get_by_text(re.compile(r"\d ha$"))).to_be_visible()
    drawn.get_by_role("button", name="What is inside").click()
    expect(drawn.get_by_text("Components", exact=True)).to_be_visible()

    drawn.get_by_role("button", name="List it").click()
    page.get_by_role("combobox", name="Layers").select_option(label="Components")
    first = page.get_by_role("group", name="Components in view").get_by_role("button").first
    first.click()
    expect(page.get_by_role("complementary", name="Component")).to_be_visible()
    expect(page).to_have_url(re.compile("draw=p.*sel=components|sel=components.*draw=p"))
    address = rested(page)

    page.goto(address)
    expect(page.get_by_role("complementary", name="Component")).to_be_visible()
    expect(page.get_by_text("Only what is inside the drawn shape.")).to_be_visible()
    assert rested(page) == address

    page.get_by_role("button", name="Print").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value(re.compile("Map"))
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert paper.startswith(b"%PDF")
    assert len(paper) > 50_000
    assert not [one for one in desk.person.complaints if "/live/" not in one]


def test_the_map_is_replayed_and_the_link_shows_the_same_moment(seat: Seat) -> None:
    desk = Console(seat("en"))
    page = desk.page
    desk.sign_in("supervisor1", "/console/map")
    page.get_by_role("button", name="Replay", exact=True).click()
    axis = page.get_by_role("slider", name="Moment that is shown")
    axis.focus()
    page.keyboard.press("ArrowLeft")
    badge = page.get_by_role("status").filter(has_text="Replay of")
    expect(badge).to_be_visible()
    expect(page.get_by_text("Not replayed: as it is today").first).to_be_visible()
    expect(page).to_have_url(re.compile("moment=2"))
    address = page.url

    page.goto(address)
    expect(badge).to_be_visible()
    page.get_by_role("tab", name="List").click()
    expect(page.get_by_role("link", name="GEOJSON")).to_have_count(0)
    expect(page.get_by_role("group", name="Cases in view").get_by_role("button").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(badge).to_have_count(0)
    expect(page).not_to_have_url(re.compile("moment="))
    expect(page.get_by_role("link", name="GEOJSON")).to_be_visible()
    assert not [one for one in desk.person.complaints if "/live/" not in one]
