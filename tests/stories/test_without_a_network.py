"""A collector without a network: the app opens again with its PIN, twenty reports wait through a restart, and each arrives exactly once."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from gridloop.site.demo import organisation
from gridloop.site.drive.door import Door
from tests.stories.people import PIN, Collector, photo

pytestmark = pytest.mark.story
SPOT = (118.1215, 24.477)  # away from the other stories, which look at what lies near theirs
REPORTS = 20
MINE = "没网时报的第{n}件:路边堆了垃圾袋"
UNDER_COVER = """async () => {
  const open = name => new Promise((good, bad) => { const r = indexedDB.open(name); r.onsuccess = () => good(r.result); r.onerror = () => bad(r.error) })
  const base = await open('gridloop-field-sealed')
  const said = []
  for (const room of base.objectStoreNames) {
    const rows = await new Promise(good => { const r = base.transaction(room).objectStore(room).getAll(); r.onsuccess = () => good(r.result) })
    for (const row of rows) said.push(row.name + new TextDecoder('utf-8').decode(row.box))
  }
  base.close()
  return said
}"""
"""Everything that lies in the phone's database, as text."""


def report(phone: Collector, picture: Path, number: int) -> None:
    """Photo, words, the likeliest kind; the place comes from the photo."""
    page = phone.page
    page.get_by_label("拍照上报").first.set_input_files(picture)
    expect(page).to_have_url(re.compile("/report$"))
    page.get_by_label("情况").fill(MINE.format(n=number))
    page.locator(".likely .choice").first.click()
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page).to_have_url(re.compile("/field/$"))


def test_twenty_reports_without_a_network_arrive_exactly_once(seat, platform, tmp_path):
    phone = Collector(seat("zh", phone=True, at=SPOT))
    page, context = phone.page, phone.person.context
    phone.sign_in("collector9")
    expect(page.get_by_role("heading", name=re.compile("今日"))).to_be_visible()
    page.evaluate(
        "() => new Promise(good => navigator.serviceWorker.controller ? good() : navigator.serviceWorker.addEventListener('controllerchange', good))"
    )
    page.wait_for_load_state("networkidle")

    context.set_offline(True)
    phone.open("")
    expect(page.get_by_role("heading", name=re.compile("今日"))).to_be_visible()
    pictures = [photo(tmp_path, "before", SPOT, minutes=minute) for minute in range(3)]
    for number in range(1, REPORTS + 1):
        report(phone, pictures[number % 3], number)
    expect(page.get_by_text(f"{REPORTS} 条待发送")).to_be_visible()
    lying = page.evaluate(UNDER_COVER)
    assert len(lying) > REPORTS
    assert not any("垃圾袋" in one or "collector" in one for one in lying)

    page.close()
    phone.page = page = context.new_page()
    page.goto("/field/")
    page.get_by_label("PIN", exact=True).fill("739204")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_text(f"{REPORTS} 条待发送")).to_be_visible()

    lost = {"answers": 2}

    def lose(route: Route) -> None:
        """The server commits; its answer never comes back."""
        if lost["answers"] == 0:
            route.continue_()
            return
        lost["answers"] -= 1
        route.fetch()
        route.abort()

    page.route("**/api/v1/cases", lose)
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("已全部送达")).to_be_visible(timeout=120_000)

    assert lost["answers"] == 0
    desk = Door(platform.base)
    desk.sign_in("desk", organisation.PASSWORD)
    since = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
    arrived = [one["title"] for one in desk.get("/cases", view="all", since=since, limit=100)["items"]]
    desk.close()
    mine = [one for one in arrived if "没网时报的第" in one]
    assert len(mine) == REPORTS
    assert len(set(mine)) == REPORTS
