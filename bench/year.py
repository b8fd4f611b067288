"""A simulated year, and whether anything was lost on the way: deadlines, escalations, figures, the ledger.

Builds the ground of a demo city in a database of its own beside the configured one (dropped afterwards), lives the days through the real
rules and the real clockwork (see `site/demo/year.py`), and then asks:

- was any open case without a deadline, at any hour;
- was every rung of the ladder that the rules demand told, and told once;
- does every month's answer, with all 24 indicators, recompute to the same value from the history;
- is the ledger whole.

Exit code 1 if not. The last line is one JSON object.

    ./gridloop bench year [--days 365] [--cases-a-day 2510] [--peaks 12] [--size small] [--kept FILE --minutes 60 [--account]]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import pickle
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

from django.db import connection  # noqa: E402 - after django.setup()

from bench.yardstick import yardstick_ms  # noqa: E402 - after django.setup()
from gridloop.audit import queries as ledger  # noqa: E402
from gridloop.audit.actions import trusted_keys  # noqa: E402
from gridloop.cases.evaluation.queries import answers  # noqa: E402
from gridloop.cases.evaluation.queries.verify import verify  # noqa: E402
from gridloop.cases.evaluation.rules.question import Question  # noqa: E402
from gridloop.kernel import clock  # noqa: E402
from gridloop.site.demo import load  # noqa: E402
from gridloop.site.demo.sizes import SIZES  # noqa: E402
from gridloop.site.demo.year import Pace, Tally, Year  # noqa: E402

MARKS_SQL = "select case_id, mark from cases_escalation_mark"
COUNTS_SQL = """
select (select count(*) from cases_case), (select count(*) from cases_event), (select count(*) from audit_entry),
       (select count(*) from cases_case_open), (select count(*) from cases_case_open where due_at is null or stage_due_at is null),
       (select count(*) from audit_pending)
"""


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--cases-a-day", type=int, default=2510)
    parser.add_argument("--peaks", type=int, default=12, help="days with ten times as many cases")
    parser.add_argument("--size", choices=sorted(SIZES), default="small", help="how large the ground is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", type=Path, help="pause after --minutes into this file; with the file there, go on")
    parser.add_argument("--minutes", type=float, default=60, help="how long to live before a pause, with --kept")
    parser.add_argument(
        "--account", action="store_true", help="at a pause too, hold what stands against what must stand"
    )
    return parser.parse_args()


@dataclass
class Kept:
    """What a paused year needs to go on, beside its database: whole, pickled."""

    year: Year
    asked: argparse.Namespace
    now: dt.datetime
    months: list[tuple[dt.date, dt.date]]
    saved: list[dict[str, Any]] = field(default_factory=list)
    lived_s: float = 0.0


def main() -> None:
    """Build or go on, live, ask, print."""
    asked = arguments()
    configured = str(connection.settings_dict["NAME"])
    going_on = asked.kept is not None and asked.kept.exists()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=going_on)
    stays = asked.kept is not None  # whatever fails: what was lived took hours
    try:
        kept = pickle.loads(asked.kept.read_bytes()) if going_on else begun(asked)  # noqa: S301 - written by this program
        paused = not lived(kept, asked)
        if asked.kept is not None:
            asked.kept.write_bytes(pickle.dumps(kept))
        said = where(kept) | ({} if paused and not asked.account else account(kept.year.tally, kept.saved))
        stays = paused
    finally:
        if not stays:
            connection.creation.destroy_test_db(configured, verbosity=0)
    if asked.kept is not None and not paused:
        asked.kept.unlink()
    print(json.dumps(said))
    sys.exit(0 if said.get("whole", paused) else 1)


def begun(asked: argparse.Namespace) -> Kept:
    """The ground, and a year that nobody lived yet."""
    now = clock.now()
    chronicle, _ = load.found(asked.size, seed=asked.seed, now=now, say=tell, days=asked.days)
    year = Year(chronicle, Pace(asked.days, asked.cases_a_day, asked.peaks), asked.seed)
    return Kept(year, asked, now, whole_months(year.begin.date(), asked.days))


def lived(kept: Kept, asked: argparse.Namespace) -> bool:
    """Live to the end, or as long as asked; whether the end was reached."""
    begun_s, before_s = time.monotonic(), kept.lived_s

    def told(day: int, tally: Tally) -> bool:
        kept.lived_s = before_s + time.monotonic() - begun_s
        tell(
            f"[{kept.lived_s:6.0f} s] day {day}/{kept.asked.days}: {tally.reported} reported, {tally.steps} steps, {len(kept.year.open)} open, "
            f"{tally.told} rungs told, {tally.resumed} suspensions ended"
        )
        today = kept.year.begin.date() + dt.timedelta(days=day)
        if kept.months and today > kept.months[0][1]:  # figures as they were told on the day after the month
            at = dt.datetime.combine(today, dt.time(), kept.year.begin.tzinfo)
            kept.saved.append(answers.answer("indicators", Question(*kept.months.pop(0)), at=at))
        return asked.kept is None or time.monotonic() - begun_s < asked.minutes * 60

    return kept.year.run(told)


def where(kept: Kept) -> dict[str, Any]:
    """How far it came."""
    return {
        "at": kept.now.isoformat(timespec="seconds"), "cpus": os.cpu_count(), "yardstick_ms": yardstick_ms(), "days": kept.asked.days,
        "days_lived": kept.year.day, "cases_a_day": kept.asked.cases_a_day, "lived_s": round(kept.lived_s, 1),
    }  # fmt: skip


def account(tally: Tally, saved: list[dict[str, Any]]) -> dict[str, Any]:
    """What stands at the end, held against what must stand there."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS_SQL)
        marks = set(cursor.fetchall())
        cursor.execute(COUNTS_SQL)
        cases, events, entries, open_now, without, pending = cursor.fetchone()
    mismatches = verify({"answers": saved}) if saved else []
    faults = {
        "open_without_deadline": tally.without_deadline + without,
        "escalations_lost": len(tally.expected - marks),
        "escalations_too_many": len(marks - tally.expected),
        "figures_not_recomputed": len(mismatches),
        "ledger_faults": len(ledger.verify(trusted_keys()).findings) + pending,
        "reports_lost": tally.reported - cases,
    }
    for fault in mismatches[:5]:
        tell(f"{fault.where}: {fault.saved!r} against {fault.found!r}")
    return {
        "peak_days": tally.peak_days, "cases": cases, "events": events, "ledger_entries": entries, "open_at_end": open_now,
        "open_most": tally.open_most, "rungs_told": tally.told, "suspensions_ended": tally.resumed,
        "months_verified": len(saved), **faults, "whole": not any(faults.values()),
    }  # fmt: skip


def whole_months(first: dt.date, days: int) -> list[tuple[dt.date, dt.date]]:
    """First and last day of the months that lie wholly in the period; for less than a month, the period itself."""
    end = first + dt.timedelta(days=days)
    found = []
    begin = first if first.day == 1 else _next_month(first)
    while _next_month(begin) <= end:
        found.append((begin, _next_month(begin) - dt.timedelta(days=1)))
        begin = _next_month(begin)
    return found or [(first, end - dt.timedelta(days=2))]


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def tell(line: str) -> None:
    """Progress, beside the result."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
