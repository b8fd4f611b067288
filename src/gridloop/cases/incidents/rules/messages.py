"""Words to everybody who reported an incident: in both languages, of a bearable length, or taken from an answer template."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from gridloop.kernel.errors import Malformed, Refused

CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Message:
    """Chinese and English words, or the code of an answer template that has them."""

    zh: str = ""
    en: str = ""
    template: str = ""


def checked(said: Message) -> Message:
    """The words without blanks at their ends; one language may be left out and is then said in the other. Malformed for none and for too many."""
    zh, en = said.zh.strip(), said.en.strip()
    if not zh and not en:
        raise Malformed(
            "say something to the reporters, or name an answer template",
            zh="请填写答复内容,或选择答复模板",
            fields={"text_zh": "required"},
        )
    for name, words in (("text_zh", zh), ("text_en", en)):
        if len(words) > CHARS_MAX or "\x00" in words:
            raise Malformed(
                f"{name} has at most {CHARS_MAX} characters",
                zh=f"答复内容最多 {CHARS_MAX} 字",
                fields={name: "too long"},
            )
    return Message(zh or en, en or zh)


def filled(zh: str, en: str, facts: Mapping[str, str]) -> Message:
    """A template's words with the facts of the case; Refused where it names one that this case does not have."""
    names = {name for words in (zh, en) for _, name, _, _ in string.Formatter().parse(words) if name}
    missing = sorted(name for name in names if not facts.get(name))
    if missing:
        raise Refused(
            f"the template needs {', '.join(missing)}, which this case does not have yet; choose another or write the words",
            zh=f"模板需要 {'、'.join(missing)},本案尚无此内容;请换一个模板或直接填写",
            fields={"template": "needs more"},
        )
    return checked(Message(zh.format_map(facts), en.format_map(facts)))
