"""What is kept: masters, cases with their history, and the records beside them."""

from __future__ import annotations

from gridloop.cases.models.case import Case, Event, Idempotency, Reporter
from gridloop.cases.models.masters import (
    AnswerTemplate,
    AreaTier,
    Calendar,
    CalendarDay,
    CaseClass,
    EscalationRule,
    FilingRule,
    MastersVersion,
    RefusalReason,
    ReturnRule,
    RoutingRule,
    StageLimit,
    SuspendReason,
    WorkingHours,
)
from gridloop.cases.models.records import EscalationMark, Link, Rating, Return, Suspension, Telling
from gridloop.cases.photos.models import Photo

__all__ = [
    "AnswerTemplate",
    "AreaTier",
    "Calendar",
    "CalendarDay",
    "Case",
    "CaseClass",
    "EscalationMark",
    "EscalationRule",
    "Event",
    "FilingRule",
    "Idempotency",
    "Link",
    "MastersVersion",
    "Photo",
    "Rating",
    "RefusalReason",
    "Reporter",
    "Return",
    "ReturnRule",
    "RoutingRule",
    "StageLimit",
    "SuspendReason",
    "Suspension",
    "Telling",
    "WorkingHours",
]
