"""Three reports of one burst pipe: the desk makes them one incident, tells everybody who reported, and takes the merge back."""

from __future__ import annotations

import time

import httpx
import pytest
from playwright.sync_api import expect

from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.conftest import Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story
SPOT = (118.1225, 24.4735)  # away from the other stories, whose cases would be likened to these
APART = 0.00005
TEXT = "自来水管爆裂,路面积水很深,车辆无法通行"
WORDS = "抢修队已到场,预计两小时内恢复。"
PHONES = ("13900000071", "13900000072", "13900000073")
TEXTED_S_MAX = 60.0


def reported(platform: Platform) -> list[tuple[str, str]]:
    """Number and code of each of three reports, each with a telephone number."""
    door = Door(platform.base)
    door.get("/session")
    taken = []
    for at, phone in enumerate(PHONES):
        said = {"text": TEXT, "lon": SPOT[0] + APART * at, "lat": SPOT[1], "contact": phone, "class_kind": "event", "class_code": "0102"}  # fmt: skip
        taken.append(door.send("/reports", said).body)
    door.close()
    return [(one["number"], one["secret"]) for one in taken]


def texts_to(platform: Platform, phone: str) -> str:
    """Everything that was texted to a telephone."""
    return httpx.get(f"{platform.phone_inbox}/messages", params={"phone": phone}).text


def test_three_reports_become_one_incident_and_everybody_is_answered(seat: Seat, platform: Platform) -> None:
    cases = reported(platform)
    desk = Console(seat("en"))
    page = desk.page
    desk.sign_in("desk", "/console/incidents")
    group = page.locator("section.group").filter(has_text=cases[0][0])
    group.get_by_role("button", name="Preview of merging 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Merge 2 cases").click()
    expect(group.get_by_role("status")).to_contain_text("2 merged into")
    resident = Door(platform.base)
    states = {number: resident.get(f"/reports/{number}", secret=secret)["state"] for number, secret in cases}
    [leading] = [number for number, state in states.items() if state != "merged"]

    other = desk.person.context.new_page()
    other.goto(f"/console/case/{leading}")
    other.get_by_role("button", name="Tell everybody").click()
    other.get_by_label("In Chinese").fill(WORDS)
    other.get_by_role("button", name="Send to all").click()
    expect(other.get_by_text("told 3, not reachable 0").first).to_be_visible()
    until = time.monotonic() + TEXTED_S_MAX
    while time.monotonic() < until and not all(leading in texts_to(platform, phone) for phone in PHONES):
        time.sleep(0.3)
    assert [leading in texts_to(platform, phone) for phone in PHONES] == [True] * len(PHONES)

    group.get_by_role("button", name="Undo").click()
    group.get_by_role("button", name="Press again to undo").click()
    expect(group.get_by_role("status")).to_contain_text("2 stand alone again")
    again = {number: resident.get(f"/reports/{number}", secret=secret)["state"] for number, secret in cases}
    assert set(again.values()) == {"reported"}
    resident.close()
