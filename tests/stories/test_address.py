"""What a page shows stands in its address: it is loaded again as it was, sent to somebody, and gone back to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.cases import Numbers
from tests.stories.conftest import Seat
from tests.stories.people import Console

pytestmark = pytest.mark.story


def rows_say(page: Page, words: str) -> None:
    """Every case of the list stands in this state."""
    table = page.get_by_role("region", name="Cases")
    expect(table.get_by_role("row").nth(1)).to_contain_text(words)
    states = table.locator("tbody tr td:nth-child(5)")
    expect(states.filter(has_not_text=words)).to_have_count(0)


def test_a_list_is_loaded_again_sent_to_somebody_and_gone_back_to_as_it_was(seat: Seat, numbers: Numbers) -> None:
    supervisor = seat("en")
    page = supervisor.page
    Console(supervisor).sign_in("supervisor1", "/console/cases")
    states = page.get_by_role("combobox", name="State")
    states.select_option("handling")
    expect(page).to_have_url(re.compile(r"/cases\?state=handling$"))
    rows_say(page, states.locator("option[value=handling]").inner_text())
    page.get_by_role("searchbox").fill(numbers.handling)
    expect(page).to_have_url(re.compile(rf"q={numbers.handling}"))
    expect(page.get_by_role("region", name="Cases").get_by_role("link")).to_have_count(1)
    sent = page.url

    page.reload()
    expect(page.get_by_role("combobox", name="State")).to_have_value("handling")
    expect(page.get_by_role("searchbox")).to_have_value(numbers.handling)
    page.get_by_role("link", name=numbers.handling).click()
    expect(page.get_by_role("complementary", name="Case", exact=True)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(sent)
    expect(page.get_by_role("searchbox")).to_have_value(numbers.handling)

    other = seat("en")
    Console(other).sign_in("supervisor2")
    other.page.goto(sent)
    expect(other.page.get_by_role("link", name=numbers.handling)).to_be_visible()
    other.page.get_by_role("navigation", name="Main").get_by_role("link", name="Cases").click()
    expect(other.page.get_by_role("searchbox")).to_have_value("")
    assert [*supervisor.complaints, *other.complaints] == []


def test_figures_and_the_cases_behind_one_are_sent_with_their_period(seat: Seat, numbers: Numbers) -> None:
    leader = seat("en")
    page = leader.page
    Console(leader).sign_in("mayor", "/console/statistics")
    page.get_by_role("button", name="30 days").click()
    expect(page).to_have_url(re.compile(r"from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d"))
    table = page.get_by_role("region", name="The 24 indicators")
    table.get_by_role("button", name=re.compile(r": Of [1-9]")).first.click()
    panel = page.get_by_role("region", name=re.compile("cases in question")).first
    first = panel.get_by_role("link").first
    expect(first).to_be_visible()
    number = first.inner_text()
    expect(page).to_have_url(re.compile("figure="))
    sent = page.url

    other = seat("en")
    Console(other).sign_in("supervisor1")
    other.page.goto(sent)
    expect(other.page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    again = other.page.get_by_role("region", name=re.compile("cases in question")).first
    expect(again.get_by_role("link").first).to_have_text(number)
    assert [*leader.complaints, *other.complaints] == []
    assert numbers.handling
