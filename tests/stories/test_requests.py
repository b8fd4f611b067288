"""What the console asks of the server, counted: from pressing a case until its drawer shows it, and for the first load of the desk."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.running import Platform
from tests.stories.cases import SPOT, Numbers, cookies_of
from tests.stories.conftest import Person, Seat
from tests.stories.people import row_of
from tests.stories.screens import COUNTING, Walk

pytestmark = pytest.mark.story
DOOR = "/api/v1"
BY_THE_CLOCK = (f"{DOOR}/alarms", f"{DOOR}/events", f"{DOOR}/notices", f"{DOOR}/masters/proposals/waiting")
"""The desk asks these again when something has happened to any case; what somebody does in between has no part in it."""
MAP = re.compile(rf"^({DOOR}/tiles/|/basemap/)")
PHOTO = re.compile(rf"^{DOOR}/photos/")
CARD_BYTES_MAX = 24_000
"""A card with its history and everything that may be done: 7,000 to 8,000 bytes, uncompressed, as the web process sends them."""
DRAWER_BYTES_MAX = 420_000
"""With its photos, of which the large one (1,280 pixels, up to 205,000 bytes in the demo) is nearly all; a photo in full is four times that."""
FILES_MAX = 72
"""58 pieces of the built console; another page's pieces among them would be some ten more."""
FILE_BYTES_MAX = 850_000
"""Over the wire, so packed: what `web/scripts/budget.mjs` allows for scripts and styles (700,000), and the letters; unpacked they are 1,800,000."""
QUESTIONS_MAX = 19
"""16: the site, who is here, what the forms and names need, the queue, its counts and points, alarms, notices, the axis of time, and events twice
(where the feed begins, and what came before its stream stood)."""
QUESTION_BYTES_MAX = 420_000
"""290,000, of which the table of classes is 205,000."""
PRESSED = 3
"""So many cases at the head of the queue, and then one that has a photo: which stand first, the stories before this one decide."""
MAP_MAX = 32
"""20: the archive's head twice, six squares of cells, and twelve pieces of streets."""


@dataclass
class Heard:
    """What a page asks for, in order, and how many bytes of each answer's body came over the wire (none for what it had already)."""

    base: str
    asked: list[str] = field(default_factory=list)
    came: list[Request] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """From now on."""
        page.on("request", lambda one: self.asked.append(self._path(one)))
        page.on("requestfinished", lambda one: self.came.append(one))  # noqa: PLW0108 - it takes no builtin

    def anew(self) -> None:
        """Forgets what was asked so far."""
        self.asked.clear()
        self.came.clear()

    @property
    def questions(self) -> list[str]:
        """Asked of the doors: neither pictures nor pieces of the map."""
        return [one for one in self.asked if one.startswith(DOOR) and not MAP.match(one) and not PHOTO.match(one)]

    def weight(self, paths: list[str]) -> int:
        """The bytes of these answers together."""
        return sum(max(0, one.sizes()["responseBodySize"]) for one in self.came if self._path(one) in paths)

    def _path(self, one: Request) -> str:
        return one.url.removeprefix(self.base)


def at_the_desk(seat: Seat, base: str) -> tuple[Person, Heard]:
    """A supervisor's browser that has never been here, signed in, and its ears open."""
    person = seat("en", theme="dark", at=SPOT)
    person.context.add_init_script(COUNTING)
    kept: list[Any] = [
        {"name": name, "value": value, "url": base} for name, value in cookies_of(base, "supervisor1").items()
    ]
    person.context.add_cookies(kept)
    heard = Heard(base)
    heard.listen(person.page)
    return person, heard


def by_hand(paths: list[str]) -> list[str]:
    """Without what the desk asks by itself now and then."""
    return [one for one in paths if not one.startswith(BY_THE_CLOCK)]


def test_the_first_load_of_the_desk_asks_little_and_nothing_twice(
    seat: Seat, numbers: Numbers, platform: Platform
) -> None:
    person, heard = at_the_desk(seat, platform.base)
    person.page.goto("/console/")
    expect(person.page.locator("a.case").first).to_be_visible()
    Walk(person.page, "en", "/console").settle()

    questions = heard.questions
    of_the_map = [one for one in heard.asked if MAP.match(one)]
    files = [one for one in heard.asked if one.startswith(("/assets/", "/console"))]
    assert len(files) <= FILES_MAX, files
    assert 100_000 < heard.weight(files) <= FILE_BYTES_MAX, heard.weight(files)
    assert len(questions) <= QUESTIONS_MAX, questions
    assert len(of_the_map) <= MAP_MAX, of_the_map
    assert [one for one, times in Counter(by_hand(questions)).items() if times > 1] == []
    assert [one for one, times in Counter(files).items() if times > 1] == []
    assert 1000 < heard.weight(questions) <= QUESTION_BYTES_MAX
    assert numbers.handling


def test_a_pressed_case_is_in_its_drawer_after_one_question(seat: Seat, numbers: Numbers, platform: Platform) -> None:
    person, heard = at_the_desk(seat, platform.base)
    page = person.page
    page.goto("/console/")
    expect(page.locator("a.case").first).to_be_visible()
    walk = Walk(page, "en", "/console")
    walk.settle()
    large: list[str] = []
    page.get_by_role("button", name=re.compile("^All")).click()
    walk.settle()
    pressed = [str(page.locator("a.case").nth(at).get_attribute("href")).rsplit("/", 1)[-1] for at in range(PRESSED)]
    for number in dict.fromkeys((*pressed, numbers.handling)):
        row = row_of(page, number)
        walk.settle()
        heard.anew()
        row.click()
        expect(page.locator("aside.drawer .scroll")).to_be_visible()
        expect(page.locator("aside.drawer")).to_contain_text(number)
        walk.settle()

        card = f"{DOOR}/cases/{number}"
        assert by_hand(heard.questions) == [card], "the card says everything; its drawer asks nothing more"
        assert 1000 < heard.weight([card]) <= CARD_BYTES_MAX
        photos = [one for one in heard.asked if PHOTO.match(one)]
        large += [one for one in photos if one.endswith("/medium")]
        assert heard.weight([card, *photos]) <= DRAWER_BYTES_MAX, photos
        assert [one for one in heard.asked if one.endswith((".js", ".css"))] == [], "its pieces came with the desk"
    assert large, "no case had a photo, so nothing was said about photos"
