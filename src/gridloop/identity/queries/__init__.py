"""What people ask about units, people and who is asking."""

from gridloop.identity.queries.callers import KeyFound, SessionFound, caller_by_key, caller_by_token
from gridloop.identity.queries.people import people_with, person, person_by_login, person_names
from gridloop.identity.queries.units import unit, unit_by_code, unit_for_kind, units, units_under
from gridloop.identity.queries.views import PersonView, UnitView

__all__ = [
    "KeyFound",
    "PersonView",
    "SessionFound",
    "UnitView",
    "caller_by_key",
    "caller_by_token",
    "people_with",
    "person",
    "person_by_login",
    "person_names",
    "unit",
    "unit_by_code",
    "unit_for_kind",
    "units",
    "units_under",
]
