"""Whatever is entered in the ledger can be read in it: every action and every kind of subject has words in both languages."""

from __future__ import annotations

import ast
import re

import pytest

from gridloop.cases.rules.loop import VERBS
from tests.house.sources import PACKAGE, ROOT, python_files, tree

SHAPE = re.compile(r"[a-z][a-z_]*\.(?!(?:csv|geojson|json|sql)$)[a-z][a-z_]*")
FAMILIES = {
    "case.": VERBS,
    "alarm.": ("raised", "raised_again", "worse", "cleared", "acknowledged", "called_false", "shelved", "unshelved"),
    "fleet.order_": ("text", "locate", "track", "parameters", "ask_parameters", "picture"),
    "fleet.rule_": ("confirmed", "rejected", "withdrawn"),
    "fleet.warning_": ("acknowledged", "called_false", "shelved", "case_made", "no_case"),
}
"""Actions that are put together from a stem and what was done."""
OTHERS = {"fleet.retention", "gridloop.own_file"}
"""Of the same shape, but the name of a job and the salt of a signature."""
WRITERS = {"record", "entry_row"}
WORDS = ROOT / "web" / "console" / "src" / "words"


def called(node: ast.AST) -> str:
    """The bare name of what a call calls."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def written() -> tuple[set[str], set[str]]:
    """Actions and kinds of subjects that modules name which write to the ledger."""
    actions: set[str] = set()
    subjects: set[str] = set()
    for file in python_files():
        nodes = list(ast.walk(tree(file))) if file.is_relative_to(PACKAGE) else []
        calls = [node for node in nodes if called(node) in WRITERS and len(node.args) > 2]
        if not calls:
            continue
        actions |= {
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SHAPE.fullmatch(node.value)
        }
        for call in calls:
            first = call.args[2].values[0] if isinstance(call.args[2], ast.JoinedStr) else call.args[2]
            if isinstance(first, ast.Constant) and ":" in str(first.value):
                subjects.add(str(first.value).split(":", 1)[0])
    return actions, subjects


def words(language: str, group: str) -> set[str]:
    """The names that have words in a group."""
    text = (WORDS / f"{language}.ts").read_text(encoding="utf-8")
    found = re.search(rf"\n  {group}: {{(.*?)\n?  }},|\n  {group}: {{(.*?)}},\n", text, re.DOTALL)
    assert found, group
    return set(re.findall(r"'?([a-z_-]+)'?: '", found[1] or found[2]))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_entry_of_the_ledger_is_said_in_words(language: str):
    actions, subjects = written()
    whole = actions - FAMILIES.keys() - OTHERS
    whole |= {f"{stem}{verb}" for stem, verbs in FAMILIES.items() for verb in verbs}
    assert len(whole) > 150
    known = words(language, "ledgerAction")
    assert {one for one in whole if one.replace(".", "_") not in known and one.split(".")[1] not in known} == set()
    assert len(subjects) > 25
    assert subjects - words(language, "ledgerSubject") - {"case"} == set()
