"""The main pages look as they did: each beside its kept picture, without what moves and what counts; and a page that is broken on purpose is found."""

from __future__ import annotations

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.running import Platform
from tests.stories.cases import SPOT, Numbers, cookies_of, picture
from tests.stories.conftest import PHONE, Person, Seat
from tests.stories.pictures import KEPT, SHARE_MAX, looked_at, small, strangers
from tests.stories.screens import COUNTING, Visit, Walk, signed_in

pytestmark = pytest.mark.story
KEPT_BYTES_MAX = 1_500_000
EVERYWHERE = ".maplibregl-canvas, time, .clock"
CONSOLE = {
    "desk": ("/case/{number}", ".rows, .axis, .mark"),
    "map": ("/map", ".count"),
    "alarms": ("/alarms", ".list > :not(header), .alarms > :nth-child(2) > *"),
    "wall": ("/wall", "dd, .name p, .stills, .wall footer"),
}
"""Pages of the console: where, and what of them is not looked at."""
BREAKS = {
    "the drawer is gone": ".drawer { display: none !important }",
    "the queue takes the width of the map": ".desk { grid-template-columns: 640px minmax(0, 1fr) !important }",
    "a long word makes a column of the drawer overflow": ".drawer section { width: 700px; margin-left: -200px }",
    "the queue is gone": ".queue { display: none !important }",
    "the top bar has no height": "header { height: 8px !important; min-height: 0 !important; overflow: hidden }",
}
OTHER_FONTS = "* { font-family: 'DejaVu Sans', 'Liberation Sans', sans-serif !important; font-size-adjust: 0.52 }"


def become(person: Person, base: str, login: str) -> None:
    """Somebody is signed in, and what their pages ask for is counted."""
    person.context.add_init_script(COUNTING)
    person.context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in cookies_of(base, login).items()]
    )


def broken(page: Page, css: str, hidden: str) -> float:
    """The share of the page that looks different with this style."""
    style = page.add_style_tag(content=f"{css} {hidden} {{ visibility: hidden !important }}")
    page.wait_for_timeout(300)
    now = small(page.screenshot(animations="disabled"))
    style.evaluate("(element) => element.remove()")
    return float(strangers(Image.open(KEPT / "console-desk.png"), now).mean())


def test_the_main_pages_of_the_console_look_as_they_did_and_a_break_is_found(
    seat: Seat, numbers: Numbers, platform: Platform
) -> None:
    person = seat("en", theme="dark", at=SPOT)
    become(person, platform.base, "supervisor1")
    page = person.page
    signed_in(page, "/console/settings")
    walk = Walk(page, "en", "/console")
    found = []
    for name, (path, hidden) in CONSOLE.items():
        walk.go(Visit(name, path.format(number=numbers.handling)))
        page.wait_for_timeout(400)
        found.append(looked_at(page, f"console-{name}", f"{EVERYWHERE}, {hidden}"))
    assert [one for one in found if one] == []

    path, hidden = CONSOLE["desk"]
    walk.go(Visit("desk", path.format(number=numbers.handling)))
    page.wait_for_timeout(400)
    hide = f"{EVERYWHERE}, {hidden}"
    shares = {name: broken(page, css, hide) for name, css in BREAKS.items()}
    assert [name for name, share in shares.items() if share <= SHARE_MAX] == [], shares
    assert broken(page, OTHER_FONTS, hide) <= SHARE_MAX, "another font is no break"


def test_a_residents_phone_looks_as_it_did(seat: Seat) -> None:
    page = seat("en", phone=True, at=SPOT).page
    signed_in(page, "/")
    walk = Walk(page, "en", "")
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


def test_the_kept_pictures_stay_small() -> None:
    kept = sorted(KEPT.glob("*.png"))
    assert len(kept) == len(CONSOLE) + 2
    assert sum(one.stat().st_size for one in kept) < KEPT_BYTES_MAX
