"""A process of its own for the race of recurrence: `arrange` files five failures of one component, `look` looks once, `die` dies in the middle of it."""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
    django.setup()

from gridloop.cases.components import actions
from gridloop.kernel import clock
from gridloop.places.models import Component
from tests.builders import a_crew, a_report, a_step

DEAD = 9
FAILURES = 5


def arrange() -> None:
    """Five filed cases of one component."""
    now = clock.now()
    crew = a_crew(now=now)
    found = Component.objects.filter(subclass="0101").order_by("code").first()
    assert found is not None
    said = {"lon": found.geom.x, "lat": found.geom.y, "class_kind": "component", "class_code": "0101"}
    for _ in range(FAILURES):
        number = a_report(by=crew.citizen, now=now, **said).number
        a_step(number, "register", crew=crew, who="acceptor", now=now)
        a_step(number, "file", crew=crew, who="shift_leader", now=now, rule=1)


def look(*, dies: bool) -> None:
    """Look for recurrence and say how many root causes were opened."""
    if dies:
        actions._explained = lambda *_: os._exit(DEAD)  # type: ignore[assignment]
    sys.stdout.write(str(actions.look_for_recurrence(clock.now())))


if __name__ == "__main__":
    part = sys.argv[1]
    if part == "arrange":
        arrange()
    else:
        look(dies=part == "die")
