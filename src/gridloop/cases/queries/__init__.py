"""What people ask about cases: lists, cards, history, candidates, tiles, counts; each a fixed number of SQL statements."""

from gridloop.cases.queries.card import card
from gridloop.cases.queries.counts import desk_counts
from gridloop.cases.queries.export import exported
from gridloop.cases.queries.filters import Filter
from gridloop.cases.queries.imported import Verdicts, verdicts
from gridloop.cases.queries.masters import warnings as masters_warnings
from gridloop.cases.queries.near import near
from gridloop.cases.queries.queue import Page, queue
from gridloop.cases.queries.reached import is_open, rungs_reached
from gridloop.cases.queries.tables import classes, loop
from gridloop.cases.queries.tiles import tile

__all__ = [
    "Filter",
    "Page",
    "Verdicts",
    "card",
    "classes",
    "desk_counts",
    "exported",
    "is_open",
    "loop",
    "masters_warnings",
    "near",
    "queue",
    "rungs_reached",
    "tile",
    "verdicts",
]
