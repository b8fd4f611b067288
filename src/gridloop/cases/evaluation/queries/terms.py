"""The SQL of every named condition on one case `f` (see `sql/facts_*.sql` for its columns); `%(at)s` is the moment of the answer."""

from __future__ import annotations

from gridloop.cases.evaluation.rules.indicators import INDICATORS, PUBLIC_SOURCES, Indicator, terms_of

PUBLIC = ", ".join(f"'{source}'" for source in PUBLIC_SOURCES)
REMOVED = "f.state in ('merged', 'voided', 'withdrawn')"
STANDING = "f.state in ('suspended', 'returned', 'arbitration')"
OVER = "f.due_at <= %(at)s"
DISPATCH_DUE = f"f.filed_at is not null and (f.dispatched_at is not null or (not {REMOVED} and coalesce(f.dispatch_due <= %(at)s, true)))"
VERIFIED = "f.verified_at >= f.verify_asked_at"
CHECKED = "f.checked_at >= f.check_asked_at"
FINISHED = "f.finished_at is not null"
CELL_DIGITS = 15
REPEATS = 3  # cases in one cell and class (indicators.csv, repeat_rate)

SQL: dict[str, str] = {
    "all": "true",
    "by_collector": "f.source = 'collector'",
    "by_public": f"f.source in ({PUBLIC})",
    "valid": "(f.registered_at is not null or f.self_handled)",
    "component": "f.class_kind = 'component'",
    "registered": "f.registered_at is not null",
    "filed": "f.filed_at is not null",
    "filed_once": "f.filings = 1 and f.returned_by is null",
    "verify_due": f"f.verify_due is not null and (coalesce({VERIFIED}, false) or (f.state = 'verifying' and f.verify_due <= %(at)s))",
    "verify_ontime": f"{VERIFIED} and f.verified_at <= f.verify_due",
    "verify_unclocked": "f.verify_asked_at is not null and f.verify_due is null",
    "check_due": f"f.check_due is not null and (coalesce({CHECKED}, false) or (f.state = 'checking' and f.check_due <= %(at)s))",
    "check_ontime": f"{CHECKED} and f.checked_at <= f.check_due",
    "check_unclocked": "f.check_asked_at is not null and f.check_due is null",
    "filing_timed": "f.filed_at is not null and f.filing_due is not null",
    "filing_ontime": "f.filed_at <= f.filing_due",
    "filing_unclocked": "f.filed_at is not null and f.filing_due is null",
    "dispatch_due": f"({DISPATCH_DUE})",
    "dispatch_timed": f"f.dispatch_due is not null and ({DISPATCH_DUE})",
    "dispatched": "f.dispatched_at is not null",
    "dispatch_ontime": "f.dispatched_at <= f.dispatch_due",
    "dispatch_unclocked": f"f.dispatch_due is null and ({DISPATCH_DUE})",
    "never_returned": "f.returned_by is null",
    "wrongly_returned": "f.unit_id = any(f.returned_by)",
    "handle_due": f"f.dispatched_at is not null and not {REMOVED} and ({FINISHED} or ({OVER} and not {STANDING}))",
    "accepted": f"{FINISHED} and f.state in ('checked', 'closed', 'disputed')",
    "finished_ontime": "f.finished_at <= f.due_at",
    "finished_late": "f.finished_at > f.due_at",
    "unfinished": f"not {FINISHED}",
    "replied": "f.replied",
    "reworked": "f.reworks > 0",
    "delayed": "f.delayed",
    "was_suspended": "f.suspensions > 0",
    "close_due": f"f.filed_at is not null and not {REMOVED} and f.state <> 'suspended' and (f.state = 'closed' or {OVER})",
    "closed": "f.state = 'closed'",
    "self_handled": "f.self_handled",
    "rated": "f.rating is not null",
    "satisfied": "f.rating >= 4",
    "repeated": f"f.again >= {REPEATS} and length(f.place) = {CELL_DIGITS}",
}
"""A condition of `rules/indicators.py` by its name."""


def condition(indicator: Indicator, part: str) -> str:
    """The SQL of `numerator`, `denominator`, `rest` (counted below and not above) or `unclocked`."""
    if part == "rest":
        above = " and ".join(f"({SQL[name]})" for name in indicator.numerator)
        return f"{condition(indicator, 'denominator')} and ({above}) is not true"
    names = indicator.unclocked if part == "unclocked" else terms_of(indicator, part)
    return " and ".join(f"({SQL[name]})" for name in names) or "false"


def marks() -> str:
    """Every condition as a column `m_name`, so that each is worked out once a case."""
    return ", ".join(f"({text}) as m_{name}" for name, text in SQL.items())


def counted(indicators: tuple[Indicator, ...] = INDICATORS, role: str = "") -> str:
    """The columns of a statement that counts over `marks`: numerator, denominator and unclocked of each indicator, in order.

    `role` is the column that says in which part the person of a row acted; then each indicator counts only its own actor's rows.
    """
    columns = []
    for one in indicators:
        mine = f" and {role} = '{one.actor}'" if role else ""
        for names in (terms_of(one, "numerator"), terms_of(one, "denominator"), one.unclocked):
            found = " and ".join(f"f.m_{name}" for name in names) or "false"
            columns.append(f"count(*) filter (where {found}{mine})")
    return ",\n    ".join(columns)
