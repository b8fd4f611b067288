"""A collector without a network: the app opens again with its PIN, twenty reports wait through a restart, each arrives exactly once, and a verdict on a case that moved on meanwhile is left to the person."""

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


def to_verify(desk: Door) -> str:
    """A case that waits for somebody to look on the spot."""
    said = {"text": "人行道地砖翘起,请核实", "lon": SPOT[0], "lat": SPOT[1], "source": "hotline", "photos": []}
    number: str = desk.send("/cases", {**said, "class_kind": "event", "class_code": "0102"}).body["number"]
    assert desk.send(f"/cases/{number}/steps", {"verb": "send_verify"}).ok
    return number


def a_verdict_meets_a_case_that_moved_on(phone: Collector, desk: Door, number: str, picture: Path) -> None:
    """Said without a network, while the desk wrote something: both stand on the screen, the person decides, nothing is lost or doubled."""
    page, context = phone.page, phone.person.context
    phone.open(f"task/{number}")
    expect(page.get_by_role("button", name="不属实", exact=True)).to_be_visible()
    context.set_offline(True)
    page.get_by_label("到现场拍一张").set_input_files(picture)
    page.get_by_label("说明").fill("到现场没有看到翘起的地砖")
    page.get_by_role("button", name="不属实", exact=True).click()
    expect(page.get_by_text("1 条待发送")).to_be_visible()
    assert desk.send(f"/cases/{number}/steps", {"verb": "comment", "note": "来电人补充:在公交站北侧"}).ok
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_role("link", name=re.compile("1 条要您看")).click()
    both = page.get_by_role("alert")
    expect(both).to_contain_text("到现场没有看到翘起的地砖")
    expect(both).to_contain_text("来电人补充:在公交站北侧")
    page.get_by_role("button", name="在新状态上再发", exact=True).click()
    expect(page.get_by_text("已全部送达")).to_be_visible()
    verbs = [(one["verb"], one["note"], len(one["photos"])) for one in desk.get(f"/cases/{number}")["history"]]
    assert verbs[-1] == ("not_found", "到现场没有看到翘起的地砖", 1)
    assert [verb for verb, *_ in verbs].count("not_found") == 1


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
    mine = [one for one in arrived if "没网时报的第" in one]
    assert len(mine) == REPORTS
    assert len(set(mine)) == REPORTS

    number = to_verify(desk)
    a_verdict_meets_a_case_that_moved_on(phone, desk, number, pictures[0])
    desk.close()
