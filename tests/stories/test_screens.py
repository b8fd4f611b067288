"""Every main page in dark and light, Chinese and English: nothing that axe-core objects to, nothing in the browser's console, a picture of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gridloop.site.demo import organisation
from gridloop.site.demo.pictures import from_bank
from gridloop.site.drive import actors
from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.conftest import Person, Seat
from tests.stories.people import BEFORE_AT, Collector

pytestmark = pytest.mark.story
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
KEPT = ROOT / "docs" / "screenshots"
BYTES_MAX = 500_000
COLOURS = ((Image.Quantize.MEDIANCUT, 176), (Image.Quantize.MAXCOVERAGE, 80))
"""The palette of a kept picture: most places for what fills the screen, the rest for what is rare on it, such as a red octagon."""
SPOT = (118.1181, 24.4803)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK_AXE = """standards => axe.run(document, { runOnly: standards, resultTypes: ['violations'] }).then(found => found.violations.map(
  one => `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.slice(0, 4).map(node => node.html.slice(0, 160) + ' // ' + node.failureSummary).join(' | ')))"""
LIT = [("zh", "dark"), ("zh", "light"), ("en", "dark"), ("en", "light")]


@dataclass(frozen=True)
class Numbers:
    """Cases that the pages show: one in hand at a unit, one to be checked; and the secret of a resident's report."""

    handling: str
    checking: str
    secret: str


@pytest.fixture(scope="module")
def numbers(platform: Platform) -> Numbers:
    """Two cases, driven there by scripted people through the public doors."""
    seats = {seat.login: (seat.duties, seat.area) for seat in organisation.seats()}
    people = actors.assemble(platform.base, organisation.PASSWORD, picture=picture, rng=Random(5), seats=seats)
    resident = Door(platform.base)
    resident.get("/session")
    made: list[dict[str, Any]] = []
    for text, verbs in (
        ("巷口又堆了垃圾袋和纸箱,挡住了盲道", ("register", "file", "dispatch", "accept", "finish")),
        ("墙角堆了好几袋垃圾,已经有味道了", ("register", "file", "dispatch", "accept")),
    ):
        said = {
            "text": text,
            "lon": SPOT[0] + 0.001 * len(made),
            "lat": SPOT[1],
            "class_kind": "event",
            "class_code": "0102",
        }
        made.append(
            resident.send("/reports", said | {"photos": [resident.upload(picture("event", "0102", "before"))]}).body
        )
        for verb in verbs:
            act = actors.act(people, people.card(made[-1]["number"]), verb)
            assert act.answer.ok, f"{verb}: {act.answer.status} {act.answer.sentence}"
    people.leave()
    resident.close()
    return Numbers(made[1]["number"], made[0]["number"], made[0]["secret"])


def picture(kind: str, code: str, stage: str) -> bytes:
    """A drawn street before or after the work."""
    return from_bank(
        kind, code, seed=1, stage="after" if stage == "after" else "before", when=BEFORE_AT, lon=SPOT[0], lat=SPOT[1]
    )


Enter = Callable[..., Person]


@pytest.fixture
def enter(seat: Seat, platform: Platform) -> Iterator[Enter]:
    """Opens a browser with somebody signed in, and axe-core at hand; complaints are looked at when the test is over."""
    people: list[Person] = []

    def make(language: str, theme: str, login: str = "", *, phone: bool = False) -> Person:
        person = seat(language, phone=phone, theme=theme, at=SPOT)
        person.context.add_init_script(path=AXE)
        if login:
            door = Door(platform.base)
            door.sign_in(login, organisation.PASSWORD)
            person.context.add_cookies(
                [{"name": name, "value": value, "url": platform.base} for name, value in door._http.cookies.items()]
            )
            door.close()
        people.append(person)
        return person

    yield make
    assert [one for person in people for one in person.complaints] == []


def settled(page: Page) -> None:
    """Pictures are there, nothing says that it is loading, the map stands still."""
    page.wait_for_function(
        "() => [...document.images].every(one => one.complete || one.loading === 'lazy') && !document.querySelector('[aria-busy=true]')"
    )
    if page.locator("canvas.maplibregl-canvas").count():
        page.wait_for_function(
            "() => [...document.querySelectorAll('.city-map')].every(one => one.dataset.idle !== 'no')"
        )
        page.wait_for_timeout(1500)
    page.evaluate("() => document.fonts.ready")


def look(page: Page, tmp_path: Path, name: str, language: str, theme: str, kept: str = "") -> list[str]:
    """What axe-core has to say of the page as it stands, and its picture, kept in the docs when that is asked for."""
    settled(page)
    found = [f"{name} {language} {theme}: {one}" for one in page.evaluate(ASK_AXE, STANDARDS)]
    folder = KEPT if kept and os.environ.get("GRIDLOOP_SCREENSHOTS") == "1" else tmp_path
    path = folder / f"{kept or f'{name}-{language}-{theme}'}.png"
    slim(page.screenshot()).save(path, optimize=True)
    assert path.stat().st_size < BYTES_MAX, f"{path.name} has {path.stat().st_size} bytes"
    return found


def slim(png: bytes) -> Image.Image:
    """The same picture with a palette, which takes a third of the bytes of full colour."""
    shot = Image.open(BytesIO(png)).convert("RGB")
    palette = Image.new("P", (1, 1))
    palette.putpalette(
        [tone for method, count in COLOURS for tone in (shot.quantize(count, method).getpalette() or [])[: 3 * count]]
    )
    return shot.quantize(palette=palette, dither=Image.Dither.NONE)


@pytest.mark.parametrize(("language", "theme"), LIT)
def test_the_desk(language, theme, enter, numbers, tmp_path):
    page = enter(language, theme, "desk").page
    page.goto(f"/console/case/{numbers.handling}")
    expect(page.get_by_role("complementary").get_by_role("heading", level=1)).to_be_visible()
    found = look(
        page, tmp_path, "desk", language, theme, kept=f"console-desk-{language}-dark" if theme == "dark" else ""
    )
    for name in ("new", "cases", "settings"):
        page.goto(f"/console/{name}")
        expect(page.get_by_role("main")).to_be_visible()
        found += look(page, tmp_path, f"console-{name}", language, theme)
    assert found == []


@pytest.mark.parametrize(("language", "theme"), LIT)
def test_the_ledger_and_the_people(language, theme, enter, numbers, tmp_path):
    page = enter(language, theme, "auditor").page
    page.goto("/console/ledger")
    expect(page.get_by_role("row").nth(5)).to_be_visible()
    page.get_by_role("row").nth(3).click()
    found = look(
        page, tmp_path, "ledger", language, theme, kept=f"console-ledger-{language}-light" if theme == "light" else ""
    )
    page = enter(language, theme, "admin").page
    page.goto("/console/people")
    expect(page.get_by_role("main")).to_be_visible()
    assert found + look(page, tmp_path, "people", language, theme) == []


@pytest.mark.parametrize(("language", "theme"), LIT)
def test_signing_in_and_the_unit(language, theme, enter, numbers, platform, tmp_path):
    page = enter(language, theme).page
    page.goto("/console/login")
    expect(page.get_by_role("button").nth(5)).to_be_visible()
    found = look(page, tmp_path, "login", language, theme)
    door = Door(platform.base)
    door.sign_in("supervisor1", organisation.PASSWORD)
    unit = door.get(f"/cases/{numbers.handling}")["unit_id"]
    code = next(one["code"] for one in door.get("/units")["items"] if one["id"] == unit)
    door.close()
    page = enter(language, theme, organisation.clerk_of(code)).page
    page.goto(f"/console/unit/{numbers.handling}")
    expect(page.get_by_role("complementary").get_by_role("heading", level=1)).to_be_visible()
    assert found + look(page, tmp_path, "unit", language, theme) == []


@pytest.mark.parametrize(("language", "theme"), LIT)
def test_the_collectors_phone(language, theme, enter, numbers, tmp_path):
    page = enter(language, theme, phone=True).page
    page.goto("/field/")
    expect(page.get_by_role("button").nth(2)).to_be_visible()
    found = look(page, tmp_path, "field-login", language, theme)
    phone = Collector(enter(language, theme, "collector9", phone=True))
    page = phone.page
    page.goto("/field/")
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    found += look(page, tmp_path, "field-pin", language, theme)
    phone.set_pin()
    phone.open(f"task/{numbers.checking}")
    expect(page.get_by_role("img").nth(1)).to_be_visible()
    found += look(
        page, tmp_path, "field-check", language, theme, kept=f"field-check-{language}" if theme == "light" else ""
    )
    for name in ("", "report", "unsent", "me"):
        phone.open(name)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += look(page, tmp_path, f"field-{name or 'today'}", language, theme)
    assert found == []


@pytest.mark.parametrize(("language", "theme"), LIT)
def test_the_residents_phone(language, theme, enter, numbers, tmp_path):
    page = enter(language, theme, phone=True).page
    page.goto("/")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture("event", "0102", "before")}
    )
    expect(page).to_have_url(re.compile("/report$"))
    expect(page.get_by_role("img").first).to_be_visible()
    found = look(
        page, tmp_path, "citizen-report", language, theme, kept=f"citizen-report-{language}" if theme == "light" else ""
    )
    for name, path in (
        ("home", "/"),
        ("near", "/near"),
        ("mine", "/mine"),
        ("follow", f"/r/{numbers.checking}#{numbers.secret}"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        found += look(page, tmp_path, f"citizen-{name}", language, theme)
    assert found == []
