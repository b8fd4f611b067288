"""How long the desk's figures take on the configured database: the 24 indicators of a month, what the statistics page asks beside them, and the cases behind each figure.

Last line: one JSON object; times in milliseconds, the best of three (the first call also plans).

    ./gridloop bench figures [--month 2026-10]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

from django.db import connection  # noqa: E402 - after django.setup()

from bench.yardstick import yardstick_ms  # noqa: E402 - after django.setup()
from gridloop.audit import actions as ledger  # noqa: E402 - after django.setup()
from gridloop.cases.evaluation.queries import answers, drill  # noqa: E402 - after django.setup()
from gridloop.cases.evaluation.rules import question as questions  # noqa: E402 - after django.setup()
from gridloop.cases.evaluation.rules.indicators import INDICATORS  # noqa: E402 - after django.setup()
from gridloop.cases.evaluation.rules.question import Question  # noqa: E402 - after django.setup()
from gridloop.kernel import clock  # noqa: E402 - after django.setup()

ROUNDS = 3
ASKED: dict[str, tuple[str, str, dict[str, str]]] = {
    "indicators": ("indicators", "all", {}),
    "by_unit": ("indicators", "unit", {}),
    "by_area": ("indicators", "area", {}),
    "by_class": ("indicators", "class", {}),
    "league": ("league", "unit", {"indicator_id": "handle_ontime_rate"}),
    "punctuality": ("punctuality", "all", {}),
    "stopclock": ("stopclock", "all", {}),
    "heat": ("heat", "all", {}),
}


def main() -> None:
    """Ask everything of one month, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--month", default="", help="YYYY-MM; by default the last whole month")
    now = clock.now()
    while ledger.sequence(now):  # a running city places its entries every second
        continue
    first, last = questions.month(parser.parse_args().month or last_month(now))
    month = Question(first, last)
    found = {name: best(lambda one=one: ask(month, *one, at=now)) for name, one in ASKED.items()}
    drills = {
        one.id: best(lambda one=one: drill.cases(month, drill.Drill(one, "numerator"), at=now)) for one in INDICATORS
    }
    slowest = max(drills, key=lambda name: drills[name])
    print(json.dumps(counted(month) | {"yardstick_ms": yardstick_ms()} | found | {
        "drill_ms": round(sorted(drills.values())[len(drills) // 2], 1), "drill_slowest_ms": drills[slowest], "drill_slowest": slowest,
    }))  # fmt: skip


def last_month(now: dt.datetime) -> str:
    """The month before the running one, in the city's time."""
    return (clock.in_city(now).date().replace(day=1) - dt.timedelta(days=1)).strftime("%Y-%m")


def ask(month: Question, kind: str, by: str, more: dict[str, str], *, at: dt.datetime) -> None:
    """One question of the statistics page."""
    answers.answer(kind, replace(month, by=by), at=at, more=more)


def best(work: Callable[[], object]) -> float:
    """Milliseconds of the best of three."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return round(min(times), 1)


def counted(month: Question) -> dict[str, int]:
    """How much there is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), count(*) filter (where opened_at >= %s and opened_at < %s) from cases_case",
            [month.since, month.until],
        )
        cases, in_month = cursor.fetchone()
    return {"cases": cases, "cases_in_month": in_month}


if __name__ == "__main__":
    main()
