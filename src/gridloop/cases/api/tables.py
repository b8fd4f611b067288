"""The class tables and the loop, for every page that draws them."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from gridloop.cases import queries
from gridloop.cases.api.answers import written
from gridloop.cases.api.shapes import ClassTable, LoopTable
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, public

router = Router(tags=["loop"])
PERMITS: Permits = {("GET", "/classes"): public(), ("GET", "/loop"): public()}


@router.get("/classes", response=ClassTable)
def classes(request: Asked) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """Every class of components and events with its filing rules, limits and their confidence."""
    version, items = queries.classes(clock.now())
    return written({"version": version, "items": items})


@router.get("/loop", response=LoopTable)
def loop(request: Asked) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """States, steps, who may take them, and the diagram."""
    return written(queries.loop(clock.now()))
