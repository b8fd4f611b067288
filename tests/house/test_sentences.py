"""Every sentence with which the platform says no makes sense when it is read aloud, in both languages, and says what would work."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.sources import PACKAGE, name, python_files, tree

ERRORS = frozenset({"NotFound", "NotAllowed", "NotSignedIn", "Malformed", "Refused", "Stale", "TooMany"})
CALLERS_FAULT = ERRORS - {"NotFound"}
HELD = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
"""What is filled in when the sentence is said."""
WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
HAN = re.compile(r"[一-鿿]")
UNSAID = re.compile(
    r"(?i)\b(error|invalid|illegal|failed|exception|null|none|undefined|lorem|xxx|foo|bar|oops)\b[^a-z]*$"
)
HELPS = re.compile(
    r"[;:,]|\b(needs?|must|at most|at least|one of|only|may|can|cannot|has|have|lies|takes?|please|say|write|send|is for|there is no|"
    r"there are|already|to|taken|names|belongs|comes? as|holds|after|neither|enter|is an?|is one|are|as|by)\b"
)
"""Words of a sentence that gives the rule, and not only the verdict; after a semicolon stands what to do."""
HELPS_ZH = re.compile(r"[;:,、]|请|可|须|应|需|不能|至少|最多|已|没有|不在|不接受|仅|只|由|属于|尚")
WORDS_MIN, HAN_MIN = 3, 4
TELLS_NO_MORE = frozenset({"the login or the password is wrong"})
"""Which of the two is wrong is nobody's business."""
TO_PROGRAMS = "src/gridloop/fleet/feeds/"
"""Messages of other systems that cannot be read: said in the log, not to a person at a screen."""
COMPOSED_MAX = 14
"""Calls whose sentence is put together elsewhere, as a pair of both languages; more would be a way around this test."""


@dataclass(frozen=True)
class Sentence:
    """An error as it is raised, with `#` for what is filled in; `lists` says whether each language lists the choices."""

    where: str
    error: str
    en: str
    zh: str
    lists: tuple[bool, bool]


def spoken(node: ast.expr | None) -> str | None:
    """A text with what is filled in kept in braces; None where the text is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [
            str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part).strip('{}')}}}"
            for part in node.values
        ]
        return "".join(parts)
    return None


def raised() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call that makes an error for people: where, the call, which error."""
    for file in python_files():
        if not file.is_relative_to(PACKAGE):
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if called in ERRORS:
                    yield f"{name(file)}:{node.lineno}", node, called


def sentences() -> tuple[list[Sentence], list[str]]:
    """All sentences that stand where they are raised; and where one is put together elsewhere."""
    found, composed = [], []
    for where, node, error in raised():
        en = spoken(node.args[0] if node.args else None)
        zh = spoken(next((one.value for one in node.keywords if one.arg == "zh"), None))
        if en is None or zh is None:
            composed.append(where)
            continue
        lists = ("join(" in en, "join(" in zh)
        found.append(Sentence(where, error, HELD.sub("#", en), HELD.sub("#", zh), lists))
    return found, composed


def faults(said: Sentence) -> Iterator[str]:
    """What is wrong with the sentence, if anything."""
    if len(WORD.findall(said.en)) < WORDS_MIN and "#" not in said.en:
        yield "the English is too short to be a sentence"
    if len(HAN.findall(said.zh)) < HAN_MIN and "#" not in said.zh and not WORD.search(said.zh):
        yield "the Chinese is too short to be a sentence"
    if not HAN.search(said.zh) and said.zh.count("#") < 2:
        yield "the Chinese has no Chinese in it"
    if HAN.search(re.sub(r"[^;]*\b(such as|like|as in|looks like)\b.*", "", said.en)):
        yield "there is Chinese in the English"
    if said.en.rstrip().endswith((".", "!", "?", ",", ";", ":")) or said.zh.rstrip().endswith(
        ("。", "!", "?", ",", ";")
    ):
        yield "it is one sentence without its full stop, which the page sets"
    if UNSAID.search(said.en):
        yield "it ends in a word of programmers"
    if said.lists[0] and not said.lists[1] and "可" not in said.zh:
        yield "the English lists what there is, the Chinese does not"
    if ";" in said.en and not HELPS_ZH.search(said.zh):
        yield "the English says what to do, the Chinese does not"
    told = said.en in TELLS_NO_MORE or said.where.startswith(TO_PROGRAMS) or "#" in said.en
    if said.error in CALLERS_FAULT and not told and not HELPS.search(said.en):
        yield "it does not say what would work"


def test_every_refusal_is_a_sentence_in_both_languages_and_says_what_would_work():
    found, composed = sentences()
    wrong = [f"{said.where}: {fault}: {said.en} / {said.zh}" for said in found for fault in faults(said)]
    assert not wrong, "\n".join(wrong)
    assert len(found) > 450
    assert len(composed) <= COMPOSED_MAX, composed


def test_the_check_finds_what_it_looks_for():
    good = Sentence("here", "Refused", "case # needs a note; write one", "案件 # 需要说明,请填写", (False, False))
    assert list(faults(good)) == []
    for bad in (
        Sentence("here", "Refused", "wrong password given", "密码有误有误", (False, False)),
        Sentence("here", "Refused", "there is no kind #; there are: #", "没有类别", (True, False)),
        Sentence("here", "Malformed", "the field is invalid", "字段填写有误", (False, False)),
        Sentence("here", "NotFound", "there is no case #.", "没有案件 #", (False, False)),
        Sentence("here", "NotFound", "there is no case #", "no case #", (False, False)),
        Sentence("here", "NotFound", "gone", "案件已经删除", (False, False)),
    ):
        assert list(faults(bad)), bad
