"""Every route of the three apps in dark and light, Chinese and English, at three sizes: nothing that axe-core objects to, nothing cut off."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import expect

from gridloop.site.demo import organisation
from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.cases import SPOT, Numbers, cookies_of, picture
from tests.stories.conftest import Person, Seat
from tests.stories.people import Collector
from tests.stories.screens import AXE, COUNTING, SIZES, Visit, Walk, keep, routes, signed_in, visits

pytestmark = pytest.mark.story
LANGUAGES = ["zh", "en"]
PHONE = SIZES[2:]
PATROL = "/patrol/350203011003015"
"""A cell of the demo city."""
SEATS = {
    "desk": ("desk", "case", "new", "alarms", "shift", "wall"),
    "admin": ("people", "settings", "masters", "simulation", "ledger"),
    "unit": ("unit",),
}
MASKING = [".large", ".dialog .tools > .btn:last-child"]
"""What opens the boxes over a case's photo: the photo large, then the editor."""
"""Who looks at which pages of the console; everything else a supervisor does, who sees most of it."""
Enter = Callable[..., Person]


@pytest.fixture
def enter(seat: Seat, platform: Platform) -> Iterator[Enter]:
    """Opens a browser with somebody signed in, and axe-core at hand; complaints are looked at when the test is over."""
    people: list[Person] = []

    def make(language: str, login: str = "", *, phone: bool = False) -> Person:
        person = seat(language, phone=phone, theme="light", at=SPOT)
        person.context.add_init_script(path=AXE)
        person.context.add_init_script(COUNTING)
        if login:
            become(person, platform.base, login)
        people.append(person)
        return person

    yield make
    assert [one for person in people for one in person.complaints] == []


def become(person: Person, base: str, login: str) -> None:
    """Somebody else sits down at the same browser."""
    person.context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies_of(base, login).items()]
    )


def opened(platform: Platform, numbers: Numbers) -> dict[str, str]:
    """The addresses of pages that show one thing."""
    door = Door(platform.base)
    door.sign_in("supervisor1", organisation.PASSWORD)
    found = {
        "case": f"/case/{numbers.handling}",
        "why": f"/case/{numbers.handling}/why",
        "unit": f"/unit/{numbers.handling}",
        "forecast": f"/forecast/{numbers.handling}",
        "ledger": f"/ledger/{door.get('/ledger', limit=1)['items'][0]['position']}",
        "nowhere": "/no/such/page",
    }
    shown = door.ask("GET", "/api/v1/announcements").body["items"]
    found["announcements"] = f"/announcements/{shown[0]['id']}"
    for name, path, key in (
        ("vehicles", "/fleet/vehicles", "id"),
        ("fences", "/fleet/fences", "code"),
        ("rules", "/fleet/rules", "code"),
    ):
        items = door.ask("GET", f"/api/v1{path}")
        if items.ok and items.body["items"]:
            found[name] = f"/fleet/{name}/{items.body['items'][0][key]}"
    door.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_console(language, enter, numbers, platform, tmp_path):
    person = enter(language)
    walk = Walk(person.page, language, "/console")
    signed_in(person.page, "/console/login")
    expect(person.page.get_by_role("button").nth(5)).to_be_visible()
    walk.look("login")
    walk.measure("login")
    every = list(visits("console", opened(platform, numbers)))
    named = {name for names in SEATS.values() for name in names}
    seats = {**SEATS, "supervisor1": tuple(one.route for one in every if one.route not in named | {"login"})}
    for seat, names in seats.items():
        become(person, platform.base, numbers.clerk if seat == "unit" else seat)
        signed_in(person.page, "/console/settings")
        for visit in every:
            if visit.route in names:
                walk.go(visit)
                walk.look(visit.path)
                walk.measure(visit.path)
                if visit.path.startswith("/case/") and visit.route == "case":
                    keep(person.page, f"console-desk-{language}-dark", dark=True)
                    masking(walk)
                if visit.route == "ledger" and visit.path != "/ledger":
                    keep(person.page, f"console-ledger-{language}-light")
    assert walk.found == [], "\n".join(walk.found)


def masking(walk: Walk) -> None:
    """The editor of masks over the open case, with a box drawn."""
    for what in MASKING:
        walk.page.locator(what).first.click()
        walk.settle()
    walk.page.locator(".editor .actions .btn").first.click()
    walk.look("masking")
    walk.measure("masking")
    walk.page.keyboard.press("Escape")
    walk.settle()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_collectors_phone(language, enter, numbers, platform):
    phone = Collector(enter(language, phone=True))
    page = phone.page
    walk = Walk(page, language, "/field")
    signed_in(page, "/field/")
    walk.settle()
    walk.look("login")
    walk.measure("login", PHONE)
    become(phone.person, platform.base, "collector9")
    page.reload()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    walk.look("pin")
    walk.measure("pin", PHONE)
    phone.set_pin()
    for visit in visits("field", {"task": f"/task/{numbers.checking}", "patrol": PATROL}):
        walk.go(visit)
        walk.look(visit.path)
        walk.measure(visit.path, PHONE)
        if visit.route == "task":
            keep(page, f"field-check-{language}")
    assert walk.found == [], "\n".join(walk.found)


def phone_pages(platform: Platform, numbers: Numbers) -> dict[str, str]:
    """The addresses of pages of a resident's phone that show one thing."""
    door = Door(platform.base)
    own = door.get(f"/reports/{numbers.checking}", secret=numbers.secret)["photos"][0]["id"]
    told = door.ask("GET", "/api/v1/announcements").body["items"][0]["id"]
    door.close()
    return {
        "follow": f"/r/{numbers.checking}#{numbers.secret}",
        "hideSent": f"/r/{numbers.checking}/hide/{own}#{numbers.secret}",
        "done": "/report/done/none",
        "newsOne": f"/news/{told}",
    }


def resident(person: Person, platform: Platform) -> None:
    """A resident signs in at the same browser by the code that was sent to their phone."""
    number = {"zh": "13000000001", "en": "13000000002"}[person.language]
    door = Door(platform.base)
    door.get("/session")
    assert door.send("/session/phone", {"phone": number}).ok
    code = ""
    until = time.monotonic() + 60
    while not code and time.monotonic() < until:
        came = httpx.get(f"{platform.phone_inbox}/messages", params={"phone": number}).json()["items"]
        words = " ".join(one["text"] for one in came)  # ids of messages have runs of six digits too
        code = next(iter(re.findall(r"(?<!\d)\d{6}(?!\d)", words)), "")
        time.sleep(0.3)
    assert door.send("/session/phone/verify", {"phone": number, "code": code}).ok
    person.context.add_cookies(
        [{"name": name, "value": value, "url": platform.base} for name, value in door.cookies.items()]
    )
    door.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_residents_phone(language, enter, numbers, platform):
    person = enter(language, phone=True)
    page = person.page
    walk = Walk(page, language, "")
    signed_in(page, "/")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture("before")}
    )
    expect(page).to_have_url(re.compile("/report$"))
    expect(page.get_by_role("img").first).to_be_visible()
    keep(page, f"citizen-report-{language}")
    walk.look("report with a photo")
    drawing = page.locator("a.hide").first.get_attribute("href") or ""
    for visit in visits("citizen", phone_pages(platform, numbers) | {"hide": drawing}):
        walk.go(visit)
        walk.look(visit.path)
        walk.measure(visit.path, PHONE)
    resident(person, platform)
    page.reload()
    for path, what in (("/mine/areas", "main fieldset"), ("/mine/data", "main .card h2")):
        walk.go(Visit("signed in", path))
        expect(page.locator(what).first).to_be_visible()
        walk.look(f"{path} signed in")
        walk.measure(f"{path} signed in", PHONE)
    for plain in ("", "report", "find", "near", "news"):
        page.goto(f"/plain/{plain}?lang={language}")
        walk.look(f"/plain/{plain}")
        walk.measure(f"/plain/{plain}", PHONE)
    assert walk.found == [], "\n".join(walk.found)


def test_no_route_is_left_out():
    assert len(routes("console")) > 20
    assert len(routes("field")) > 4
    assert len(routes("citizen")) > 4
    with pytest.raises(AssertionError, match="nobody looks at the route task"):
        list(visits("field", {}))
    assert Visit("shift", "/shift") in list(
        visits("console", {"case": "/case/1", "why": "/case/1/why", "nowhere": "/x"})
    )
