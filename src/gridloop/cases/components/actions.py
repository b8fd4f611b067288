"""Failing again and again: each filing of a component's case is looked at once, and the third within the window opens a root-cause case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.actions.report import report
from gridloop.cases.components import sql
from gridloop.cases.components.models import Filing, RootCause, RootCauseCase
from gridloop.cases.components.rules import recurrence
from gridloop.cases.components.rules.recurrence import Failure
from gridloop.cases.models import Case
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.intake import RECURRENCE, Report
from gridloop.kernel.caller import system
from gridloop.kernel.errors import NotFound
from gridloop.kernel.statements import run
from gridloop.places import queries as places
from gridloop.places.queries import ComponentView

BATCH = 200
NEXT_SQL = "select id, component, case_id, at from cases_filing order by id limit 1 for update skip locked"
LOCK_SQL = "select pg_advisory_xact_lock(hashtext('cases.recurrence'), hashtext(%s))"
ABANDONED = "abandoned"


def look_for_recurrence(now: datetime) -> int:
    """Look at the filings that wait, each in a transaction of its own; returns how many root causes were opened. A crash in between opens nothing twice."""
    opened = 0
    for _ in range(BATCH):
        with transaction.atomic():
            found = _next(now)
        if found is None:
            break
        opened += found
    return opened


def _next(now: datetime) -> bool | None:
    """Look at the oldest filing that nobody else looks at; whether it opened a root cause, None when none waits."""
    rows = run(NEXT_SQL)
    if not rows:
        return None
    filing_id, component, case_id, at = rows[0]
    run(LOCK_SQL, [component])  # two filings of one component are looked at one after the other
    opened = _looked_at(component, case_id, at, now)
    Filing.objects.filter(pk=filing_id).delete()
    return opened


def _looked_at(component: str, case_id: int, at: datetime, now: datetime) -> bool:
    """Add the failure to the root cause of its window, or open one; nothing for a filing that was taken back or is not one too many."""
    failures = _failures(component, at)
    if not any(one.case_id == case_id for one in failures):
        return False
    root = RootCause.objects.filter(component=component, at__gt=at - recurrence.WINDOW).order_by("-at").first()
    if root is not None:
        _explained(root, [one for one in failures if one.case_id == case_id], now)
        return False
    found = _standing(component) if recurrence.recurs(failures, case_id) else None
    if found is None:
        return False
    _opened(found, failures, case_id, now)
    return True


def _failures(component: str, until: datetime) -> list[Failure]:
    """The failures filed in the window that ends at this moment; one statement."""
    since = until - recurrence.WINDOW
    params = {
        "code": component, "since": since, "until": until, "reported_since": until - recurrence.REPORTED_WITHIN, "recurrence": RECURRENCE,
        "not_filed": sorted(recurrence.NOT_FILED), "most": recurrence.CASES_MAX,
    }  # fmt: skip
    return [Failure(*row) for row in run(sql.text("failures"), params)]


def _standing(code: str) -> ComponentView | None:
    """The component, if it is in the register and still stands: the cause of what was given up need not be found."""
    try:
        found = places.component(code)
    except NotFound:
        return None
    return None if found.state == ABANDONED else found


def _opened(found: ComponentView, failures: Sequence[Failure], because_id: int, now: datetime) -> None:
    """The root-cause case: reported by the platform, bound to the component, linked to its failures."""
    by = system("recurrence")
    known = ("component", found.subclass) in masters_now.current(now).classes
    said = Report(
        text=recurrence.words(found.code, found.name, failures), title=recurrence.title(found.name), lon=found.lon, lat=found.lat,
        source=RECURRENCE, class_kind="component" if known else None, class_code=found.subclass if known else None,
        synthetic=all(one.synthetic for one in failures),
    )  # fmt: skip
    made = report(said, by=by, now=now)
    # Of two components on one spot the report takes the one with the lower code.
    owner = {"owner_unit": found.owner_unit_id} if found.owner_unit_id else {}
    Case.objects.filter(pk=made.id).update(component=found.code, routing=owner)
    root = RootCause.objects.create(case_id=made.id, component=found.code, at=now, because_id=because_id)
    _explained(root, failures, now)


def _explained(root: RootCause, failures: Sequence[Failure], now: datetime) -> None:
    """These failures belong to the root cause; each case's ledger says so."""
    by = system("recurrence")
    number, place, unit_id = Case.objects.values_list("number", "place", "unit_id").get(pk=root.case_id)
    linked = set(root.cases.values_list("case_id", flat=True))
    fresh = [one for one in failures if one.case_id not in linked]
    RootCauseCase.objects.bulk_create([RootCauseCase(root=root, case_id=one.case_id) for one in fresh])
    for one in fresh:
        ledger.record(
            by, "case.root_cause", f"case:{one.number}", at=now, area=place, unit=unit_id,
            detail={"component": root.component, "root_cause": number},
        )  # fmt: skip
