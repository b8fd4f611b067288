"""`gridloop lock`: the hash-locked requirement files, with nothing of this machine or its registry in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ops import children, environment, packages, paths
from ops.progress import Step
from ops.words import Unable, say

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

HEAD = "# Made by ./gridloop lock from {name}; every file is named by its hash.\n"
ADDRESS = re.compile(r"\w+://|(?:^|[\s=])/\w|find-links|index-url")
QUIET = ("--no-header", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--quiet")


def run(asked: Namespace) -> int:
    """Make both locks; the smaller one keeps the versions of the larger, so that tests run what ships."""
    if not paths.tool("uv").exists():
        packages.install(packages.missing())
        environment.ensure(tests=True)
    dev, plain = (environment.lock_file(tests=True), environment.lock_file(tests=False))
    upgrade = ["--upgrade"] if asked.upgrade else []
    _compile(paths.ROOT / "requirements-dev.in", dev, upgrade)
    _compile(paths.ROOT / "requirements.in", plain, ["--constraint", dev.name, *upgrade])
    say("Both locks are made; ./gridloop test installs them.", "两个锁文件已生成;./gridloop test 会据此安装。")
    return 0


def _compile(source: Path, target: Path, extra: list[str]) -> None:
    fresh = target.with_suffix(".new")
    if target.exists():
        fresh.write_text(target.read_text())  # what is pinned stays, unless --upgrade asks otherwise
    # Every platform's file is listed, so that the lock holds on other machines too.
    wide = ["--generate-hashes", "--universal", "--python-version", "3.11", "--overrides", "requirements-overrides.in"]
    command = [str(paths.tool("uv")), "pip", "compile", source.name, "-o", fresh.name, *wide, *QUIET, *extra]
    try:
        with Step(f"Locking {source.name}", f"正在锁定 {source.name}", expect_s=20) as step:
            children.run(command, cwd=paths.ROOT, step=step)
        text = fresh.read_text()
        for number, line in enumerate(text.splitlines(), 1):
            if ADDRESS.search(line):
                raise Unable(
                    f"{target.name} line {number} would name a place ({line.strip()}); name the package by its version in {source.name}",
                    f"{target.name} 第 {number} 行包含地址({line.strip()});请在 {source.name} 中按版本写明该包",
                )
        target.write_text(HEAD.format(name=source.name) + text)
    finally:
        fresh.unlink(missing_ok=True)
