"""What the class tables teach: examples made from names, everyday words and conditions; and what counts as an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gridloop.cases.rules.masters import Masters

NONE = "none"
"""The label of a text that names no problem."""
LEAST = 0.05  # a class less likely than this is not shown
SURE = 0.2  # a best class less likely than this means: none of these
SURE_OF_NONE = 0.6  # a text more likely than this about nothing means the same
SUGGESTED_MAX = 5
APART_EVERY = 4
PARTS = "、"
WORDS_EN = ";"
LEADS_ZH = ("{}", "有{}", "这里{},请处理", "门口{}")
LEADS_EN = ("{}", "there is {} here", "please fix {}")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taught:
    """Texts with their labels, `event:0102` or `none`; `apart` are the rows of words that no other row says."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    apart: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A class that a text may be about, with the words that weighed most."""

    class_kind: str
    code: str
    zh: str
    en: str
    confidence: float
    why: tuple[str, ...]


def label_of(kind: str, code: str) -> str:
    """`event:0102`."""
    return f"{kind}:{code}"


def taught_by_tables(masters: Masters, everyday: Mapping[Key, Sequence[str]], nothing: Iterable[str]) -> Taught:
    """Examples of every class in force, and of texts that are about none."""
    found: list[tuple[str, str]] = [(line, NONE) for line in nothing]
    apart = list(range(0, len(found), APART_EVERY))
    conditions: dict[Key, list[tuple[str, str]]] = {}
    for rule in masters.rules.values():
        conditions.setdefault((rule.kind, rule.code), []).append((rule.condition_zh, rule.condition_en))
    for key, one in masters.classes.items():
        label = label_of(*key)
        names = [one.zh, *one.zh.replace("(", "、").replace(")", "").split(PARTS), one.en, *everyday.get(key, ())]
        for at, name in enumerate(dict.fromkeys(name.strip() for name in names if name.strip())):
            leads = LEADS_EN if name.isascii() else LEADS_ZH
            if at % APART_EVERY == APART_EVERY - 1:
                apart += range(len(found), len(found) + len(leads))
            found += [(lead.format(name), label) for lead in leads]
        for zh, en in conditions.get(key, ()):
            found += [(f"{one.zh}{zh}", label), (f"{one.zh}:{zh}。", label), (f"{one.en} {en}", label)]
    return Taught(tuple(text for text, _ in found), tuple(label for _, label in found), tuple(apart))


def key_of_label(label: str, masters: Masters) -> Key | None:
    """The class that a label of a file means: `event:0102`, `0102` where only one kind has it, or its Chinese or English name."""
    kind, _, code = label.strip().rpartition(":")
    if (kind, code) in masters.classes:
        return kind, code
    wanted = label.strip().lower()
    found = [key for key, one in masters.classes.items() if wanted in {key[1], one.zh, one.en.lower()}]
    return found[0] if len(found) == 1 else None


def everyday_words(rows: Iterable[Mapping[str, str]]) -> dict[Key, list[str]]:
    """The rows of everyday_words.csv by class."""
    return {
        (row["kind"], row["code"]): [
            word.strip() for word in (*row["words_zh"].split(PARTS), *row["words_en"].split(WORDS_EN)) if word.strip()
        ]
        for row in rows
    }
