"""What is kept: masters, cases with their history, and the records beside them."""

from __future__ import annotations

from gridloop.cases.alarms.models import Alarm, AlarmAct, AlarmSource
from gridloop.cases.announcements.models import Announcement
from gridloop.cases.components.models import Filing, RootCause, RootCauseCase
from gridloop.cases.forecast.models import Forecast, ForecastModel
from gridloop.cases.incidents.models import Incident, IncidentMessage
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
    UnitMerger,
    WorkingHours,
)
from gridloop.cases.models.records import EscalationMark, Link, Rating, Return, Suspension, Telling
from gridloop.cases.nearby.models import Watch
from gridloop.cases.own_data.models import OwnFile
from gridloop.cases.photos.models import Photo, PhotoKey, PhotoMask
from gridloop.cases.proposals.models import MastersProposal
from gridloop.cases.shifts.models import Handover
from gridloop.cases.simulation.models import Simulation, SimulationChange
from gridloop.cases.views.models import SavedView
from gridloop.cases.walks.models import CellVisit, Walk, WalkPosition

__all__ = [
    "Alarm",
    "AlarmAct",
    "AlarmSource",
    "Announcement",
    "AnswerTemplate",
    "AreaTier",
    "Calendar",
    "CalendarDay",
    "Case",
    "CaseClass",
    "CellVisit",
    "ClassifierModel",
    "EscalationMark",
    "EscalationRule",
    "Event",
    "Filing",
    "FilingRule",
    "Forecast",
    "ForecastModel",
    "Handover",
    "Idempotency",
    "Imported",
    "Incident",
    "IncidentMessage",
    "Link",
    "Mass",
    "MassItem",
    "MastersProposal",
    "MastersVersion",
    "OwnFile",
    "Photo",
    "PhotoKey",
    "PhotoMask",
    "Rating",
    "RefusalReason",
    "Reporter",
    "Return",
    "ReturnRule",
    "RootCause",
    "RootCauseCase",
    "RoutingRule",
    "SavedView",
    "Simulation",
    "SimulationChange",
    "StageLimit",
    "SuspendReason",
    "Suspension",
    "Telling",
    "UnitMerger",
    "Walk",
    "WalkPosition",
    "Watch",
    "WorkingHours",
]
