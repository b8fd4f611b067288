"""What ships names no unfinished work, no machine and no registry."""

from __future__ import annotations

import ast
import json
import re
import tomllib

import pytest

from tests.house.sources import PACKAGE, ROOT, name, python_files, tracked, tree

TEXT = frozenset(
    {
        ".py",
        ".ts",
        ".vue",
        ".mjs",
        ".js",
        ".css",
        ".html",
        ".md",
        ".toml",
        ".sql",
        ".sh",
        ".yaml",
        ".yml",
        ".in",
        ".service",
        ".target",
    }
)
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
ADDRESS = re.compile(r"\w+://|--(extra-)?index-url|--find-links|(?:^|\s)/\w+/")


def test_no_file_speaks_of_unfinished_work():
    wrong = []
    for file in tracked():
        if file.suffix in TEXT and "data" not in file.relative_to(ROOT).parts[:1]:
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if UNFINISHED.search(line):
                    wrong.append(f"{name(file)}:{number}")
    assert not wrong, f"finish it, or write an issue: {wrong}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_python_locks_hold_versions_and_hashes_alone(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    wrong = [line for line in text.splitlines() if ADDRESS.search(line)]
    assert not wrong
    pinned = re.findall(
        r"^([a-z0-9_.-]+)(?:\[[^\]]*\])?==[^\\\n]+\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE
    )
    assert len(pinned) == len(re.findall(r"^[a-z0-9_.-]+(?:\[[^\]]*\])?==", text, re.MULTILINE))
    assert len(pinned) > 20


def test_the_small_lock_is_part_of_the_large_one():
    def versions(lock):
        return set(re.findall(r"^([a-z0-9_.-]+==[^ ;\\\n]+)", (ROOT / lock).read_text(), re.MULTILINE))

    assert versions("requirements.lock") <= versions("requirements-dev.lock")


def test_the_locks_answer_to_what_is_asked_for():
    def asked(source):
        lines = (ROOT / source).read_text().splitlines()
        return {re.split(r"[~=<>\[; ]", line)[0].lower() for line in lines if line and line[0] not in "#-"}

    for source, lock in (("requirements.in", "requirements.lock"), ("requirements-dev.in", "requirements-dev.lock")):
        locked = set(re.findall(r"^([a-z0-9_.-]+)(?:\[[^\]]*\])?==", (ROOT / lock).read_text(), re.MULTILINE))
        assert asked(source) <= locked, f"run ./gridloop lock: {sorted(asked(source) - locked)}"


def test_the_web_lock_names_no_address():
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    resolved = [path for path, entry in lock["packages"].items() if "resolved" in entry and not entry.get("link")]
    assert not resolved, f"set omit-lockfile-registry-resolved and lock again: {resolved[:5]}"


def test_every_module_says_what_it_is_for():
    silent = [name(file) for file in python_files() if file.read_text().strip() and not ast.get_docstring(tree(file))]
    assert not silent


def test_no_exception_is_swallowed():
    wrong = []
    for file in python_files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ExceptHandler) and all(isinstance(one, ast.Pass) for one in node.body):
                wrong.append(f"{name(file)}:{node.lineno}")  # noqa: PERF401 - three conditions read better as lines
    assert not wrong, f"say why with contextlib.suppress, or handle it: {wrong}"


def test_only_the_sites_own_files_read_the_environment():
    wrong = []
    for file in python_files():
        if file.is_relative_to(PACKAGE) and "site" not in file.relative_to(PACKAGE).parts[:1]:
            wrong += [
                f"{name(file)}:{node.lineno}"
                for node in ast.walk(tree(file))
                if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
            ]
    assert not wrong, f"settings come through site/config.py: {wrong}"


def test_the_project_says_its_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()
