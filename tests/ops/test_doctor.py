"""The doctor passes on what the platform itself warns of."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import connection

from gridloop.cases import actions
from gridloop.kernel import clock
from ops import doctor
from tests.builders import BUILDER


def address_of(name: str) -> str:
    at = connection.settings_dict
    return f"postgresql://{at['USER']}@/{name}?host={at['HOST']}"


@pytest.mark.django_db
@pytest.mark.usefixtures("var")
def test_a_city_without_class_tables_hears_of_it_in_its_own_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address_of(connection.settings_dict["NAME"]))  # nothing is committed in it
    monkeypatch.setenv("LANG", "C.UTF-8")
    found = doctor._masters()
    assert not found.well
    assert "the class tables are empty; run load_masters" in found.what
    assert "holiday calendar ends with nothing" in found.what
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "类别表为空" in doctor._masters().what


@pytest.mark.usefixtures("var")
def test_a_database_that_does_not_answer_is_no_fault_of_the_masters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://gridloop@/nowhere?host=/nowhere")
    assert doctor._masters().well
    monkeypatch.delenv("DATABASE_URL")
    assert doctor._masters().well


@pytest.mark.django_db
def test_loaded_masters_are_well_until_the_known_calendar_ends(capsys: pytest.CaptureFixture[str]) -> None:
    actions.load_masters(by=BUILDER, now=clock.now())
    call_command("masters_warnings")
    said = json.loads(capsys.readouterr().out)
    assert said["calendar_until"] >= 2026
    assert all("calendar" in one["en"] for one in said["warnings"]), (
        "the tables are there; only the calendar may be old"
    )


def test_the_doctor_looks_at_the_masters() -> None:
    assert "masters" in [en for en, _, _ in doctor.LOOKS]
