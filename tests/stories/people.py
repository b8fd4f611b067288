"""What people of the story do on their screens, found by the names that everybody sees or hears."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from gridloop.cases.rules.loop import VERBS
from gridloop.site.demo.organisation import PASSWORD
from gridloop.site.demo.pictures import draw
from tests.stories.cases import BEFORE_AT
from tests.stories.conftest import Person

PIN = "482916"
WORDS = {
    "zh": {
        "login": "登录名", "password": "密码", "enter": "登录", "account": "账号", "shoot": "看到问题，拍一张", "kind": "类别", "choose_kind": "选一下 类别",
        "search_kind": "搜一搜，如 护栏、消防栓", "text": "还想说什么", "submit": "提交", "received": "已收到", "see": "看进展", "queue": "待办",
        "case": "案件详情", "note": "说明", "photo": "照片", "class": "类别", "rule": "立案条件", "unit": "责任单位", "pass": "通过", "take": "到现场拍一张",
        "yes": "是", "sent": "已送达", "fixed": "修好了", "before": "处置前", "after": "处置后", "rate": "修好了，评价", "rated": "您评了 5 星", "star5": "5 星",
        "pin_again": "再输一次", "pin_set": "设好，开始", "pin_open": "打开",
        "send": "提交评价", "not_fixed": "没修好", "mess": "修了，现场没收拾", "me_too": "我也遇到了，一起跟进", "reopened": "已重开，上一级在看", "again": "已派给负责单位", "done": "已{verb}：{number}", "all": "全部", "conditions": "结案条件",
    },
    "en": {
        "login": "Login", "password": "Password", "enter": "Sign in", "account": "Login", "shoot": "See a problem? Take a photo", "kind": "Kind", "choose_kind": "Choose Kind",
        "search_kind": "Search, such as railing or hydrant", "text": "Anything to add", "submit": "Submit", "received": "Received", "see": "See progress", "queue": "Queue",
        "case": "Case", "note": "note", "photo": "photo", "class": "class", "rule": "filing rule", "unit": "responsible unit", "pass": "Pass", "take": "Take a photo on the spot",
        "yes": "Yes", "sent": "Delivered", "fixed": "Fixed", "before": "before", "after": "after", "rate": "Fixed, rate it", "rated": "You gave 5 stars", "star5": "5 stars",
        "pin_again": "Once more", "pin_set": "Set and begin", "pin_open": "Open",
        "send": "Send rating", "not_fixed": "Not fixed", "mess": "Fixed, but left a mess", "me_too": "Me too, follow it", "reopened": "Reopened, one level up", "again": "With the unit in charge", "done": "{verb}: {number} done", "all": "All", "conditions": "Closing conditions",
    },
}  # fmt: skip
"""The words on the screens, as people read them."""


def photo(folder: Path, stage: str, at: tuple[float, float], *, minutes: int = 0) -> Path:
    """A JPEG of the same street before or after the work, with position and time as a phone writes them."""
    moment = BEFORE_AT + dt.timedelta(minutes=minutes)
    path = folder / f"{stage}-{minutes}.jpg"
    path.write_bytes(
        draw(
            "event", "0102", seed=3, stage="before" if stage == "before" else "after", when=moment, lon=at[0], lat=at[1]
        )
    )
    return path


def verb_words(verb: str, language: str) -> str:
    """What the button of a step says."""
    zh, en = VERBS[verb]
    return zh if language == "zh" else en


SCROLL_PX = 400
LOOKS_MAX = 150
MOVED = """(pane, by) => {
  const list = [pane, ...pane.querySelectorAll('*')].find(one => one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY))
  if (!list) return false
  const before = list.scrollTop
  list.scrollTop = by === 0 ? 0 : before + by
  return list.scrollTop !== before
}"""


def row_of(page: Page, number: str) -> Locator:
    """A case in the queue, which draws only the rows in sight: looked for by scrolling, from the top again until it is there."""
    row = page.locator(f'.queue a[href$="{number}"]')
    pane = page.locator(".queue")
    for _ in range(LOOKS_MAX):
        if row.count():
            return row
        if not pane.evaluate(MOVED, SCROLL_PX):
            pane.evaluate(MOVED, 0)
        page.wait_for_timeout(100)
    raise AssertionError(f"{number} does not come into the queue")


class Screen:
    """One person's page with the words of their language."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.page: Page = person.page
        self.words = WORDS[person.language]


class Console(Screen):
    """The console of a desk, a unit or a supervisor."""

    def sign_in(self, login: str, path: str = "/console/") -> None:
        """By login and password."""
        self.page.goto("/console/login" + (f"?to={path.removeprefix('/console')}" if path != "/console/" else ""))
        self.page.get_by_label(self.words["login"], exact=True).fill(login)
        self.page.get_by_label(self.words["password"], exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name=self.words["enter"], exact=True).click()
        expect(self.page.get_by_role("main")).to_be_visible()
        expect(self.page).not_to_have_url(re.compile("/login"))

    def row(self, text: str) -> Locator:
        """A case in the queue, by something that stands in its row."""
        return self.page.get_by_role("link").filter(has_text=text)

    @property
    def drawer(self) -> Locator:
        """The open case."""
        return self.page.get_by_role("complementary", name=self.words["case"])

    def open(self, number: str, place: str = "case") -> None:
        """By its address."""
        self.page.goto(f"/console/{place}/{number}")
        expect(self.drawer.get_by_role("heading", level=1)).to_be_visible()

    def choose(self, verb: str) -> Locator:
        """Press the button of a step; returns where its form is."""
        said = verb_words(verb, self.person.language)
        self.drawer.get_by_role("button", name=re.compile(rf"^{re.escape(said)}\s?[A-Z]?$", re.IGNORECASE)).click()
        return self.drawer

    def send(self, verb: str, number: str) -> None:
        """Send the form, and wait for the word that it was done."""
        said = verb_words(verb, self.person.language)
        self.drawer.locator("form").get_by_role("button", name=said, exact=True).click()
        expect(self.page.get_by_text(self.words["done"].format(verb=said, number=number))).to_be_visible()

    def take(self, verb: str, number: str, *, note: str = "", picture: Path | None = None, rule: bool = False) -> None:
        """A whole step: its button, what has to be filled in, sending."""
        form = self.choose(verb)
        if picture is not None:
            form.get_by_label(self.words["photo"], exact=True).set_input_files(picture)
            expect(form.get_by_role("progressbar")).to_have_count(0)
        if rule:
            form.get_by_label(self.words["rule"]).select_option(index=1)
        if note:
            form.get_by_label(self.words["note"]).fill(note)
        self.send(verb, number)


COUNT_TAPS = (
    "() => { window.taps = 0; addEventListener('click', (event) => { if (event.isTrusted) window.taps += 1 }, true) }"
)
"""The app changes its pages without a load, so that the count stands until the report is in."""


class Resident(Screen):
    """A resident's phone."""

    def report(self, picture: Path, words: str) -> str:
        """Photo, words, one tap; returns the case's number."""
        self.page.goto("/")
        self.page.evaluate(COUNT_TAPS)
        self.page.get_by_label(self.words["shoot"]).set_input_files(picture)
        expect(self.page).to_have_url(re.compile("/report$"))
        self.page.get_by_label(self.words["text"]).fill(words)
        self.page.get_by_role("button", name=self.words["submit"], exact=True).click()
        expect(self.page.get_by_role("heading", name=self.words["received"]).first).to_be_visible()
        assert self.page.evaluate("() => window.taps") == 1, (
            "after the photo one tap sends a first report, without an account"
        )
        return self.page.get_by_text(re.compile(r"\d{8}-\d{6}")).first.inner_text().split()[-1]

    def join(self, words: str) -> str:
        """Finds that it was reported here already and follows that one; returns its number."""
        self.page.goto("/report")
        self.page.get_by_label(self.words["text"]).fill(words)
        self.page.get_by_role("button", name=self.words["me_too"]).first.click()
        expect(self.page.get_by_role("heading", name=self.words["received"]).first).to_be_visible()
        return self.page.get_by_text(re.compile(r"\d{8}-\d{6}")).first.inner_text().split()[-1]

    def follow(self) -> None:
        """From the page that says it was received to the page of the report."""
        self.page.get_by_role("link", name=self.words["see"]).click()
        expect(self.page).to_have_url(re.compile(r"/r/\d{8}-\d{6}"))

    def stands(self, words: str) -> None:
        """The page of the report says this now, or after looking again."""
        expect(self.page.get_by_role("heading", name=words, exact=True)).to_be_visible(timeout=45_000)

    def rate(self) -> None:
        """Five stars."""
        self.page.get_by_role("button", name=self.words["rate"], exact=True).click()
        self.page.get_by_label(self.words["star5"]).check(force=True)
        self.page.get_by_role("button", name=self.words["send"], exact=True).click()
        expect(self.page.get_by_text(self.words["rated"])).to_be_visible()

    def dispute(self) -> None:
        """One tap, and one on the reason."""
        self.page.get_by_role("button", name=self.words["not_fixed"], exact=True).click()
        self.page.get_by_role("button", name=self.words["mess"], exact=True).click()


class Collector(Screen):
    """A collector's phone."""

    def sign_in(self, login: str) -> None:
        """By login and password."""
        self.page.goto("/field/")
        self.page.get_by_label(self.words["account"], exact=True).fill(login)
        self.page.get_by_label(self.words["password"], exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name=self.words["enter"], exact=True).click()
        expect(self.page.get_by_label(self.words["account"], exact=True)).to_have_count(0)
        self.set_pin()

    def set_pin(self) -> None:
        """The first time on a phone."""
        self.page.get_by_label("PIN", exact=True).fill(PIN)
        self.page.get_by_label(self.words["pin_again"], exact=True).fill(PIN)
        self.page.get_by_role("button", name=self.words["pin_set"], exact=True).click()
        expect(self.page.get_by_label("PIN", exact=True)).to_have_count(0)

    def open(self, path: str) -> None:
        """A page of the app from nothing, as after a restart: the PIN is asked for."""
        self.page.goto(f"/field/{path}")
        self.page.get_by_label("PIN", exact=True).fill(PIN)
        self.page.get_by_role("button", name=self.words["pin_open"], exact=True).click()
        expect(self.page.get_by_label("PIN", exact=True)).to_have_count(0)

    def check(self, number: str, picture: Path) -> None:
        """Photo from the spot, every closing condition answered, pass."""
        self.open(f"task/{number}")
        self.page.get_by_label(self.words["take"]).set_input_files(picture)
        for question in self.page.get_by_role("group").all():
            question.get_by_role("button", name=self.words["yes"], exact=True).click()
        self.page.get_by_role("button", name=self.words["pass"], exact=True).click()
        expect(self.page.get_by_text(self.words["sent"], exact=True)).to_be_visible()
