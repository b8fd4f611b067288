"""`gridloop check`: what a machine can say about the code, each check with its time."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ops import environment, packages, paths
from ops.words import pick, say, show

if TYPE_CHECKING:
    from argparse import Namespace

AT_ONCE = 2


@dataclass(frozen=True)
class Check:
    """One check and where it runs."""

    name: str
    command: list[str]
    cwd: Path
    env: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a check said."""

    check: Check
    passed: bool
    took_s: float
    words: str


def wanted(*, web: bool, house: bool) -> list[Check]:
    """All checks, the longest first, because two run at a time."""
    root = paths.ROOT
    quiet = {"DJANGO_SETTINGS_MODULE": "gridloop.site.settings", "FORCE_COLOR": ""}
    folders = [name for name in ("src", "ops", "bench", "tests") if (root / name).is_dir()]
    found = [Check("mypy", [str(paths.tool("mypy")), "src", "ops"], root, quiet)]
    if web and (paths.WEB / "package.json").exists():
        command, env = environment.npm("run", "--silent", "check")
        found.append(Check("vue-tsc", command, paths.WEB, quiet | env))
    found += [
        Check("import-linter", [str(paths.tool("lint-imports")), "--no-cache"], root, quiet),
        Check("ruff check", [str(paths.tool("ruff")), "check", *folders], root, quiet),
        Check("ruff format", [str(paths.tool("ruff")), "format", "--check", *folders], root, quiet),
    ]
    if house:
        pytest = [str(paths.python()), "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/house"]
        found.append(Check("house tests", pytest, root, quiet))
    return found


def run(asked: Namespace) -> int:
    """Run all checks; 0 when every one passed."""
    packages.install([need for need in packages.missing() if "postgres" not in need.packages[0]])
    environment.ensure(tests=True)
    if not asked.no_web and (paths.WEB / "package.json").exists():
        environment.ensure_modules()
    outcomes = carry_out(wanted(web=not asked.no_web, house=True))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def carry_out(checks: list[Check]) -> list[Outcome]:
    """Run the checks, two at a time; a line each as it ends, and what it found where it failed."""
    begun = time.monotonic()
    outcomes = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(_one, check) for check in checks]):
            outcome = future.result()
            outcomes.append(outcome)
            show(f"  {outcome.check.name:<14} {_verdict(passed=outcome.passed)}  {outcome.took_s:5.1f} s")
            if not outcome.passed:
                show(outcome.words)
    failed = sum(not outcome.passed for outcome in outcomes)
    took = time.monotonic() - begun
    say(
        f"Checks: {len(outcomes) - failed} passed, {failed} failed, {took:.1f} s",
        f"检查:{len(outcomes) - failed} 项通过,{failed} 项失败,用时 {took:.1f} 秒",
    )
    return outcomes


def _verdict(*, passed: bool) -> str:
    return pick("ok    ", "通过") if passed else pick("FAILED", "失败")


def _one(check: Check) -> Outcome:
    begun = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=check.cwd,
        env=dict(os.environ) | check.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(check, done.returncode == 0, time.monotonic() - begun, done.stdout.strip())
