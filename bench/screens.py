"""What the console costs a person at it: input to paint, case to drawer, 60,000 moving points on the map, and the way back after the network was away.

Drives the real console in headless Chromium (maps drawn by software) on a running demo city: `./gridloop demo` first, and the tests' packages
(`./gridloop test` installs them). The 60,000 vehicles are frames of the live process's own making, handed to the page by a stand-in for its
socket; each drawn frame is a whole one, because the map is dragged meanwhile, with and without them in turn. The network is cut between browser
and live process, and every other request refused; meanwhile cases are reported. Last line: one JSON object.

    ./gridloop bench screens [--at http://localhost:8000] [--vehicles 60000] [--presses 40] [--cases 15] [--seconds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright

from bench.live_fleet import Traffic  # sets the settings up
from bench.relay import Relay
from bench.yardstick import yardstick_ms
from gridloop.fleet.queries import live as register
from gridloop.fleet.queries.live import Registered
from gridloop.site.demo.organisation import PASSWORD
from gridloop.site.drive.door import Door
from gridloop.site.live.vehicles.frames import Sent, key_frame
from gridloop.site.live.vehicles.table import Table
from ops import packages

SEAT = "supervisor1"
SIZE = {"width": 1366, "height": 768}
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run", "--disable-background-networking",
)  # fmt: skip
UNLIMITED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
"""A frame of the map is measured whole, not up to the next beat of a screen."""
PAGE = Path(__file__).with_suffix(".js")
MAP = "/console/map?at=118.15000,24.65000,9.70&layers={layers}"
ROUNDS = 2
SECONDS_KEPT = 25
AWAY_S = 6.0
MISSED = 10
SPOT = (118.11, 24.478)
PATIENCE_MS = 60_000
AIMS = {"input_to_paint_p95_ms": 100, "case_to_drawer_p50_ms": 150, "points_extra_ms_a_frame": 15, "reconnect_ms": 2000}


def main() -> None:
    """Measure all four, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at", default="http://localhost:8000")
    parser.add_argument("--vehicles", type=int, default=60_000)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--cases", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long the map is dragged each time")
    asked = parser.parse_args()
    figures: dict[str, object] = {"yardstick_ms": yardstick_ms()}
    frames = fleet_frames(asked.vehicles)
    live_url = Door(asked.at).get("/site")["live_url"]
    wire = Relay(urlsplit(live_url).port or 443)
    try:
        with console(asked.at, live_url, wire) as context:
            page = opened(context, "/console/")
            figures["browser_yardstick_ms"] = round(page.evaluate("bench.yardstick()"), 1)
            figures |= told(typed(page, asked.presses))
            figures |= told(opened_cases(page, asked.cases))
            page.close()
            figures |= told(came_back(context, wire, asked.at))
        with console(asked.at, live_url, wire, *UNLIMITED) as context:
            figures |= told(moving_points(context, frames, asked.vehicles, asked.seconds))
    finally:
        wire.close()
    figures["yardstick_after_ms"] = yardstick_ms()
    print(json.dumps(figures))


def told(figures: dict[str, float]) -> dict[str, float]:
    """The same, printed."""
    for name, value in figures.items():
        print(f"{name:28} {value}" + (f"   (aim < {AIMS[name]})" if name in AIMS else ""), flush=True)
    return figures


@contextmanager
def console(base: str, live_url: str, wire: Relay, *more: str) -> Iterator[BrowserContext]:
    """A browser with a supervisor signed in, who hears the live process through the wire."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or packages.chromium(), args=[*ARGUMENTS, *more]
        )
        context = browser.new_context(
            base_url=base, viewport=SIZE, locale="en-GB", timezone_id="Asia/Shanghai", bypass_csp=True
        )  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        door = Door(base)
        door.sign_in(SEAT, PASSWORD)
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in door.cookies.items()])
        door.close()

        def through_the_wire(route: Route) -> None:
            site = route.fetch().json()
            route.fulfill(json=site | {"live_url": live_url.replace(f":{wire.to_port}", f":{wire.port}")})

        context.route("**/api/v1/site", through_the_wire)
        context.add_init_script(path=PAGE)
        yield context
        browser.close()


def opened(context: BrowserContext, path: str) -> Page:
    """A page of the console, at rest."""
    page = context.new_page()
    page.goto(path)
    page.locator("main").first.wait_for()
    page.locator("a.case, .layers").first.wait_for()
    page.wait_for_timeout(2500)
    return page


def typed(page: Page, presses: int) -> dict[str, float]:
    """From a key that moves through the queue to the paint that shows it."""
    page.locator("body").press("j")
    for at in range(presses):
        page.keyboard.press("k" if at % 8 == 7 else "j")
        page.wait_for_timeout(60)
    page.wait_for_function(f"bench.state.inputs.length > {presses}")
    return shares("input_to_paint", page.evaluate("bench.state.inputs.slice(1)"))


def opened_cases(page: Page, count: int) -> dict[str, float]:
    """From the press on a row of the queue to the paint with its card."""
    took = []
    for at in range(count):
        row = page.locator("a.case").nth(at % 8)
        number = (row.get_attribute("href") or "").rsplit("/", 1)[-1]
        ready = f"() => document.querySelector('aside.drawer .scroll') && document.querySelector('aside.drawer').innerText.includes('{number}')"
        page.evaluate(f"() => bench.fromPress({ready})")
        row.click()
        took.append(page.evaluate("() => bench.state.opening"))
        page.wait_for_timeout(150)
    return shares("case_to_drawer", took)


def moving_points(context: BrowserContext, frames: list[bytes], vehicles: int, seconds: float) -> dict[str, float]:
    """A drawn frame of the dragged map with the vehicles and without them, in turn."""
    context.route(
        re.compile(r"/bench-frame/\d+$"),
        lambda route: route.fulfill(body=frames[int(route.request.url.rsplit("/", 1)[-1])]),
    )
    context.add_init_script(
        f"window.benchHello = {json.dumps({'type': 'hello', 'kinds': list(register.KIND_ORDER), 'last_warning': 0})}"
    )
    page = opened(context, MAP.format(layers="divisions"))
    page.evaluate(f"() => bench.load('/bench-frame/', {len(frames)})")
    switch = page.get_by_role("checkbox", name=re.compile("^Vehicles"))
    gaps: dict[bool, list[float]] = {False: [], True: []}
    page.evaluate("() => bench.dragged(1500)")  # what is drawn for the first time is not counted
    in_view = f"() => [...document.querySelectorAll('.layers .count')].some(one => one.innerText === '{vehicles:,}')"
    for shown in (False, True) * ROUNDS:
        switch.set_checked(shown)
        if shown:
            page.wait_for_function(in_view)
        page.wait_for_timeout(1200)
        gaps[shown] += page.evaluate(f"() => bench.dragged({seconds * 1000})")
    page.close()
    bare, full = float(np.mean(gaps[False])), float(np.mean(gaps[True]))
    return {
        "bare_map_ms_a_frame": round(bare, 1), "points_ms_a_frame": round(full, 1), "points_extra_ms_a_frame": round(full - bare, 1),
        "points_frame_p95_ms": round(float(np.percentile(gaps[True], 95)), 1), "bare_frame_p95_ms": round(float(np.percentile(gaps[False], 95)), 1),
    }  # fmt: skip


def came_back(context: BrowserContext, wire: Relay, base: str) -> dict[str, float]:
    """From the moment the network is back to the paint with everything that was missed."""
    page = opened(context, "/console/")
    shown = "() => Number(document.querySelector('.desk .tabs [aria-pressed=true]').innerText.replace(/\\D/g, ''))"
    before = page.evaluate(shown)

    def refuse(route: Route) -> None:
        route.abort("internetdisconnected")

    context.route("**/api/v1/**", refuse)
    wire.cut()
    door = Door(base)
    door.sign_in("desk", PASSWORD)
    begun = time.monotonic()
    for at in range(MISSED):
        said = {
            "text": "路口有一堆暴露垃圾",
            "lon": SPOT[0] + at / 1000,
            "lat": SPOT[1],
            "class_kind": "event",
            "class_code": "0102",
            "source": "hotline",
        }
        answer = door.send("/cases", said)
        if not answer.ok:
            raise SystemExit(f"a case for the gap was refused: {answer.status} {answer.sentence}")
    door.close()
    page.wait_for_timeout(max(0.0, AWAY_S - (time.monotonic() - begun)) * 1000)
    back = page.evaluate(
        f"() => {{ window.cameBack = (async () => {{ while (({shown})() < {before + MISSED}) await new Promise(requestAnimationFrame); return Date.now() }})() }}"
    )
    assert back is None
    context.unroute("**/api/v1/**", refuse)
    wire.mend()
    mended = time.time() * 1000
    at = page.evaluate("() => window.cameBack")
    page.close()
    return {"reconnect_ms": round(at - mended), "missed_events": MISSED, "away_s": AWAY_S}


def fleet_frames(vehicles: int) -> list[bytes]:
    """A key frame and a frame a second after it, as the live process makes them."""
    traffic, table = Traffic(vehicles), Table()
    table.register([Registered(one + 1, "3502", "truck", f"{one}") for one in range(vehicles)])
    now_ms, everyone = int(time.time() * 1000), np.ones(vehicles, np.bool_)
    table.take(traffic.fixes(everyone, now_ms), now_ms=now_ms)
    table.forget_jumps()
    whose = table.chosen(("",))
    made = [key_frame(table.rows(whose), seq=0, now_ms=now_ms)]
    sent = Sent(table.rows(whose))
    for second in range(1, SECONDS_KEPT):
        traffic.drive(1.0)
        at_ms = now_ms + 1000 * second
        table.take(traffic.fixes(everyone, at_ms), now_ms=at_ms)
        made.append(sent.delta_frame(table.rows(whose), seq=second, now_ms=at_ms))
        table.forget_jumps()
    return made


def shares(name: str, took_ms: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {
        f"{name}_{part}_ms": round(float(np.percentile(took_ms, share)), 1)
        for part, share in (("p50", 50), ("p95", 95))
    }


if __name__ == "__main__":
    main()
