"""The launcher speaks English and Chinese, and helps who mistypes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ops.cli import COMMANDS
from ops.suites import Tally, counted

ROOT = Path(__file__).resolve().parents[2]


def call(*arguments, lang="C.UTF-8", **more):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "GRIDLOOP_"))}
    return subprocess.run(
        [ROOT / "gridloop", *arguments], env=env | {"LANG": lang, **more}, capture_output=True, text=True, check=False
    )


def test_help_names_every_command_in_both_languages():
    english, chinese = call("--help").stdout, call("--help", lang="zh_CN.UTF-8").stdout
    for command in COMMANDS:
        assert command.en in english
        assert command.zh in chinese


@pytest.mark.parametrize("command", [command for command in COMMANDS if not command.passes_on], ids=lambda c: c.name)
def test_each_command_explains_itself_in_both_languages(command):
    assert command.en in call(command.name, "--help").stdout
    said = call(command.name, "--help", lang="zh_CN.UTF-8").stdout
    assert command.zh in said
    assert "用法:" in said


def test_a_mistyped_command_gets_the_nearest_one():
    done = call("stauts")
    assert done.returncode == 2
    assert "did you mean 'status'?" in done.stdout
    assert "是否想用“status”" in call("stauts", lang="zh_CN.UTF-8").stdout


def test_a_wrong_port_is_refused():
    assert call("demo", "--port", "99999").returncode == 2


def test_an_unknown_setting_stops_up_before_anything_is_installed():
    done = call("up", GRIDLOOP_PROT="9000")
    assert done.returncode == 1
    assert "did you mean 'GRIDLOOP_PORT'?" in done.stdout


def test_status_of_nothing_has_an_exit_code_of_its_own(tmp_path):
    done = call("status", GRIDLOOP_VAR=str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "Gridloop does not run here.\n")


def test_the_closing_line_is_the_same_in_every_language():
    assert Tally(3, 1).line() == "3 passed, 1 failed"
    assert Tally(3, 0, 2).line() == "3 passed, 0 failed, 2 skipped"


def test_a_report_is_counted_by_test_also_when_its_end_failed_too(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite><testcase name='a'/><testcase name='b'><failure/><error/></testcase>"
        "<testcase name='c'><skipped/></testcase><testcase name='d'><error/></testcase></testsuite></testsuites>"
    )
    assert counted(report) == Tally(1, 2, 1)
