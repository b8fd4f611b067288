"""A shift on foot: positions go out between its beginning and its end, the desk's look is known to the worker, and the second photo is taken over the first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gridloop.site.demo import organisation
from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.conftest import Seat
from tests.stories.people import Collector, Console, photo

pytestmark = pytest.mark.story
SPOT = (118.1243, 24.4731)  # away from the other stories
METRE_DEG = 1 / 111_195


def to_verify(platform: Platform, folder: Path) -> str:
    """A case with a first photo that waits for somebody on the spot."""
    desk = Door(platform.base)
    desk.sign_in("desk", organisation.PASSWORD)
    first = desk.upload(photo(folder, "before", SPOT).read_bytes())
    said = {"text": "井盖旁积水,请核实", "lon": SPOT[0], "lat": SPOT[1], "source": "hotline", "photos": [first]}
    number: str = desk.send("/cases", {**said, "class_kind": "event", "class_code": "0102"}).body["number"]
    assert desk.send(f"/cases/{number}/steps", {"verb": "send_verify"}).ok
    desk.close()
    return number


def test_on_shift_the_desk_sees_the_worker_who_sees_the_look_and_lines_the_second_photo_up(
    seat: Seat, platform: Platform, tmp_path: Path
):
    number = to_verify(platform, tmp_path)
    phone = Collector(seat("zh", phone=True, at=SPOT))
    page, context = phone.page, phone.person.context
    context.grant_permissions(["geolocation", "camera"])
    sent: list[str] = []
    page.on("request", lambda request: "/walks" in request.url and sent.append(request.url))
    phone.sign_in("collector1")
    shift = page.get_by_role("region", name="上岗与定位")
    expect(shift).to_contain_text("不记录位置")
    page.wait_for_load_state("networkidle")
    assert not any("/positions" in url for url in sent)
    with page.expect_response(re.compile("/positions$")) as pushed:
        shift.get_by_role("button", name="上岗").click()
        expect(shift).to_contain_text("在岗")
        context.set_geolocation({"longitude": SPOT[0], "latitude": SPOT[1] + 150 * METRE_DEG, "accuracy": 6})
    assert pushed.value.json() == {"kept": 1, "dropped": 0}

    desk = Console(seat("zh"))
    desk.sign_in("supervisor1")
    desk.page.goto("/console/map?layers=workers&tab=list&list=workers")
    desk.page.get_by_role("button", name=re.compile("C-0301")).first.click()
    expect(desk.page.get_by_role("complementary", name="在岗人员")).to_contain_text("最近位置")

    phone.open("looks")
    expect(page.get_by_text("督查席 1")).to_be_visible()

    phone.open(f"task/{number}")
    page.get_by_role("button", name="对着第一张照片拍").click()
    camera = page.get_by_role("dialog", name="从同一位置拍")
    expect(camera.get_by_role("status")).to_contain_text("150 m")
    context.set_geolocation({"longitude": SPOT[0], "latitude": SPOT[1] + 4 * METRE_DEG, "accuracy": 5})
    expect(camera.get_by_role("status")).to_contain_text("位置合适")
    camera.get_by_role("slider", name="第一张").fill("70")
    camera.get_by_role("button", name="拍", exact=True).click()
    expect(camera).to_have_count(0)
    expect(page.get_by_text(re.compile("现在 .* · 离案点 4 m"))).to_be_visible()
    page.get_by_role("button", name="属实", exact=True).click()
    expect(page.get_by_text("已送达", exact=True)).to_be_visible()

    with page.expect_response(re.compile("/end$")):  # the phone says so at once, also where it cannot tell the desk yet
        shift.get_by_role("button", name="下岗").click()
        expect(shift).to_contain_text("未上岗")
    door = Door(platform.base)
    door.sign_in("supervisor1", organisation.PASSWORD)
    taken = [one for one in door.get(f"/cases/{number}")["photos"] if one["kind"] == "verify"]
    assert [round(one["accuracy_m"]) for one in taken] == [5]
    assert abs(taken[0]["lat"] - SPOT[1] - 4 * METRE_DEG) < METRE_DEG
    assert not [one for one in door.get("/walks/out")["items"] if "C-0301" in one["name"]]
    door.close()
