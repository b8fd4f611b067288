"""Ten tasks of ten users, each walked by what is to be seen on the screen and counted in acts; docs/tasks.md says the same counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from gridloop.site.demo.organisation import PASSWORD
from gridloop.site.drive.door import Door
from tests.running import Platform
from tests.stories.cases import SPOT, Numbers, cookies_of
from tests.stories.conftest import Person, Seat
from tests.stories.people import Collector, photo, row_of

pytestmark = pytest.mark.story
DOCS = Path(__file__).resolve().parents[2] / "docs" / "tasks.md"
COUNT = re.compile(r"^## \d+\. (?P<who>[^:\n]+):.*?^Acts: (?P<acts>\d+)", re.MULTILINE | re.DOTALL)
WHO = (
    "Call-taker", "Dispatcher", "Unit clerk", "Collector", "Supervisor", "Leader", "Resident", "Administrator", "Auditor", "Integrator",
)  # fmt: skip
DONE = "Repaired, the spot is clean."


@dataclass
class Hands:
    """Somebody at a screen who reads what is there and acts on it; every press, every field filled and every choice is one act."""

    page: Page
    acts: int = 0

    def within(self, part: Locator) -> Part:
        """Acts in a part of the screen."""
        return Part(self, part)

    @property
    def screen(self) -> Part:
        """Acts anywhere."""
        return Part(self, self.page.locator("body"))

    def go(self, name: str | re.Pattern[str]) -> None:
        """To a page by the rail."""
        rail = self.page.get_by_role("navigation", name="Main")
        self.within(rail).press("link", name)


@dataclass
class Part:
    """A part of the screen, and whose hands act there."""

    hands: Hands
    part: Locator

    def press(self, role: str, name: str | re.Pattern[str], *, first: bool = False) -> None:
        """A button, a link, an option, a row: by role and name."""
        found = self.part.get_by_role(role, name=name, exact=isinstance(name, str))  # type: ignore[arg-type]
        (found.first if first else found).click()
        self.hands.acts += 1

    def fill(self, label: str | re.Pattern[str], text: str) -> None:
        """A field by its label, as one entry."""
        self.part.get_by_label(label, exact=isinstance(label, str)).first.fill(text)
        self.hands.acts += 1

    def choose(self, label: str, option: str) -> None:
        """One of a list."""
        self.part.get_by_role("combobox", name=label, exact=True).select_option(label=option)
        self.hands.acts += 1

    def take(self, label: str | re.Pattern[str], picture: Path) -> None:
        """A photo, by the button that asks for one."""
        self.part.get_by_label(label).first.set_input_files(picture)
        self.hands.acts += 1


SitDown = Callable[..., Hands]


@pytest.fixture
def sit_down(seat: Seat, platform: Platform) -> Iterator[SitDown]:
    """Opens the app as somebody who has signed in; what their browser complains about is looked at when the task is done."""
    people: list[Person] = []

    def make(login: str = "", start: str = "/console/", *, phone: bool = False) -> Hands:
        person = seat("en", phone=phone, at=SPOT)
        if login:
            person.context.add_cookies(
                [{"name": n, "value": v, "url": platform.base} for n, v in cookies_of(platform.base, login).items()]
            )
        person.page.goto(start)
        people.append(person)
        return Hands(person.page)

    yield make
    assert [one for person in people for one in person.complaints] == []


def documented() -> dict[str, int]:
    """The acts that docs/tasks.md promises, by who."""
    return {one["who"]: int(one["acts"]) for one in COUNT.finditer(DOCS.read_text(encoding="utf-8"))}


def promised(who: str, hands: Hands, record_property: Callable[[str, object], None]) -> None:
    """The acts go into the report, and are no more than the docs say."""
    record_property("acts", hands.acts)
    print(f"{who}: {hands.acts} acts")  # noqa: T201 - the report of the test
    assert hands.acts == documented()[who], f"{who} takes {hands.acts} acts, docs/tasks.md says {documented()[who]}"


def drawer(page: Page) -> Locator:
    """The open case."""
    return page.get_by_role("complementary", name="Case", exact=True)


def test_the_docs_tell_ten_tasks_of_ten_users_in_few_lines():
    text = DOCS.read_text(encoding="utf-8")
    assert tuple(documented()) == WHO
    for task in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        assert len([line for line in task.splitlines()[1:] if line.strip()]) <= 12, task.splitlines()[0]


def test_a_call_taker_enters_what_a_caller_says(sit_down, record_property):
    hands = sit_down("acceptor1")
    page = hands.page
    hands.go("Intake")
    hands.screen.fill("What is wrong", "Rubbish bags by the wall, it smells")
    hands.screen.fill("Name, junction, house number or grid code", "中山")
    hands.screen.press("option", re.compile("."), first=True)
    hands.screen.press("button", re.compile("^Enter"))
    expect(page.get_by_text(re.compile(r"Entered \d{8}-\d{6}"))).to_be_visible()
    promised("Call-taker", hands, record_property)


def test_a_dispatcher_sends_a_filed_case_to_its_unit(sit_down, numbers: Numbers, record_property):
    hands = sit_down("dispatcher3")
    page = hands.page
    hands.screen.press("button", re.compile("^All"))
    row_of(page, numbers.waiting).click()
    hands.acts += 1
    part = hands.within(drawer(page))
    part.press("button", re.compile("^dispatch", re.IGNORECASE))
    hands.within(drawer(page).locator("form")).press("button", "dispatch")
    expect(page.get_by_text(f"dispatch: {numbers.waiting} done")).to_be_visible()
    promised("Dispatcher", hands, record_property)


def test_a_unit_clerk_reports_the_work_done(sit_down, numbers: Numbers, tmp_path, record_property):
    hands = sit_down(numbers.clerk)
    page = hands.page
    hands.go("Unit")
    page.locator(f'a[href$="{numbers.handling}"]').click()
    hands.acts += 1
    part = hands.within(drawer(page))
    part.press("button", re.compile("^finish", re.IGNORECASE))
    part.take("photo", photo(tmp_path, "after", SPOT, minutes=90))
    expect(page.get_by_role("progressbar")).to_have_count(0)
    part.fill("note", DONE)
    hands.within(drawer(page).locator("form")).press("button", re.compile("^finish", re.IGNORECASE))
    expect(page.get_by_text(re.compile(f"{numbers.handling} done"))).to_be_visible()
    promised("Unit clerk", hands, record_property)


def test_a_collector_checks_on_the_spot(sit_down, seat, numbers: Numbers, tmp_path, record_property):
    hands = sit_down("collector9", "/field/", phone=True)
    page = hands.page
    Collector(Person(page, page.context, "en")).set_pin()
    page.locator(f'a[href$="{numbers.checking}"]').first.click()
    hands.acts += 1
    hands.screen.take(re.compile("Take a photo on the spot"), photo(tmp_path, "after", SPOT, minutes=150))
    for question in page.get_by_role("group").all():
        if question.get_by_role("button", name="Yes", exact=True).count():
            hands.within(question).press("button", "Yes")
    hands.screen.press("button", "Pass")
    expect(page.get_by_text("Delivered", exact=True)).to_be_visible()
    promised("Collector", hands, record_property)


def test_a_supervisor_changes_a_rule_and_a_second_one_confirms(sit_down, record_property):
    hands = sit_down("supervisor1")
    page = hands.page
    hands.go("Masters")
    hands.within(page.get_by_role("navigation", name="Tables")).press("button", re.compile("^Reasons for suspending"))
    hands.within(page.get_by_role("main")).press("button", re.compile("eather"), first=True)
    side = page.get_by_role("complementary")
    budget = side.get_by_label(re.compile("udget"))
    budget.fill(f"{float(budget.input_value()) / 2:g}")
    hands.acts += 1
    part = hands.within(side)
    part.press("button", re.compile("^Preview"))
    expect(side.get_by_text("Another administrator or supervisor has to confirm this.")).to_be_visible()
    part.fill("Why (for the ledger)", "Storms last two days here")
    part.press("button", "Propose")
    expect(page.get_by_text("Proposed; it waits for a second pair of eyes")).to_be_visible()
    second = sit_down("supervisor2")
    second.go(re.compile("^Masters"))
    second.within(second.page.get_by_role("navigation", name="Tables")).press("button", re.compile("^Pending"))
    second.screen.press("button", "Confirm", first=True)
    expect(second.page.get_by_text("Confirmed", exact=True).first).to_be_visible()
    hands.acts += second.acts
    promised("Supervisor", hands, record_property)


def test_a_leader_reads_a_figure_opens_its_cases_and_takes_the_report_along(sit_down, record_property):
    hands = sit_down("mayor")
    page = hands.page
    hands.go("Figures")
    table = page.get_by_role("region", name="The 24 indicators")
    hands.within(table).press("button", re.compile(r": Of [1-9]"), first=True)
    panel = page.get_by_role("region", name=re.compile("cases in question")).first
    expect(panel.get_by_role("link").first).to_be_visible()
    with page.expect_download() as kept:
        hands.screen.press("link", "Month PDF")
    assert kept.value.suggested_filename.endswith(".pdf")
    assert Path(kept.value.path()).read_bytes().startswith(b"%PDF")
    hands.within(panel).press("link", re.compile(r"\d{8}-\d{6}"), first=True)
    expect(drawer(page).get_by_role("heading", level=1)).to_be_visible()
    promised("Leader", hands, record_property)


def test_a_resident_reports_with_a_photo(sit_down, tmp_path, record_property):
    hands = sit_down("", "/", phone=True)
    page = hands.page
    hands.screen.take("See a problem? Take a photo", photo(tmp_path, "before", (SPOT[0] + 0.004, SPOT[1] + 0.002)))
    hands.screen.press("button", "Submit")
    expect(page.get_by_role("heading", name="Received").first).to_be_visible()
    promised("Resident", hands, record_property)


def test_an_administrator_seats_a_new_colleague(sit_down, platform: Platform, record_property):
    hands = sit_down("admin")
    page = hands.page
    hands.go("People")
    hands.screen.press("button", "Add a person")
    form = hands.within(page.locator("form.new"))
    form.fill("Login", "newcomer")
    form.fill("Name", "Newcomer")
    form.fill("Password", "a-good-long-word-42")
    form.press("button", "Add a person")
    hands.screen.fill("Name or login", "newcomer")
    hands.screen.press("button", "Newcomer")
    hands.screen.choose("Duty", "Acceptor")
    hands.within(page.locator("form.grant")).fill(re.compile("^Area code"), "350203")
    hands.screen.press("button", "Grant")
    expect(page.get_by_text(re.compile("Newcomer is now"))).to_be_visible()
    door = Door(platform.base)
    door.sign_in("newcomer", "a-good-long-word-42")
    assert [one["duty"] for one in door.get("/session")["grants"]] == ["acceptor"]
    door.close()
    promised("Administrator", hands, record_property)


def test_an_auditor_proves_that_an_entry_was_not_changed(sit_down, record_property):
    hands = sit_down("auditor")
    page = hands.page
    hands.go("Ledger")
    hands.within(page.get_by_role("region", name="Ledger")).press("link", re.compile(r"^[\d,]+$"), first=True)
    expect(page.get_by_text("This entry was not changed")).to_be_visible()
    hands.screen.press("button", re.compile("^Verify all"))
    expect(page.get_by_text(re.compile("All .* entries here verified"))).to_be_visible()
    promised("Auditor", hands, record_property)


def connected(platform: Platform) -> None:
    """Somebody who answers for another system: the duty that `docs/how-to/connect-a-system.md` asks for."""
    door = Door(platform.base)
    door.sign_in("admin", PASSWORD)
    made = door.send("/people", {"login": "port", "name": "Port", "title": "port system", "password": PASSWORD})
    assert door.send("/grants", {"person_id": made.body["id"], "duty": "integrator", "area": ""}).ok
    door.close()


def test_an_integrator_makes_a_key_and_reads_cases_with_it(sit_down, platform: Platform, record_property):
    connected(platform)
    hands = sit_down("port")
    page = hands.page
    hands.go("Settings")
    keys = hands.within(page.get_by_role("region", name="API keys"))
    keys.fill("Name", "Night watch of the port")
    keys.press("button", "Make a key")
    token = page.get_by_role("status").locator("code").inner_text()
    described = httpx.get(f"{platform.base}/api/v1/openapi.json", timeout=30).json()
    assert "/api/v1/cases" in described["paths"]
    assert httpx.get(f"{platform.base}/docs/api", timeout=30, follow_redirects=True).status_code == 200
    answer = httpx.get(
        f"{platform.base}/api/v1/cases", params={"limit": 2}, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 2
    hands.acts += 1
    promised("Integrator", hands, record_property)
