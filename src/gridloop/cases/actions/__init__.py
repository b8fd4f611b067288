"""What people do with cases: report, take steps, look; and what an administrator does with the masters."""

from gridloop.cases.actions.history import (
    Life,
    begin_history,
    codes_for,
    duties_of,
    leads_on,
    must_say,
    refresh_lives,
    reserve_case_ids,
    store_history,
    suggested_unit,
)
from gridloop.cases.actions.imported import IMPORTABLE, Ended, ForeignCase, import_cases
from gridloop.cases.actions.look import card_after, card_of, open_card, see_ledger
from gridloop.cases.actions.masters import Loaded, add_route, end_route, load_masters
from gridloop.cases.actions.repeated import OtherSpot, hold_lives, reserve_case_range, tell_again
from gridloop.cases.actions.report import Reported, report
from gridloop.cases.actions.step import Moved, take_step
from gridloop.cases.actions.telling import tell_waiting
from gridloop.cases.actions.timed import climb, end_suspensions
from gridloop.cases.actions.unindexed import without_indexes
from gridloop.cases.alarms.actions import clear_alarm, declare_source, raise_alarm
from gridloop.cases.photos.actions import take_in as take_in_photo
from gridloop.cases.photos.sealing import declare_drawn as declare_photos_drawn
from gridloop.cases.rules.intake import Contact, Report

__all__ = [
    "IMPORTABLE",
    "Contact",
    "Ended",
    "ForeignCase",
    "Life",
    "Loaded",
    "Moved",
    "OtherSpot",
    "Report",
    "Reported",
    "add_route",
    "begin_history",
    "card_after",
    "card_of",
    "clear_alarm",
    "climb",
    "codes_for",
    "declare_photos_drawn",
    "declare_source",
    "duties_of",
    "end_route",
    "end_suspensions",
    "hold_lives",
    "import_cases",
    "leads_on",
    "load_masters",
    "must_say",
    "open_card",
    "raise_alarm",
    "refresh_lives",
    "report",
    "reserve_case_ids",
    "reserve_case_range",
    "see_ledger",
    "store_history",
    "suggested_unit",
    "take_in_photo",
    "take_step",
    "tell_again",
    "tell_waiting",
    "without_indexes",
]
