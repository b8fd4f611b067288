"""Case numbers: the day of the city and the case id modulo a million, `20261122-000731`."""

from __future__ import annotations

from datetime import datetime

from gridloop.cases.rules.forms import CASE_NUMBER
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import NotFound

MILLION = 1_000_000


def number_of(case_id: int, opened_at: datetime) -> str:
    """The number of a case; at most a million cases a day keep it unique."""
    return f"{in_city(opened_at):%Y%m%d}-{case_id % MILLION:06d}"


def checked(number: str) -> str:
    """The number as given, if it has the form of one; raises NotFound otherwise."""
    if not CASE_NUMBER.fullmatch(number):
        raise NotFound(f"there is no case '{number[:40]}'", zh=f"没有编号为“{number[:40]}”的案件")
    return number
