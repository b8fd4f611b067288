"""How the web asks the desk's questions and takes steps; residents' reports, photos and the live feed have doors of their own beside these."""

from ninja import Router

from gridloop.cases.api import desk, lists, masters, tables
from gridloop.kernel.permits import Permits

router = Router()
router.add_router("", lists.router)  # desk.py hangs its own on it: an address with all its methods stands in one router
router.add_router("", tables.router)
router.add_router("", masters.router)
PERMITS: Permits = {**lists.PERMITS, **tables.PERMITS, **desk.PERMITS, **masters.PERMITS}

__all__ = ["PERMITS", "router"]
