"""How the web asks about people: the doors they come in by, and who holds which duty."""

from ninja import Router

from gridloop.identity.api import devices, doors, people
from gridloop.kernel.permits import Permits

router = Router()
router.add_router("", doors.router)
router.add_router("", people.router)
router.add_router("", devices.router)
PERMITS: Permits = {**doors.PERMITS, **people.PERMITS, **devices.PERMITS}

__all__ = ["PERMITS", "router"]
