"""The JSON API put together: every room's router at its place, and a permit in front of every address."""

from __future__ import annotations

from ninja import NinjaAPI, Router

from gridloop.audit import api as audit
from gridloop.identity import api as identity
from gridloop.kernel.permits import Permit, Permits
from gridloop.site import gate, pages, problems

ABOUT = """
One map, one loop, one ledger for a city: reports become cases, cases are driven to a proven close.

Errors are RFC 9457 problems with a sentence in the language of the request. A browser signs in at `/session` and sends the
cookie `csrftoken` back in the header `X-CSRFToken` with every change; a connected system sends `Authorization: Bearer` with a key.
"""
ROOMS: tuple[tuple[Router, Permits], ...] = (
    (identity.router, identity.PERMITS),
    (audit.router, audit.PERMITS),
    (pages.router, pages.PERMITS),
)
"""Every room's router with its permits; an address without a permit stops the start."""
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "gl_session", "description": "from POST /session; changes also need X-CSRFToken"},
    "key": {"type": "http", "scheme": "bearer", "description": "an API key of the needed scope"},
}


def permits() -> dict[tuple[str, str], Permit]:
    """The permit of every address of the API."""
    return {address: permit for _, of_room in ROOMS for address, permit in of_room.items()}


def assembled() -> NinjaAPI:
    """The API with all rooms, its permits and its errors."""
    made = NinjaAPI(
        title="Gridloop",
        version="1",
        description=ABOUT,
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
        openapi_extra={"components": {"securitySchemes": SECURITY}},
    )
    for router, _ in ROOMS:
        made.add_router("", router)
    problems.install(made)
    gate.install(made, permits())
    return made


api = assembled()
