"""What is kept: masters, cases with their history, and the records beside them."""

from __future__ import annotations

from gridloop.cases.forecast.models import Forecast, ForecastModel
from gridloop.cases.intake_help.models import ClassifierModel
from gridloop.cases.mass.models import Mass, MassItem
from gridloop.cases.models.case import Case, Event, Idempotency, Reporter
from gridloop.cases.models.imported import Imported
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
from gridloop.cases.photos.models import Photo, PhotoKey
from gridloop.cases.views.models import SavedView

__all__ = [
    "AnswerTemplate",
    "AreaTier",
    "Calendar",
    "CalendarDay",
    "Case",
    "CaseClass",
    "ClassifierModel",
    "EscalationMark",
    "EscalationRule",
    "Event",
    "FilingRule",
    "Forecast",
    "ForecastModel",
    "Idempotency",
    "Imported",
    "Link",
    "Mass",
    "MassItem",
    "MastersVersion",
    "Photo",
    "PhotoKey",
    "Rating",
    "RefusalReason",
    "Reporter",
    "Return",
    "ReturnRule",
    "RoutingRule",
    "SavedView",
    "StageLimit",
    "SuspendReason",
    "Suspension",
    "Telling",
    "WorkingHours",
]
