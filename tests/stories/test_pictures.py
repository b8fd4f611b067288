"""The main pages look as they did: each beside its kept picture, without what moves and what counts; and a page that is broken on purpose is found."""

from __future__ import annotations

import datetime as dt

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gridloop.kernel import clock
from gridloop.kernel.clock import in_city
from tests.running import Platform
from tests.stories.cases import SPOT, Numbers, cookies_of, picture
from tests.stories.conftest import PHONE, Person, Seat
from tests.stories.people import Collector
from tests.stories.pictures import KEPT, SHARE_MAX, looked_at, small, strangers
from tests.stories.screens import COUNTING, Visit, Walk, signed_in

pytestmark = pytest.mark.story
KEPT_BYTES_MAX = 1_500_000
EVERYWHERE = ".maplibregl-canvas, time, .clock"
CONSOLE = {
    "desk": ("/case/{number}", "aside.drawer .scroll", ".rows, .axis, .mark"),
    "map": ("/map", ".layers", ".count"),
    "alarms": ("/alarms", ".alarms", ".list > :not(header), .alarms > :nth-child(2) > *"),
    "wall": ("/wall", ".wall dd", "dd, .name p, .stills, .wall footer"),
    "statistics": (
        "/statistics?from={since}&to={today}",
        ".two .stack:last-child .map",
        ".sheet, .chart *, .kpis b, .kpis b + span, .map *, .map + p, [type=date], .cite",
    ),
}
"""Pages of the console: where, what has to be there, and what is not looked at."""
FIELD = {
    "today": (
        "/",
        ".next",
        ".count, .maplibregl-marker, .next, .next *, .tools *, main > section > .small, main ul, main > .small",
    ),
    "task": ("/task/{number}", ".pair figure", ".aside, figcaption, .take .small"),
}
"""Pages of a collector's phone, the same."""
BREAKS = {
    "desk: the drawer is gone": ".drawer { display: none !important }",
    "desk: the queue takes the width of the map": ".desk { grid-template-columns: 900px minmax(0, 1fr) !important }",
    "desk: a long word makes a column of the drawer overflow": ".drawer section { width: 700px; margin-left: -200px }",
    "desk: the queue is gone": ".queue { display: none !important }",
    "desk: the top bar has no height": "header { height: 8px !important; min-height: 0 !important; overflow: hidden }",
    "statistics: the tables and charts are gone": ".two { display: none !important }",
    "statistics: one panel lies over another": ".kpis { position: absolute; top: 160px }",
    "today: the map is gone": ".city-map { display: none !important }",
    "today: the actions are gone": ".actions { display: none !important }",
    "task: the photos are gone": ".pair figure { display: none !important }",
}
"""What is broken on purpose, on which page."""
OTHER_FONTS = "* { font-family: 'DejaVu Sans', 'Liberation Sans', sans-serif !important; font-size-adjust: 0.52 }"


def become(person: Person, base: str, login: str) -> None:
    """Somebody is signed in, and what their pages ask for is counted."""
    person.context.add_init_script(COUNTING)
    person.context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies_of(base, login).items()]
    )


def broken(page: Page, name: str, css: str, hidden: str) -> float:
    """The share of the page that looks different from its kept picture with this style."""
    style = page.add_style_tag(content=f"{css} {hidden} {{ visibility: hidden !important }}")
    page.wait_for_timeout(900)  # the map tells its controls of another width late
    now = small(page.screenshot(animations="disabled"))
    style.evaluate("(element) => element.remove()")
    return float(strangers(Image.open(KEPT / f"{name}.png"), now).mean())


def looked_over(walk: Walk, name: str, row: tuple[str, str, str], number: str) -> list[str]:
    """What is wrong with a page beside its kept picture, and which breaks of it nobody would see."""
    path, there, hidden = row
    page, kept = walk.page, f"{walk.base.strip('/')}-{name}"
    today = in_city(clock.now()).date()
    walk.go(Visit(name, path.format(number=number, since=today - dt.timedelta(days=29), today=today)))
    expect(page.locator(there).first).to_be_visible()
    walk.settle()
    page.wait_for_timeout(400)
    hide = f"{EVERYWHERE}, {hidden}"
    found = looked_at(page, kept, hide)
    shares = {one: broken(page, kept, css, hide) for one, css in BREAKS.items() if one.startswith(f"{name}: ")}
    missed = [f"{one}: not seen ({share:.1%})" for one, share in shares.items() if share <= SHARE_MAX]
    if name == "desk" and (share := broken(page, kept, OTHER_FONTS, hide)) > SHARE_MAX:
        missed.append(f"another font is no break, and was taken for one ({share:.1%})")
    return [found, *missed] if found else missed


def test_the_main_pages_of_the_console_look_as_they_did_and_a_break_is_found(
    seat: Seat, numbers: Numbers, platform: Platform
) -> None:
    person = seat("en", theme="dark", at=SPOT)
    become(person, platform.base, "supervisor1")
    page = person.page
    signed_in(page, "/console/settings")
    walk = Walk(page, "en", "/console")
    found = [one for name, row in CONSOLE.items() for one in looked_over(walk, name, row, numbers.handling)]
    assert found == []


def test_a_residents_phone_looks_as_it_did(seat: Seat) -> None:
    person = seat("en", phone=True, at=SPOT)
    person.context.add_init_script(COUNTING)
    page = person.page
    signed_in(page, "/")
    walk = Walk(page, "en", "")
    expect(page.get_by_role("heading", name="Announcements")).to_be_visible()
    walk.settle()
    found = [looked_at(page, "citizen-start", EVERYWHERE)]
    page.locator("input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture("before")}
    )
    expect(page.get_by_role("img").first).to_be_visible()
    walk.settle()
    found.append(looked_at(page, "citizen-report", EVERYWHERE))

    assert [one for one in found if one] == []
    assert page.viewport_size == PHONE


def test_a_collectors_phone_looks_as_it_did(seat: Seat, numbers: Numbers, platform: Platform) -> None:
    person = seat("en", phone=True, at=SPOT)
    become(person, platform.base, "collector9")
    phone = Collector(person)
    signed_in(person.page, "/field/")
    phone.set_pin()
    walk = Walk(person.page, "en", "/field")
    found = [one for name, row in FIELD.items() for one in looked_over(walk, name, row, numbers.checking)]
    assert found == []
    assert person.page.viewport_size == PHONE


def test_the_kept_pictures_stay_small() -> None:
    kept = sorted(KEPT.glob("*.png"))
    assert len(kept) == len(CONSOLE) + len(FIELD) + 2
    assert sum(one.stat().st_size for one in kept) < KEPT_BYTES_MAX
