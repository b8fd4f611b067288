"""A supervisor draws a fence on the map, writes a rule for it and finds both in their lists."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story
CORNERS = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
"""Where the corners are pressed, as shares of the map."""


def draw_an_area(page: Page) -> None:
    page.get_by_role("group", name="Draw a fence").get_by_role("button", name="Area", exact=True).click()
    box = page.locator(".city-map canvas").first.bounding_box()
    assert box is not None
    for right, down in CORNERS:
        page.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])
        page.wait_for_timeout(350)  # two presses closer together are a double press, which ends the drawing
    page.get_by_role("button", name="Done").click()


def test_a_fence_is_drawn_and_a_rule_for_it_is_listed(seat: Seat):
    supervisor = seat("en")
    page = supervisor.page
    Console(supervisor).sign_in("supervisor1")
    page.goto("/console/fleet/fences")
    expect(page.get_by_role("button", name=re.compile("Old town"))).to_be_visible()
    page.wait_for_timeout(1000)  # the map's first frame
    draw_an_area(page)
    editor = page.get_by_role("complementary", name="Fence")
    editor.get_by_label("Code").fill("story-zone")
    editor.get_by_label("Chinese name").fill("故事围栏")
    editor.get_by_label("English name").fill("Story zone")
    expect(editor.get_by_text("valid outline")).to_be_visible()
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_role("heading", name="Story zone")).to_be_visible()
    editor.get_by_role("link", name="New rule").click()
    form = page.get_by_role("form", name="New rule")
    form.get_by_label("Code").fill("story-rule")
    form.get_by_label("Chinese name").fill("故事规则")
    form.get_by_label("English name").fill("Story rule")
    form.get_by_role("button", name="hazardous-goods truck").click()
    expect(form.get_by_text("Hazardous-goods trucks must not enter Story zone; at all times.")).to_be_visible()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name=re.compile("Story rule"))).to_be_visible()
    assert supervisor.complaints == []
