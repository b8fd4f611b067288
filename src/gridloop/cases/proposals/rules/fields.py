"""The columns of the master tables as a form shows them: kind, names, choices, and whether they move deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridloop.cases.rules.clock import UNIT_NAMES
from gridloop.cases.rules.loop import VERBS
from gridloop.cases.rules.states import OPEN, STATE_NAMES
from gridloop.kernel.duties import DUTY_NAMES

Names = tuple[str, str]
"""Chinese, English."""
Choice = tuple[str, str, str]
"""Code, Chinese, English."""
TEXT, WORDS, NUMBER, WHOLE, CHOICE, MANY, FLAG, UNIT, DEPT, DAYS, PERIODS = (
    "text", "words", "number", "whole", "choice", "many", "flag", "unit", "dept", "days", "periods",
)  # fmt: skip
"""Kinds of fields: what the form draws and how a value is read."""
TEXT_CHARS_MAX, WORDS_CHARS_MAX = 100, 1000
URGENCIES: tuple[Choice, ...] = (
    ("emergency", "应急", "emergency"),
    ("urgent", "紧急", "urgent"),
    ("normal", "一般", "normal"),
    ("planned", "计划", "planned"),
)
CASE_KINDS: tuple[Choice, ...] = (("component", "部件", "component"), ("event", "事件", "event"))
GEOMETRIES: tuple[Choice, ...] = (("point", "点", "point"), ("line", "线", "line"), ("area", "面", "area"))
LIMIT_UNITS: tuple[Choice, ...] = tuple((code, *UNIT_NAMES[code]) for code in UNIT_NAMES)
TIERS: tuple[Choice, ...] = (("A", "A 类", "A"), ("B", "B 类", "B"), ("C", "C 类", "C"))
STATES: tuple[Choice, ...] = tuple((str(one), *STATE_NAMES[one]) for one in STATE_NAMES if one in OPEN)
ABOUTS: tuple[Choice, ...] = (("stage", "本环节", "the step"), ("whole", "全案", "the whole case"))
MOMENTS: tuple[Choice, ...] = (
    ("soon", "即将到期", "due soon"),
    ("overdue", "超时", "overdue"),
    ("twice", "超时一倍", "overdue twice"),
)
OWNER: Choice = ("owner", "当前办理人", "whoever has the step")
TOLD: tuple[Choice, ...] = (OWNER, *((str(one), *DUTY_NAMES[one]) for one in DUTY_NAMES))
SAID: tuple[Choice, ...] = tuple((verb, *VERBS[verb]) for verb in VERBS)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its kind, its names, what it may hold, whether it moves deadlines, and whether it may be empty."""

    name: str
    kind: str
    zh: str
    en: str
    choices: tuple[Choice, ...] = ()
    moves: bool = False
    may_be_empty: bool = False
    most: float = 0


def text(name: str, zh: str, en: str, *, may_be_empty: bool = False) -> Field:
    """A line of at most 100 characters."""
    return Field(name, TEXT, zh, en, may_be_empty=may_be_empty, most=TEXT_CHARS_MAX)


def words(name: str, zh: str, en: str, *, may_be_empty: bool = False) -> Field:
    """Sentences of at most 1,000 characters."""
    return Field(name, WORDS, zh, en, may_be_empty=may_be_empty, most=WORDS_CHARS_MAX)


def both(stem: str, zh: str, en: str, *, long: bool = False, may_be_empty: bool = False) -> tuple[Field, Field]:
    """The same words in Chinese and in English."""
    make = words if long else text
    return (
        make(f"{stem}_zh", f"{zh}(中文)", f"{en} (Chinese)", may_be_empty=may_be_empty),
        make(f"{stem}_en", f"{zh}(英文)", f"{en} (English)", may_be_empty=may_be_empty),
    )


def choice(name: str, zh: str, en: str, choices: tuple[Choice, ...], *, moves: bool = False, may_be_empty: bool = False) -> Field:  # fmt: skip
    """One of a list."""
    return Field(name, CHOICE, zh, en, choices, moves=moves, may_be_empty=may_be_empty)


def limit(name: str, zh: str, en: str) -> Field:
    """A length of time that moves deadlines."""
    return Field(name, NUMBER, zh, en, moves=True)


def named(choices: Iterable[Choice], code: str) -> Names:
    """The names of a choice; the code itself where it is not on the list."""
    return next(((zh, en) for one, zh, en in choices if one == code), (code, code))
