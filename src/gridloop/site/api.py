"""The JSON API put together: every room's router at its place, and a permit in front of every address."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.parser import Parser as NinjaParser
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder

from gridloop.audit import api as audit
from gridloop.cases import api as cases
from gridloop.cases.alarms import api as cases_alarms
from gridloop.cases.announcements import api as cases_announcements
from gridloop.cases.api import events as cases_events
from gridloop.cases.api import reports as cases_reports
from gridloop.cases.components import api as cases_components
from gridloop.cases.digest import api as cases_digest
from gridloop.cases.evaluation import api as cases_evaluation
from gridloop.cases.expectation import api as cases_expectation
from gridloop.cases.forecast import api as cases_forecast
from gridloop.cases.incidents import api as cases_incidents
from gridloop.cases.insight import api as cases_insight
from gridloop.cases.intake_help import api as cases_intake_help
from gridloop.cases.map import api as cases_map
from gridloop.cases.mass import api as cases_mass
from gridloop.cases.nearby import api as cases_nearby
from gridloop.cases.own_data import api as cases_own_data
from gridloop.cases.photos import api as cases_photos
from gridloop.cases.proposals import api as cases_proposals
from gridloop.cases.shifts import api as cases_shifts
from gridloop.cases.simulation import api as cases_simulation
from gridloop.cases.timeline import api as cases_timeline
from gridloop.cases.views import api as cases_views
from gridloop.cases.walks import api as cases_walks
from gridloop.cases.why import api as cases_why
from gridloop.fleet.api import areas as fleet_areas
from gridloop.fleet.api import lists as fleet_lists
from gridloop.fleet.api import permits as fleet_permits
from gridloop.fleet.api import positions as fleet_positions
from gridloop.fleet.api import replays as fleet_replays
from gridloop.fleet.api import texts as fleet_texts
from gridloop.fleet.api import tracks as fleet_tracks
from gridloop.fleet.api import vehicles as fleet_vehicles
from gridloop.fleet.api import warnings as fleet_warnings
from gridloop.identity import api as identity
from gridloop.kernel.permits import Permit, Permits, signed_in
from gridloop.notices import api as notices
from gridloop.notices.push import api as notices_push
from gridloop.places import api as places
from gridloop.site import doors, gate, matrix, problems

ABOUT = """
One map, one loop, one ledger for a city: reports become cases, cases are driven to a proven close.

Errors are RFC 9457 problems with a sentence in the language of the request. A browser signs in at `/session` and sends the
cookie `csrftoken` back in the header `X-CSRFToken` with every change; a connected system sends `Authorization: Bearer` with a key.
"""
house = Router(tags=["people"])
HOUSE_PERMITS: Permits = {("GET", "/permissions"): signed_in("people:read")}
ROOMS: tuple[tuple[Router, Permits], ...] = (
    (identity.router, identity.PERMITS),
    (audit.router, audit.PERMITS),
    (places.router, places.PERMITS),
    (notices.router, notices.PERMITS),
    (notices_push.router, notices_push.PERMITS),
    (cases_intake_help.router, cases_intake_help.PERMITS),  # before /cases/{number}
    (cases_mass.router, cases_mass.PERMITS),
    (cases_timeline.router, cases_timeline.PERMITS),
    (cases_why.router, cases_why.PERMITS),
    (cases_proposals.router, cases_proposals.PERMITS),
    (cases_components.router, cases_components.PERMITS),
    (cases_incidents.router, cases_incidents.PERMITS),
    (cases_announcements.router, cases_announcements.PERMITS),
    (cases_nearby.router, cases_nearby.PERMITS),  # before /reports/{number}
    (cases_own_data.router, cases_own_data.PERMITS),
    (cases_expectation.router, cases_expectation.PERMITS),  # before /reports/{number}
    (cases.router, cases.PERMITS),
    (cases_reports.router, cases_reports.PERMITS),
    (cases_events.router, cases_events.PERMITS),
    (cases_photos.router, cases_photos.PERMITS),
    (cases_views.router, cases_views.PERMITS),
    (cases_alarms.router, cases_alarms.PERMITS),
    (cases_shifts.router, cases_shifts.PERMITS),
    (cases_walks.router, cases_walks.PERMITS),
    (cases_digest.router, cases_digest.PERMITS),
    (cases_evaluation.router, cases_evaluation.PERMITS),
    (cases_forecast.router, cases_forecast.PERMITS),
    (cases_insight.router, cases_insight.PERMITS),
    (cases_simulation.router, cases_simulation.PERMITS),
    (cases_map.router, cases_map.PERMITS),
    (fleet_warnings.router, fleet_warnings.PERMITS),
    (fleet_tracks.router, fleet_tracks.PERMITS),
    (fleet_vehicles.router, fleet_vehicles.PERMITS),
    (fleet_areas.router, fleet_areas.PERMITS),
    (fleet_lists.router, fleet_lists.PERMITS),
    (fleet_permits.router, fleet_permits.PERMITS),
    (fleet_positions.router, fleet_positions.PERMITS),
    (fleet_replays.router, fleet_replays.PERMITS),
    (fleet_texts.router, fleet_texts.PERMITS),
    (doors.router, doors.PERMITS),
    (house, HOUSE_PERMITS),
)
"""Every room's router with its permits; an address without a permit stops the start."""
SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "gl_session",
        "description": "from POST /session; changes also need X-CSRFToken",
    },
    "key": {"type": "http", "scheme": "bearer", "description": "an API key of the needed scope"},
}


class Renderer(BaseRenderer):
    """Answers written by orjson, in UTF-8."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002 - Ninja's signature
        """The bytes of an answer."""
        return orjson.dumps(data, default=NinjaJSONEncoder().default)


class Parser(NinjaParser):
    """Bodies read by orjson, which refuses NaN and broken UTF-8."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The document in a body."""
        return orjson.loads(request.body)


def permits() -> dict[tuple[str, str], Permit]:
    """The permit of every address of the API."""
    return {address: permit for _, of_room in ROOMS for address, permit in of_room.items()}


@house.get("/permissions", response=matrix.MatrixOut)
def permissions(request: HttpRequest) -> matrix.MatrixOut:  # noqa: ARG001 - Ninja's signature
    """What each duty may do at each address; the documentation and its test are made from the same table."""
    return matrix.answered(permits())


def assembled() -> NinjaAPI:
    """The API with all rooms, its permits and its errors."""
    made = NinjaAPI(
        title="Gridloop",
        version="1",
        description=ABOUT,
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
        renderer=Renderer(),
        parser=Parser(),
        openapi_extra={"components": {"securitySchemes": SECURITY}},
    )
    for router, _ in ROOMS:
        made.add_router("", router)
    problems.install(made)
    gate.install(made, permits())
    return made


api = assembled()
