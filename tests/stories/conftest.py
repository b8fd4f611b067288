"""Browsers for the stories: Debian's Chromium, one process for all, a context for each person; maps drawn by software."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from gridloop.site.demo.ground import CENTRE
from ops import environment
from tests.running import Platform
from tests.stories.cases import Numbers, driven

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)  # fmt: skip
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 800}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Person:
    """Somebody at a screen; everything that their browser complains about is kept."""

    page: Page
    context: BrowserContext
    language: str
    complaints: list[str] = field(default_factory=list)


Seat = Callable[..., Person]


@pytest.fixture(scope="session")
def web_build() -> None:
    """The pages, built when their sources are newer."""
    environment.ensure_web()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "no Chromium is installed; ./gridloop doctor says which package is missing"
    browser = playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def numbers(platform: Platform) -> Numbers:
    """Two cases that pages can show, made once for all stories."""
    return driven(platform)


@pytest.fixture
def seat(chromium: Browser, platform: Platform, web_build: None) -> Iterator[Seat]:
    """Opens a browser of its own for a person: their language, their screen, their light, their position."""
    opened: list[Person] = []

    def make(
        language: str,
        *,
        phone: bool = False,
        theme: str = "light",
        at: tuple[float, float] = CENTRE,
        motion: str = "reduce",
    ) -> Person:
        wanted: dict[str, Any] = (
            {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": DESK}
        )
        context = chromium.new_context(
            base_url=platform.base, locale=LOCALES[language], timezone_id="Asia/Shanghai", color_scheme=theme, reduced_motion=motion,
            permissions=["geolocation"], geolocation={"longitude": at[0], "latitude": at[1], "accuracy": 8}, **wanted,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "gl_lang", "value": language, "url": platform.base}])
        context.add_init_script(
            f"for (const key of ['gl_theme', 'gl_field_look']) localStorage.getItem(key) ?? localStorage.setItem(key, '{theme}')"
        )
        person = Person(context.new_page(), context, language)
        person.page.on(
            "console",
            lambda said: said.type == "error" and person.complaints.append(f"{said.text} ({said.location['url']})"),
        )
        person.page.on("pageerror", lambda error: person.complaints.append(f"page error: {error}"))
        opened.append(person)
        return person

    yield make
    for person in opened:
        person.context.close()
