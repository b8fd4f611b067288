"""What is allowed in telling people: the words by kind and date, the waiting times between attempts. No database, no clock."""

from __future__ import annotations

import datetime as dt
import json
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEMPLATES_FILE = Path(__file__).resolve().parents[3] / "data/notices/templates.json"
BACK_OFF_S = (10, 30, 120, 600, 1800, 7200, 21600)
"""Waiting times after the first, second, ... failed attempt; after the last one the delivery is dead: about 8.6 hours in all."""
SUBJECT_CHARS_MAX = 200
ERROR_CHARS_MAX = 500
ALWAYS = frozenset({"phone_code"})
"""Kinds that no preference silences, because the person has asked for them this minute."""
DIGEST = "digest"
"""The kind of the one letter that stands in place of many."""
ESCALATING = frozenset({"overdue", "escalated"})
"""Kinds of the escalation ladder: something is late and somebody has to act now; in tomorrow's letter they would come too late."""
SINGLY = ALWAYS | ESCALATING | {DIGEST}
"""Kinds whose e-mail goes out at once although the person has chosen a digest."""
DIGESTS = ("daily", "weekly")
DIGEST_HOUR = 8
HOURS = 24
PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one kind of notice while it is valid; `sms_code` and `sms_params` are what the SMS provider has approved."""

    kind: str
    valid_from: dt.date
    valid_to: dt.date | None
    channels: tuple[str, ...]
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    sms_code: str
    sms_params: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A notice ready to be told, in both languages; `params` fill the SMS provider's template."""

    kind: str
    channels: tuple[str, ...]
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    params: Mapping[str, str]


@cache
def templates(path: Path = TEMPLATES_FILE) -> tuple[Template, ...]:
    """Every template of the data file, old and new."""
    return tuple(
        Template(
            kind=row["kind"],
            valid_from=dt.date.fromisoformat(row["valid_from"]),
            valid_to=dt.date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
            channels=tuple(row["channels"]),
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            text_zh=row["text_zh"],
            text_en=row["text_en"],
            sms_code=row.get("sms_code", ""),
            sms_params=tuple(row.get("sms_params", ())),
        )
        for row in json.loads(path.read_text(encoding="utf-8"))["templates"]
    )


def template(kind: str, on: dt.date, known: tuple[Template, ...]) -> Template:
    """The one that is valid on that day; raises LookupError, because a kind without words is our own defect."""
    for one in known:
        if one.kind == kind and one.valid_from <= on and (one.valid_to is None or on < one.valid_to):
            return one
    raise LookupError(f"no words for a notice of kind {kind!r} on {on}; add them to data/notices/templates.json")


def words(kind: str, facts: Mapping[str, str], on: dt.date) -> Words:
    """The notice of this kind with its facts filled in; raises KeyError where a fact that the words name is missing."""
    one = template(kind, on, templates())
    return Words(
        kind=kind,
        channels=one.channels,
        title_zh=one.title_zh.format_map(facts),
        title_en=one.title_en.format_map(facts),
        text_zh=one.text_zh.format_map(facts),
        text_en=one.text_en.format_map(facts),
        params={name: facts[name] for name in one.sms_params},
    )


def fields_of(one: Template) -> frozenset[str]:
    """The facts that a template's words name."""
    texts = (one.title_zh, one.title_en, one.text_zh, one.text_en)
    return frozenset(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name)


def kind_words(title: str) -> str:
    """What a kind is called, from the title of its template: without the case number, other facts as an ellipsis."""
    return PLACEHOLDER.sub("…", re.sub(r"^\{number\}[::]?\s*", "", title))


def first_digest_on(hour: int, moment: dt.datetime, before: dt.date | None) -> dt.date:
    """The day that counts as dealt with when somebody switches a digest on: today if the hour is over, else yesterday.

    `moment` is the city's; `before` the day whose digest they have had already, which is never sent again.
    """
    day = moment.date() if hour <= moment.hour else moment.date() - dt.timedelta(days=1)
    return day if before is None else max(day, before)


def sms_template(kind: str, on: dt.date) -> str:
    """The provider's code for this kind; a kind without one of its own goes out as a plain notice (title only)."""
    for one in templates():
        if one.kind == kind and one.valid_from <= on and (one.valid_to is None or on < one.valid_to) and one.sms_code:
            return one.sms_code
    return "GL_PLAIN"


def wait_after(attempts: int, *, at_least_s: int = 0) -> dt.timedelta | None:
    """How long to wait after that many failed attempts, `at_least_s` where the receiver said so; None when it is given up."""
    return dt.timedelta(seconds=max(BACK_OFF_S[attempts - 1], at_least_s)) if attempts <= len(BACK_OFF_S) else None
