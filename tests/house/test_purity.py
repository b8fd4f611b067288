"""Rules and engines get everything as arguments: no clock, no environment, no database."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.house.sources import PACKAGE, ROOMS, imports, name, python_files, tree

if TYPE_CHECKING:
    from pathlib import Path

WORLDLY_MODULES = (
    "django",
    "psycopg",
    "procrastinate",
    "os",
    "socket",
    "subprocess",
    "gridloop.kernel.clock.now",
    "time",
)
WORLDLY_CALLS = frozenset({"now", "utcnow", "today", "getenv", "write_text", "write_bytes", "input", "print"})
# Reading a table that lies in the package is no look at the world: it is the rule itself, kept as data.
HARMLESS_MODULES = ("time.perf_counter",)


def pure_files() -> list[Path]:
    rules = [file for file in python_files() if file.is_relative_to(PACKAGE) and "rules" in _under_room(file)]
    return rules + [file for file in python_files() if file.is_relative_to(PACKAGE / "engines")]


def _under_room(file: Path) -> tuple[str, ...]:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return parts[1:] if parts[0] in ROOMS else ()


def test_there_are_rules_to_look_at():
    assert len(pure_files()) >= 5


def test_rules_and_engines_import_nothing_of_the_world():
    wrong = []
    for file in pure_files():
        for module, line in imports(file):
            worldly = any(module == one or module.startswith(one + ".") for one in WORLDLY_MODULES)
            if worldly and module not in HARMLESS_MODULES:
                wrong.append(f"{name(file)}:{line} imports {module}")
    assert not wrong, "pass it in as an argument:\n" + "\n".join(wrong)


def test_rules_and_engines_ask_no_clock_and_write_nothing():
    wrong = []
    for file in pure_files():
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in WORLDLY_CALLS:
                wrong.append(f"{name(file)}:{node.lineno} calls {called}()")
    assert not wrong, "pass it in as an argument:\n" + "\n".join(wrong)


def test_actions_and_queries_are_told_the_time():
    wrong = []
    for file in python_files():
        if not file.is_relative_to(PACKAGE) or not {"actions", "queries"} & set(_under_room(file)):
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "clock.now",
                "datetime.now",
                "timezone.now",
                "date.today",
            }:
                wrong.append(f"{name(file)}:{node.lineno}")  # noqa: PERF401 - three conditions read better as lines
    assert not wrong, f"the clock is read in api, jobs and commands only: {wrong}"
