"""`./gridloop ledger`: verify, export, prove - and the check of an export without us."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gridloop.audit import actions
from gridloop.kernel.caller import Caller
from gridloop.site import ledger_check as offline

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def ledger(settings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    for i in range(20):
        actions.record(
            Caller(person_id=7, name="陈值班"), "case.registered", f"case:{i}", at=NOW, detail={"note": "“井盖”\n破损"}
        )
        if i % 7 == 0:
            actions.sequence(NOW)
    actions.sequence(NOW)
    return tmp_path


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("ledger", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_whole_ledger_is_said_to_be_whole(ledger: Path) -> None:
    assert "whole / 台账完整: 20 entries, 4 checkpoints" in said("verify")


def test_a_changed_entry_is_named_and_the_command_fails(ledger: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_entry disable trigger audit_entry_append_only")
        cursor.execute("update audit_entry set action = 'case.closed' where position = 13")
        cursor.execute("alter table audit_entry enable trigger audit_entry_append_only")
    out = io.StringIO()
    with pytest.raises(CommandError, match="NOT WHOLE: 1 findings"):
        call_command("ledger", "verify", stdout=out, stderr=io.StringIO())
    assert "entry 13 was changed: its column action differs from its signed body" in out.getvalue()
    assert "条目 13 被更改" in out.getvalue()


def test_an_export_is_checked_by_a_script_that_needs_only_python(ledger: Path) -> None:
    path = ledger / "ledger.jsonl"
    assert "20 entries written" in said("export", str(path))
    answer = subprocess.run(
        [sys.executable, "-I", "-S", offline.__file__, str(path)], capture_output=True, text=True, check=False
    )
    assert answer.stdout.startswith("whole: 20 entries, signed by gridloop/ledger+")
    assert answer.returncode == 0


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda lines: [*lines[:5], lines[5].replace("case:4", "case:5"), *lines[6:]], "an entry was changed"),
        (lambda lines: lines[:5] + lines[6:], "line 6: entry 4 is missing, 5 stands in its place"),
        (lambda lines: lines[:-1], "the file ends before its checkpoint"),
        (lambda lines: lines[:-2] + lines[-1:], "the checkpoint covers 20 entries, the file has 19"),
        (
            lambda lines: [*lines[:-1], lines[-1].replace("03:00:00", "04:00:00")],
            "the checkpoint is not signed by gridloop/ledger",
        ),
    ],
)
def test_a_changed_export_is_found_out(ledger: Path, change, finding: str) -> None:
    path = ledger / "ledger.jsonl"
    said("export", str(path))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(change(lines)), encoding="utf-8")
    with pytest.raises(offline.NotWhole, match=finding):
        offline.check(str(path))


def test_proofs_are_printed_and_impossible_ones_refused(ledger: Path) -> None:
    assert '"size": 20' in said("prove", "3")
    assert '"first_root"' in said("consistency", "8", "20")
    with pytest.raises(CommandError, match="position 20 is not within a ledger of 20 entries"):
        said("prove", "20")


def test_waiting_entries_are_sequenced_on_demand(ledger: Path) -> None:
    actions.record(Caller(person_id=7, name="陈值班"), "case.closed", "case:1", at=NOW)
    assert "1 entries sequenced" in said("sequence", "--once")
