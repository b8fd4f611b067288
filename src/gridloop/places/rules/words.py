"""How names become findable: Chinese in pairs of signs, Latin in runs of three letters, and pinyin for both."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

READINGS = {
    "厦门": ["xia", "men"],
    "厦港": ["xia", "gang"],
    "长乐": ["chang", "le"],
    "曾厝垵": ["zeng", "cuo", "an"],
    "埔": ["pu"],
}
"""Words of these places that a dictionary reads otherwise."""

NAMES_KEPT = 8192  # a name is spelt twice while it is loaded, for people and for the search
QUERY_MAX = 64  # letters of a question that are looked at


@dataclass(frozen=True, slots=True)
class Words:
    """A name as the search table keeps it."""

    pinyin: str
    initials: str
    tokens: tuple[str, ...]


def plain(text: str) -> str:
    """Full-width to half-width, lower case, `v` for u-umlaut, without spaces, apostrophes and hyphens."""
    return re.sub(r"[\s\x00-\x1f'’·\-]+", "", unicodedata.normalize("NFKC", text).lower().replace("ü", "v"))


def syllables(name_zh: str) -> list[str]:
    """The pinyin syllables of a name without tones, `v` for u-umlaut; other signs stay as they are."""
    return list(_syllables(name_zh))


@lru_cache(maxsize=NAMES_KEPT)
def _syllables(name_zh: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # its dictionaries take 50 MB and 0.4 s, and only loading needs them

    for word, reading in READINGS.items():
        if word in name_zh:
            before, after = name_zh.split(word, 1)
            return (*_syllables(before), *reading, *_syllables(after))
    return tuple(lazy_pinyin(name_zh, style=Style.NORMAL)) if name_zh else ()


def words(name_zh: str, name_en: str) -> Words:
    """What of a name can be asked for."""
    spoken = syllables(plain(name_zh))
    pinyin = "".join(spoken)
    parts = {*pairs(plain(name_zh)), *runs(pinyin), *runs(plain(name_en))}
    return Words(pinyin, "".join(syllable[0] for syllable in spoken if syllable), tuple(sorted(parts)))


def question(text: str) -> tuple[str, tuple[str, ...]]:
    """A question as (plain text, tokens that an answer must all have); a single sign has none and is asked as a beginning."""
    asked = plain(text)[:QUERY_MAX]
    chinese = [run for run in re.split(r"[^\u3400-\u9fff]+", asked) if run]
    latin = [run for run in re.split(r"[^a-z0-9]+", asked) if run]
    return asked, tuple(
        sorted({part for run in chinese for part in pairs(run)} | {part for run in latin for part in runs(run)})
    )


def pairs(text: str) -> set[str]:
    """Every two neighbouring signs, where at least one is Chinese."""
    return {text[at : at + 2] for at in range(len(text) - 1) if not text[at : at + 2].isascii()}


def runs(text: str) -> set[str]:
    """Every three neighbouring Latin letters or digits."""
    ascii_runs = re.findall(r"[a-z0-9]{3,}", text)
    return {run[at : at + 3] for run in ascii_runs for at in range(len(run) - 2)}
