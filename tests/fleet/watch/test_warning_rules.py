"""What may be done with a warning, and how rules and warnings read; no database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from gridloop.fleet.rules import warnings as rules
from gridloop.kernel.errors import Malformed, Refused
from tests.builders import NOW


@dataclass
class AWarning:
    acknowledged_at: dt.datetime | None = None
    false_reason: str = ""
    case_number: str = ""
    confirmed_at: dt.datetime | None = NOW


def test_a_noted_warning_is_not_noted_again():
    rules.may_acknowledge(AWarning())
    with pytest.raises(Refused, match="acknowledged already"):
        rules.may_acknowledge(AWarning(acknowledged_at=NOW))


def test_a_warning_is_called_false_for_a_listed_reason_and_other_needs_words():
    assert rules.checked_false(AWarning(), "drift", "  under  the bridge ") == ("drift", "under the bridge")
    with pytest.raises(Malformed, match="is no reason"):
        rules.checked_false(AWarning(), "bored", "")
    with pytest.raises(Malformed, match="say in words"):
        rules.checked_false(AWarning(), "other", "  ")
    with pytest.raises(Refused, match="called false already"):
        rules.checked_false(AWarning(false_reason="test"), "drift", "")


def test_a_warning_that_became_a_case_is_not_called_false_and_a_false_one_becomes_no_case():
    with pytest.raises(Refused, match="void that case"):
        rules.checked_false(AWarning(case_number="20261122-000001"), "drift", "")
    with pytest.raises(Refused, match="false alarm"):
        rules.may_become_case(AWarning(false_reason="drift"))
    with pytest.raises(Refused, match="20261122-000001 already"):
        rules.may_become_case(AWarning(case_number="20261122-000001"))


def test_a_shelf_needs_a_reason_and_ends_within_three_days():
    assert rules.checked_shelf(" firm  called ", NOW + dt.timedelta(hours=1), now=NOW) == "firm called"
    with pytest.raises(Malformed, match="why the warning may wait"):
        rules.checked_shelf(" ", NOW + dt.timedelta(hours=1), now=NOW)
    for until in (NOW, NOW + dt.timedelta(hours=73)):
        with pytest.raises(Malformed, match="72 hours at most"):
            rules.checked_shelf("x", until, now=NOW)


def test_a_warning_reads_as_who_did_what_where():
    assert rules.title("no_go", "hazmat", "示D00001", ("海沧湾", "Haicang Bay")) == (
        "示D00001 危险货物运输车禁止驶入:海沧湾",
        "示D00001, hazardous-goods truck: no-go, Haicang Bay",
    )
