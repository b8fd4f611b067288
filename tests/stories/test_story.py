"""The story of one problem in real browsers: reported, registered, dispatched, handled, checked, closed, rated, disputed, reopened."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gridloop.site.demo import organisation
from gridloop.site.drive.door import Door
from tests.stories.people import Collector, Console, Resident, photo, row_of

pytestmark = pytest.mark.story
SPOTS = {"zh": (118.1165, 24.4785), "en": (118.1195, 24.4812)}
WORDS = {"zh": "路灯杆旁人行道砖破损,老人差点绊倒", "en": "broken paving by the lamp post, somebody nearly fell"}
AGAIN_SEEN = {"zh": "我也差点绊倒", "en": "I nearly fell there too"}
DONE = {"zh": "已修复,现场清理完毕。", "en": "Repaired, the spot is clean."}
AGAIN = {"zh": "异议属实,请重新办理。", "en": "The resident is right, please do it again."}


def clerk_of(base: str, number: str) -> str:
    """The login of the clerk of the unit to which the case was sent."""
    door = Door(base)
    door.sign_in("supervisor1", organisation.PASSWORD)
    unit = door.get(f"/cases/{number}")["unit_id"]
    code = next(one["code"] for one in door.get("/units")["items"] if one["id"] == unit)
    door.close()
    return organisation.clerk_of(code)


@pytest.mark.parametrize("language", ["zh"])  # in English the tasks of test_tasks.py go the same way
def test_a_problem_goes_round(language, seat, platform, tmp_path):
    spot = SPOTS[language]
    before, after, checked = (
        photo(tmp_path, stage, spot, minutes=late) for stage, late in (("before", 0), ("after", 90), ("after", 150))
    )
    desk = Console(seat(language))
    desk.sign_in("desk")
    desk.page.get_by_role("button", name=desk.words["all"]).first.click()
    resident = Resident(seat(language, phone=True, at=spot))
    number = resident.report(before, WORDS[language])
    resident.follow()
    neighbour = Resident(seat(language, phone=True, at=spot))
    assert neighbour.join(AGAIN_SEEN[language]) == number

    row_of(desk.page, number).click()  # there by the live feed: the desk's page is never loaded again
    form = desk.choose("register")
    kind = form.get_by_role("combobox", name=desk.words["class"])
    kind.click()
    kind.press("Enter")
    desk.send("register", number)
    desk.take("file", number, rule=True)
    desk.choose("dispatch")
    desk.send("dispatch", number)

    unit = Console(seat(language))
    unit.sign_in(clerk_of(platform.base, number))
    unit.open(number, "unit")
    unit.choose("accept")
    unit.send("accept", number)
    unit.take("finish", number, note=DONE[language], picture=after)

    collector = Collector(seat(language, phone=True, at=spot))
    collector.sign_in("collector9")
    collector.check(number, checked)

    desk.choose("close")
    desk.send("close", number)

    resident.stands(resident.words["fixed"])
    for part in ("before", "after"):
        picture = resident.page.get_by_role("img", name=resident.words[part]).first
        expect(picture).to_be_visible()
        picture.evaluate("image => image.decode()")  # waits for it, and fails where it cannot be drawn
        assert picture.evaluate("image => image.naturalWidth > 0")
    resident.rate()
    resident.dispute()
    resident.stands(resident.words["reopened"])

    supervisor = Console(seat(language))
    supervisor.sign_in("supervisor1")
    supervisor.open(number)
    supervisor.take("reopen", number, note=AGAIN[language])
    resident.stands(resident.words["again"])
    expect(unit.page.locator(f'a[href$="{number}"]')).to_be_visible()
    complaints = [
        one for screen in (desk, resident, neighbour, unit, collector, supervisor) for one in screen.person.complaints
    ]
    assert complaints == []
