"""The queue, a case and the command bar with the keyboard alone: the focus is always somewhere, always seen, and never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Platform
from tests.stories.cases import Numbers, cookies_of
from tests.stories.conftest import Seat

pytestmark = pytest.mark.story
WHERE = """() => {
  const here = document.activeElement
  if (!here || here === document.body) return 'nowhere'
  const box = here.getBoundingClientRect()
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth
  if (!inside) return `outside the screen: ${here.outerHTML.slice(0, 120)}`
  const marked = one => getComputedStyle(one).boxShadow !== 'none' || getComputedStyle(one).outlineStyle !== 'none'
  const ringed = marked(here) || marked(here.parentElement) || here.matches('canvas, [tabindex="-1"]')
  return ringed ? '' : `without a ring: ${here.outerHTML.slice(0, 120)}`
}"""
"""Empty when the focus is on something that is seen to have it."""


def press(page: Page, *keys: str) -> None:
    """One key after the other; after each the focus is somewhere where it is seen."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_function(f"() => ({WHERE})() === ''")


def test_a_dispatcher_needs_no_mouse(seat: Seat, platform: Platform, numbers: Numbers):
    person = seat("en")
    page = person.page
    cookies = cookies_of(platform.base, "desk")
    person.context.add_cookies([{"name": n, "value": v, "url": platform.base} for n, v in cookies.items()])
    page.goto("/console/")
    queue = page.get_by_role("region", name="Queue", exact=True)
    expect(queue.get_by_role("link").first).to_be_visible()

    press(page, "j")
    expect(queue.locator("a:focus")).to_have_attribute("aria-current", "true")
    first = page.evaluate("() => document.activeElement.href")
    press(page, "j", "k")
    assert page.evaluate("() => document.activeElement.href") == first
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(page, "Escape", "Enter")
    drawer = page.get_by_role("complementary", name="Case", exact=True)
    expect(drawer.get_by_role("heading", level=1)).to_be_visible()
    press(page, "Escape")
    expect(drawer).to_have_count(0)
    expect(queue.locator("a:focus")).to_have_count(1)

    press(page, "/")
    page.keyboard.type(numbers.handling)
    expect(page.get_by_role("option").filter(has_text=numbers.handling).first).to_be_visible()
    press(page, "Enter")
    expect(drawer.get_by_text(numbers.handling).first).to_be_visible()
    expect(drawer.get_by_role("region").first).to_be_focused()
    press(page, "Escape")
    expect(drawer).to_have_count(0)
    assert person.complaints == []
