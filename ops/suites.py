"""`gridloop test`: every test there is, each suite timed, their numbers added up in one last line."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ops import accounts, checks, cluster, environment, packages, paths
from ops.demo import prepare_machine
from ops.progress import Step
from ops.words import Unable, say, show

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from ops.cluster import Cluster

TEST_VAR = paths.VAR / "test"
NO_TESTS_FOUND = 5  # pytest's exit code when a selection is empty


@dataclass
class Tally:
    """How many passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: Tally) -> None:
        """Take another suite's numbers in."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self) -> str:
        """The one plain line at the end; other programs read it, so it is the same in every language."""
        tail = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{tail}"


def run(asked: Namespace) -> int:
    """Run all suites, or pytest and Vitest on the named paths only."""
    prepare_machine(tests=True)
    TEST_VAR.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    begun = time.monotonic()
    ours = _test_cluster()
    try:
        if asked.paths:
            _one(("The named tests", "指定的测试"), lambda: _named(asked.paths, _environment(ours, "named")), tally)
        else:
            _two_lanes(ours, tally)
    finally:
        ours.run("pg_ctl", "stop", "-D", str(ours.data), "-m", "fast", "-w", "-s", check=False)
    took = time.monotonic() - begun
    show("")
    say(f"All suites: {took:.0f} s", f"全部测试用时 {took:.0f} 秒")
    show(tally.line())
    return 1 if tally.failed or not tally.passed else 0


def _two_lanes(ours: Cluster, tally: Tally) -> None:
    """The checks; then all without a browser, two suites at a time, for none of them keeps two cores busy; the browser's alone, which does."""
    _one(("Checks", "代码检查"), _checks, tally)
    away = ["--ignore=tests/stories"]
    suites = [
        (("Python with PostgreSQL: cases", "Python(PostgreSQL):案件"), "cases", ["-m", "database", "tests/cases"]),
        (
            ("Python with PostgreSQL: the other rooms", "Python(PostgreSQL):其余"),
            "database",
            ["-m", "database", *away, "--ignore=tests/cases", "tests"],
        ),
        (("Python without a database", "Python(不使用数据库)"), "unit", ["-m", "not database", *away, "tests"]),
        (("TypeScript", "TypeScript"), "typescript", []),
    ]
    shown = threading.Lock()

    def carried_out(title: tuple[str, str], name: str, arguments: list[str]) -> Tally:
        begun, log = time.monotonic(), TEST_VAR / f"{name}.log"
        found = _pytest(name, arguments, _environment(ours, name), log) if arguments else _vitest([], log)
        with shown:
            show("")
            say(f"== {title[0]}", f"== {title[1]}")
            show(log.read_text(encoding="utf-8", errors="replace"))
            took = time.monotonic() - begun
            say(f"== {title[0]}: {found.line()}, {took:.1f} s", f"== {title[1]}:{found.line()},{took:.1f} 秒")
        return found

    say(f"Two suites at a time, each into {TEST_VAR}/NAME.log ...", f"两组测试同时运行,输出写入 {TEST_VAR}/NAME.log ……")
    with ThreadPoolExecutor(2) as lanes:
        for found in lanes.map(lambda suite: carried_out(*suite), suites):
            tally.add(found)
    stories = ("Stories in a browser", "浏览器故事")
    _one(stories, lambda: _pytest("stories", ["tests/stories"], _environment(ours, "stories")), tally)


def _one(title: tuple[str, str], suite: Callable[[], Tally], tally: Tally) -> None:
    show("")
    say(f"== {title[0]}", f"== {title[1]}")
    begun = time.monotonic()
    found = suite()
    took = time.monotonic() - begun
    say(f"== {title[0]}: {found.line()}, {took:.1f} s", f"== {title[1]}:{found.line()},{took:.1f} 秒")
    tally.add(found)


def _named(named: list[str], env: dict[str, str]) -> Tally:
    web = [
        str(Path(path).absolute().relative_to(paths.WEB))
        for path in named
        if Path(path).absolute().is_relative_to(paths.WEB)
    ]
    python = [path for path in named if not Path(path.partition("::")[0]).absolute().is_relative_to(paths.WEB)]
    tally = Tally()
    if python:
        tally.add(_pytest("named", python, env))
    if web:
        tally.add(_vitest(web))
    return tally


def _checks() -> Tally:
    """The checks count as tests, one each; the house tests come with the Python ones."""
    outcomes = checks.carry_out(checks.wanted(web=True, house=False))
    return Tally(sum(outcome.passed for outcome in outcomes), sum(not outcome.passed for outcome in outcomes))


def _pytest(name: str, arguments: list[str], env: dict[str, str], into: Path | None = None) -> Tally:
    """pytest with its own output, closing line included, shown or written into a file; counted from its report."""
    if (
        not (paths.ROOT / arguments[-1].partition("::")[0]).exists()
        and not Path(arguments[-1].partition("::")[0]).exists()
    ):
        raise Unable(f"there is no {arguments[-1]}", f"没有 {arguments[-1]}")
    report = TEST_VAR / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [str(paths.python()), "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    with into.open("wb") if into else nullcontext() as out:
        code = subprocess.run(command, cwd=paths.ROOT, env=env, check=False, stdout=out, stderr=out).returncode
    if code == NO_TESTS_FOUND:
        return Tally()
    tally = counted(report)
    if code and not tally.failed:
        tally.failed += 1  # pytest itself fell: an import that fails at collection, a usage error
    return tally


def counted(report: Path) -> Tally:
    """The numbers of a JUnit report; an error in a fixture is a failure, a test may have both."""
    if not report.exists():
        return Tally()
    tally = Tally()
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own test runner wrote it
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
        elif case.find("skipped") is not None:
            tally.skipped += 1
        else:
            tally.passed += 1
    return tally


def _vitest(files: list[str], into: Path | None = None) -> Tally:
    """Vitest with its own output, shown or written into a file; counted from its report."""
    if not (paths.WEB / "package.json").exists():
        return Tally()
    report = TEST_VAR / "vitest.json"
    report.unlink(missing_ok=True)
    reporters = ["--reporter=default", "--reporter=json", f"--outputFile={report}"]
    command, env = environment.npm("exec", "--no", "--", "vitest", "run", *reporters, *files)
    with into.open("wb") if into else nullcontext() as out:
        code = subprocess.run(
            command, cwd=paths.WEB, env=dict(os.environ) | env, check=False, stdout=out, stderr=out
        ).returncode
    if not report.exists():
        return Tally(failed=1)
    said = json.loads(report.read_text(encoding="utf-8"))
    left_out = said["numPendingTests"] + said.get("numTodoTests", 0)
    tally = Tally(said["numPassedTests"], said["numFailedTests"], left_out)
    if code and not tally.failed:
        tally.failed += 1
    return tally


def _test_cluster() -> Cluster:
    """A cluster of the tests' own beside the demo's; the same settings, only commits need not wait for the disk."""
    account = accounts.unprivileged()
    if account:
        accounts.give(paths.VAR, account, 0o755)
    ours = cluster.at(TEST_VAR, account)
    with Step("Starting the tests' database", "正在启动测试数据库", expect_s=6):
        cluster.prepare(ours)
        if not cluster.ready(ours):
            log = str(ours.logs / "pg_ctl.log")
            ours.run("pg_ctl", "start", "-D", str(ours.data), "-w", "-s", "-l", log, "-o", "-c synchronous_commit=off")
        cluster.create_database(ours, "template1")  # so that every database made by a test has the extensions
        cluster.create_database(ours)
    return ours


def _environment(ours: Cluster, suite: str) -> dict[str, str]:
    """What a suite sees: its own database, its own `var`, nothing of the person's configuration."""
    cluster.create_database(ours, f"tests_{suite}")
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("GRIDLOOP_", "PG", "DATABASE_URL"))
    }
    browser = packages.chromium()
    extra = {
        "DATABASE_URL": ours.url(f"tests_{suite}"),
        "GRIDLOOP_VAR": str(TEST_VAR / "var" / suite),
        "DJANGO_SETTINGS_MODULE": "gridloop.site.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return env | extra | ({"CHROMIUM": browser} if browser else {})
