"""What other words would look like: a template filled in with a real case; and how often a reason was cited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.cases.models import Case
from gridloop.cases.proposals import sql
from gridloop.cases.proposals.queries import asking
from gridloop.cases.proposals.queries.asking import BOUNDED, PAST, ROWS_MAX, Lines, Wish
from gridloop.cases.proposals.rules.effect import line
from gridloop.cases.proposals.rules.placeholders import filled
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.kernel.clock import in_city
from gridloop.kernel.statements import run

TEMPLATE_LINES = (
    ("title_zh", "标题(中文)", "title, Chinese"),
    ("title_en", "标题(英文)", "title, English"),
    ("text_zh", "正文(中文)", "text, Chinese"),
    ("text_en", "正文(英文)", "text, English"),
)
CITED = {
    "return": ("return", "return_rule"),
    "refusal": ("refuse", "reason"),
    "suspend": ("ask_suspend", "suspend_reason"),
}
"""Table -> the verb and its field that cite a code of it."""


def of_template(wish: Wish) -> Lines:
    """The words before and after, filled in with the newest case that a unit has had in hand."""
    case = Case.objects.filter(dispatched_at__isnull=False, unit_id__isnull=False).order_by("-id").first()
    said = _words(case, wish.now) if case is not None else {}
    lines = [
        line(
            name,
            zh,
            en,
            "text",
            *(None if values is None else filled(values[name], said) for values in (wish.before, wish.after)),
        )
        for name, zh, en in TEMPLATE_LINES
    ]
    number = case.number if case is not None else ""
    note = (
        (f"以案件 {number} 为例填写", f"filled in with case {number}")
        if number
        else ("尚无案件可作示例", "there is no case to fill it in with")
    )
    return asking.told(lines, note)


def _words(case: Case, now: datetime) -> dict[str, str]:
    """The words of a case that templates can name; what only a step says (note, reason) stays empty."""
    unit = names.unit(case.unit_id)
    place_zh, place_en = names.places_named([case.place]).get(case.place, ("", ""))
    known = masters_now.current(now).classes.get((case.class_kind or "", case.class_code or ""))
    due = in_city(case.due_at).strftime("%Y-%m-%d %H:%M") if case.due_at else ""
    return {
        "number": case.number, "title": case.title, "due": due, "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "",
        "place_zh": place_zh, "place_en": place_en, "class_zh": known.zh if known else "", "class_en": known.en if known else "",
    }  # fmt: skip


def of_reason(wish: Wish) -> Lines:
    """How often the code was cited with the newest cases of 30 days."""
    verb, cited_as = CITED[wish.table.name]
    params: dict[str, Any] = {
        "since": wish.since, "most": ROWS_MAX, "verb": verb, "field": cited_as, "code": wish.key,
    }  # fmt: skip
    [(count,)] = run(sql.text("cited"), params)
    return asking.told(
        [line("cited", "最近 30 天被引用的次数", "times cited in the last 30 days", "count", count, None)],
        PAST,
        BOUNDED,
    )
