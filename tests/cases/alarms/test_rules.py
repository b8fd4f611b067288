"""The four states of an alarm, what may be done in each, and who is called first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from gridloop.cases.alarms import rules
from gridloop.cases.alarms.rules import Severity, Standing
from gridloop.kernel.errors import Malformed, Refused

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@dataclass
class Marks:
    cleared_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    shelved_until: dt.datetime | None = None
    closed_at: dt.datetime | None = None


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (Marks(), Standing.CALLING),
        (Marks(acknowledged_at=NOW), Standing.KNOWN),
        (Marks(cleared_at=NOW), Standing.PASSED),
        (Marks(shelved_until=NOW + HOUR), Standing.SHELVED),
        (Marks(acknowledged_at=NOW, shelved_until=NOW + HOUR), Standing.SHELVED),
        (Marks(shelved_until=NOW), Standing.CALLING),
        (Marks(acknowledged_at=NOW, shelved_until=NOW), Standing.KNOWN),
        (Marks(acknowledged_at=NOW, cleared_at=NOW, closed_at=NOW), Standing.OVER),
    ],
)
def test_an_alarm_stands_in_one_of_four_states_until_it_is_over(marks: Marks, expected: Standing):
    assert rules.standing(marks, NOW) is expected


def test_those_that_call_come_first_and_critical_ones_before_all():
    asked = [
        (Standing.SHELVED, "critical"),
        (Standing.KNOWN, "critical"),
        (Standing.CALLING, "info"),
        (Standing.CALLING, "critical"),
    ]
    assert sorted(asked, key=lambda one: rules.call_order(*one)) == [asked[3], asked[2], asked[1], asked[0]]


def test_what_was_noted_calls_again_only_when_it_gets_worse():
    assert rules.worse(Severity.CRITICAL, Severity.HIGH)
    assert not rules.worse(Severity.HIGH, Severity.HIGH)
    assert not rules.worse(Severity.INFO, Severity.MEDIUM)


def test_an_alarm_is_acknowledged_once_and_the_refusal_names_who_did():
    with pytest.raises(Refused, match="陈静 has acknowledged this alarm already"):
        rules.may_acknowledge(Marks(acknowledged_at=NOW), name="陈静")
    with pytest.raises(Refused, match="nothing left to acknowledge"):
        rules.may_acknowledge(Marks(closed_at=NOW), name="")
    rules.may_acknowledge(Marks(cleared_at=NOW), name="")


def test_putting_aside_needs_a_reason_and_a_moment_within_the_limit_of_the_source():
    assert rules.may_shelve(Marks(), "  等待 天气 ", NOW + HOUR, now=NOW, hours_max=24) == "等待 天气"
    for reason, until in (("", NOW + HOUR), ("x" * 501, NOW + HOUR)):
        with pytest.raises(Malformed, match="why the alarm may wait"):
            rules.may_shelve(Marks(), reason, until, now=NOW, hours_max=24)
    for until in (NOW, NOW + 25 * HOUR):
        with pytest.raises(Malformed, match="24 hours at most"):
            rules.may_shelve(Marks(), "x", until, now=NOW, hours_max=24)
    with pytest.raises(Refused, match="nothing to snooze"):
        rules.may_shelve(Marks(closed_at=NOW), "x", NOW + HOUR, now=NOW, hours_max=24)


@pytest.mark.parametrize("key", ["", "no source", "ladder:" + "1" * 200, "ladder:\n"])
def test_a_key_names_its_source_in_bounded_words(key: str):
    with pytest.raises(Malformed, match="an alarm's key is a source"):
        rules.checked_key(key)


def test_a_severity_is_one_of_four():
    assert rules.severity_of("high") is Severity.HIGH
    with pytest.raises(Malformed, match="'loud' is no severity; there are: critical, high, medium, info"):
        rules.severity_of("loud")
