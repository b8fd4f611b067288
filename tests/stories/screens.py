"""Every page of the three apps, walked in one browser without loading the app again: what axe-core, the edges of the screen and the console say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
DRAWN_MS = 4000
"""Until a map that begins has all its streets."""
KEPT = ROOT / "docs" / "screenshots"
BYTES_MAX = 500_000
COLOURS = ((Image.Quantize.MEDIANCUT, 176), (Image.Quantize.MAXCOVERAGE, 80))
"""The palette of a kept picture: most places for what fills the screen, the rest for what is rare on it, such as a red octagon."""
SIZES = ({"width": 1366, "height": 768}, {"width": 1920, "height": 1080}, {"width": 360, "height": 800})
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK_AXE = """([standards, only, without]) => axe.run(document, {
  runOnly: only.length ? { type: 'rule', values: only } : { type: 'tag', values: standards },
  rules: Object.fromEntries(without.map(one => [one, { enabled: false }])), resultTypes: ['violations'] })
  .then(found => found.violations.map(one => `${one.id} (${one.impact}): ${one.help}: `
    + one.nodes.slice(0, 4).map(node => node.html.slice(0, 160) + ' // ' + node.failureSummary).join(' | ')))"""
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
"""The rules that a theme can break; all others look at the page's structure, which the themes share."""
OUTSIDE = (Path(__file__).parent / "overflow.js").read_text(encoding="utf-8")
COUNTING = """(() => {
  window.asked = 0
  window.asking = 0
  const real = window.fetch
  window.fetch = (...how) => {
    window.asking += 1
    window.asked += 1
    return real(...how).finally(() => setTimeout(() => { window.asking -= 1 }, 30))
  }
})()"""
"""Counts the requests under way, so that nobody has to guess when a page has all it asked for."""
QUIET = """() => !window.asking && document.readyState === 'complete' && !document.querySelector('[aria-busy=true], .ghost')
  && [...document.images].every(one => one.complete || one.loading === 'lazy') && document.querySelector('h1, h2, [role=status], form')"""
GO = """to => {
  history.pushState(null, '', to)
  dispatchEvent(new PopStateEvent('popstate', { state: null }))
}"""
"""To another page of the same app, as Back and Forward do it: the app stays, only the page changes."""
SETTLED_MS = 60_000
ROUTE = re.compile(r"path: '(?P<path>[^']+)'(?:, name: '(?P<name>\w+)')?")


@dataclass(frozen=True)
class Visit:
    """One page: its route, the address, what is to be pressed there first."""

    route: str
    path: str
    press: str = ""


@dataclass
class Walk:
    """A page of a browser on its way through an app; what was found wrong is kept with the name of the page."""

    page: Page
    language: str
    base: str
    found: list[str] = field(default_factory=list)

    def go(self, visit: Visit) -> None:
        """There by the app's own router, until everything asked for has come."""
        self.page.evaluate(GO, self.base + visit.path)
        self.settle()
        if visit.press:
            self.page.locator(visit.press).first.click()
            self.settle()

    def settle(self) -> None:
        """Nothing is under way, nothing says that it is loading."""
        self.page.wait_for_function(QUIET, timeout=SETTLED_MS)
        self.page.evaluate("() => document.fonts.ready.then(() => true)")

    def look(self, name: str) -> None:
        """axe-core on the whole page, none of it behind a bar at the window's edge: everything once, then what the other theme may break."""
        window = self.page.viewport_size or SIZES[0]
        whole = self.page.evaluate("() => document.documentElement.scrollHeight")
        if whole > window["height"]:
            self.page.set_viewport_size({"width": window["width"], "height": whole})
        self._note(f"{name} {self.language} light", self.page.evaluate(ASK_AXE, [STANDARDS, [], []]))
        self.page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
        self._note(f"{name} {self.language} dark", self.page.evaluate(ASK_AXE, [STANDARDS, COLOUR_RULES, []]))
        self._picture(f"{name}-{self.language}-dark")
        self.page.evaluate("() => { document.documentElement.dataset.theme = 'light' }")
        self.page.set_viewport_size(window)  # type: ignore[arg-type]

    def measure(self, name: str, sizes: tuple[dict[str, int], ...] = SIZES) -> None:
        """What does not fit at these sizes of the window; the first is left on."""
        for size in (*sizes[1:], sizes[0]):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.evaluate(
                "() => new Promise(good => requestAnimationFrame(() => requestAnimationFrame(() => good(true))))"
            )
            where = f"{name} {self.language} {size['width']}x{size['height']}"
            self._note(where, self.page.evaluate(OUTSIDE))
            self._picture(f"{name}-{self.language}-{size['width']}")

    def _note(self, where: str, said: list[str]) -> None:
        self.found += [f"{where}: {one}" for one in said]

    def _picture(self, name: str) -> None:
        if folder := os.environ.get("SCREENS_TO"):
            self.page.screenshot(path=Path(folder) / f"{(self.base + name).strip('/').replace('/', '_')}.png")


def routes(app: str) -> dict[str, str]:
    """The routes that an app's router names, with their paths; redirects have no name and no page."""
    text = (ROOT / "web" / app / "src" / "router.ts").read_text(encoding="utf-8")
    return {one["name"]: one["path"] for one in ROUTE.finditer(text) if one["name"]}


def visits(app: str, opened: dict[str, str]) -> Iterator[Visit]:
    """A visit to every route: optional parts left out, and once more with something opened where `opened` has an address."""
    for name, path in routes(app).items():
        bare = re.sub(r"/:\w+(\([^)]*\))?\?", "", path)
        if ":" not in bare:
            yield Visit(name, bare or "/")
        if name in opened:
            yield Visit(name, opened[name])
        elif ":" in bare:
            raise AssertionError(
                f"{app}: nobody looks at the route {name} ({path}); say in test_screens.py what to open there"
            )


def _choose_theme(page: Page, theme: str) -> None:
    """As somebody who has chosen it comes back to the page."""
    page.evaluate("theme => localStorage.setItem('gl_theme', theme)", theme)
    page.reload()
    page.wait_for_timeout(DRAWN_MS)


def keep(page: Page, name: str, *, dark: bool = False) -> None:
    """The picture of a page for the docs, when that is asked for (`GRIDLOOP_SCREENSHOTS=1`); it must stay small."""
    if os.environ.get("GRIDLOOP_SCREENSHOTS") != "1":
        return
    path = KEPT / f"{name}.png"
    if dark:
        _choose_theme(page, "dark")
    slim(page.screenshot()).save(path, optimize=True)
    if dark:
        _choose_theme(page, "light")
    assert path.stat().st_size < BYTES_MAX, f"{path.name} has {path.stat().st_size} bytes"


def slim(png: bytes) -> Image.Image:
    """The same picture with a palette, which takes a third of the bytes of full colour."""
    shot = Image.open(BytesIO(png)).convert("RGB")
    palette = Image.new("P", (1, 1))
    tones: list[Any] = [
        tone for method, count in COLOURS for tone in (shot.quantize(count, method).getpalette() or [])[: 3 * count]
    ]
    palette.putpalette(tones)
    return shot.quantize(palette=palette, dither=Image.Dither.NONE)


def signed_in(page: Page, path: str) -> None:
    """The app loaded once, on a page that everybody has."""
    page.goto(path)
    expect(page.get_by_role("main").first).to_be_visible()
