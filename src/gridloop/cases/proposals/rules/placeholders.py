"""Words in curly brackets that an answer template may name; they are filled in from the case."""

from __future__ import annotations

import re
from collections.abc import Mapping

ALLOWED: Mapping[str, tuple[str, str]] = {
    "number": ("案件编号", "case number"),
    "title": ("案件标题", "title of the case"),
    "due": ("到期时间", "when it is due"),
    "note": ("办理说明", "note of the step"),
    "unit_zh": ("责任单位", "unit, Chinese"),
    "unit_en": ("责任单位英文名", "unit, English"),
    "place_zh": ("地点", "place, Chinese"),
    "place_en": ("地点英文名", "place, English"),
    "class_zh": ("类别", "class, Chinese"),
    "class_en": ("类别英文名", "class, English"),
    "reason_zh": ("理由", "reason, Chinese"),
    "reason_en": ("理由英文", "reason, English"),
}
NAMED = re.compile(r"\{([^{}]*)\}")


def fault(text: str) -> tuple[str, str] | None:
    """What is wrong with the curly brackets of a text, English and Chinese; None where all is well."""
    for name in NAMED.findall(text):
        if name not in ALLOWED:
            known = ", ".join(f"{{{one}}}" for one in ALLOWED)
            return (
                f"there is no placeholder {{{name[:40]}}}; there are {known}",
                f"没有占位符 {{{name[:40]}}},可用:{known}",
            )
    if "{" in NAMED.sub("", text) or "}" in NAMED.sub("", text):
        return "a curly bracket is opened or closed alone", "花括号不成对"
    return None


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with the words of a case in it; what is not known becomes empty."""
    return NAMED.sub(lambda found: words.get(found[1], ""), text)
