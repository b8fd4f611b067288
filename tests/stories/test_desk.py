"""The desk looks back and comes back, takes note of an alarm, and is handed over on one page signed by both."""

from __future__ import annotations

import datetime as dt
import re

import psycopg
import pytest
from playwright.sync_api import expect

from gridloop.site.demo.organisation import PASSWORD
from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.conftest import Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story
SPOT = (118.1181, 24.4803)
GAUGE = """
insert into cases_alarm_source (code, name_zh, name_en, limits, shelf_hours_max, declared_at)
values ('gauge', '易涝点水位', 'water gauge', '{}', 24, now()) on conflict do nothing
"""
"""A source of its own: what the platform raises itself it also clears, at the next whole minute, and no such cause stands here."""
RAISE = """
insert into cases_alarm (key, source_id, severity, title_zh, title_en, subject, area, why, times, raised_at, active_at, acknowledged_name, false_because,
    shelved_name, shelf_reason)
values ('gauge:7', 'gauge', 'high', '文灶下穿通道积水', 'Wenzao underpass is under water', '', '3502', '{"centimetres": 32}', 1, now(), now(), '', '', '', '')
"""


def a_report(platform: Platform, text: str) -> str:
    """A resident reports; returns the number."""
    resident = Door(platform.base)
    resident.get("/session")
    said = {"text": text, "lon": SPOT[0], "lat": SPOT[1], "class_kind": "event", "class_code": "0102"}
    number: str = resident.send("/reports", said).body["number"]
    resident.close()
    return number


def test_the_desk_looks_back_changes_nothing_and_comes_back_with_what_happened_meanwhile(
    seat: Seat, platform: Platform
):
    first = a_report(platform, "路口有一堆暴露垃圾,气味很大")
    with psycopg.connect(platform.database_url) as connection:
        connection.execute(GAUGE)
        connection.execute(RAISE)
        connection.execute(RAISE.replace("gauge:7", "gauge:8").replace("文灶下穿通道", "金榜隧道"))
    person = seat("zh")
    desk, page = Console(person), person.page
    desk.sign_in("desk")
    desk.open(first)
    page.get_by_role("slider", name="当前显示的时刻").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text(re.compile("^回放 20"))).to_be_visible()
    expect(desk.drawer.get_by_text("该时刻此案件尚未上报。")).to_be_visible()
    steps = desk.drawer.get_by_role("region").locator("xpath=following-sibling::section").get_by_role("button")
    expect(steps.first).to_be_disabled()
    expect(page.get_by_role("region", name="待办").get_by_role("link").filter(has_text="气味很大")).to_have_count(0)
    second = a_report(platform, "公交站牌倒在人行道上")
    expect(page.get_by_text(re.compile("条新变化待显示"))).to_be_visible()
    page.keyboard.press("b")
    expect(page.get_by_text(re.compile("^回放 20"))).to_have_count(0)
    expect(steps.first).to_be_enabled()
    desk.open(second)

    page.get_by_role("button", name=re.compile("条告警未确认")).click()
    card = page.get_by_role("region", name="告警详情").last
    page.get_by_role("button", name=re.compile("^高 金榜隧道积水")).click()
    expect(card.get_by_role("heading", name="金榜隧道积水")).to_be_visible()
    page.keyboard.press("a")
    expect(card.get_by_text(re.compile("用时"))).to_be_visible()
    page.keyboard.press("a")
    expect(card.get_by_role("heading", name="金榜隧道积水")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^高 文灶下穿通道积水")).click()
    expect(card.get_by_role("heading", name="文灶下穿通道积水")).to_be_visible()
    page.keyboard.press("a")
    expect(card.get_by_text(re.compile("用时"))).to_be_visible()
    page.keyboard.press("s")
    card.get_by_label("为什么可以等").fill("等待雨停")
    card.locator("form").get_by_role("button", name="搁置").click()
    expect(page.get_by_text(re.compile("搁置至 .*等待雨停"))).to_be_visible()
    assert person.complaints == []


def test_the_desk_is_handed_over_on_one_page_signed_by_both(seat: Seat, platform: Platform):
    number = a_report(platform, "人行道上有一堆建筑垃圾")
    person = seat("en")
    desk, page = Console(person), person.page
    desk.sign_in("leader1", "/console/shift")
    expect(page.get_by_role("heading", name="Shift hand-over")).to_be_visible()

    def sign(form: str, login: str, password: str, note: str, button: str) -> None:
        box = page.get_by_role("form", name=form)
        box.get_by_role("textbox").first.fill(note)
        box.get_by_label("Login").fill(login)
        box.get_by_label("Password").fill(password)
        box.get_by_role("button", name=button).click()

    freeze = "Freeze the page and sign"
    sign("I hand over", "leader1", "not my password", "", freeze)
    expect(page.get_by_role("alert")).to_contain_text("the login or the password is wrong")
    sign("I hand over", "leader1", PASSWORD, f"Look after {number}", freeze)
    sign("I take over", "leader1", PASSWORD, "", "Sign")
    expect(page.get_by_role("alert")).to_contain_text("the second signature is another person's")
    sign("I take over", "leader2", PASSWORD, "Understood", "Sign")
    expect(page).to_have_url(re.compile(r"/console/shift/\d+$"))
    sheet = page.get_by_role("article")
    expect(sheet).to_contain_text(f"Look after {number}")
    expect(sheet).to_contain_text("Understood")
    expect(sheet).to_contain_text(re.compile(r"SHA-256 [0-9a-f]{64}"))
    with psycopg.connect(platform.database_url) as connection:
        row = connection.execute("select outgoing_id <> incoming_id, incoming_at from cases_handover").fetchone()
    assert row is not None
    assert row[0] is True
    assert row[1] > dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    assert [one for one in person.complaints if "409" not in one] == []
