"""What people ask about units, people and who is asking."""

from gridloop.identity.queries.callers import (
    KeyFound,
    SessionFound,
    caller_by_key,
    caller_by_token,
    caller_of_person,
)
from gridloop.identity.queries.contacts import Contact, contact
from gridloop.identity.queries.devices import DeviceRow, devices_seen_by
from gridloop.identity.queries.held import Held, held_of
from gridloop.identity.queries.listings import (
    GrantRow,
    KeyRow,
    Me,
    PersonRow,
    grants_of,
    grants_within,
    keys_within,
    me,
    people_within,
)
from gridloop.identity.queries.people import (
    names_en,
    people_with,
    person,
    person_by_login,
    person_names,
    person_names_en,
    units_of_people,
)
from gridloop.identity.queries.units import (
    answering,
    unit,
    unit_by_code,
    unit_for_kind,
    units,
    units_of_kind,
    units_under,
)
from gridloop.identity.queries.views import PersonView, UnitView

__all__ = [
    "Contact",
    "DeviceRow",
    "GrantRow",
    "Held",
    "KeyFound",
    "KeyRow",
    "Me",
    "PersonRow",
    "PersonView",
    "SessionFound",
    "UnitView",
    "answering",
    "caller_by_key",
    "caller_by_token",
    "caller_of_person",
    "contact",
    "devices_seen_by",
    "grants_of",
    "grants_within",
    "held_of",
    "keys_within",
    "me",
    "names_en",
    "people_with",
    "people_within",
    "person",
    "person_by_login",
    "person_names",
    "person_names_en",
    "unit",
    "unit_by_code",
    "unit_for_kind",
    "units",
    "units_of_kind",
    "units_of_people",
    "units_under",
]
