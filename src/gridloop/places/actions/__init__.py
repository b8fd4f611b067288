"""What people do to places."""

from gridloop.places.actions.cells import make_cells
from gridloop.places.actions.components import (
    NewComponent,
    change_component,
    move_component,
    register_component,
    register_components,
)
from gridloop.places.actions.divisions import load_divisions
from gridloop.places.actions.grids import NewGrid, register_grids
from gridloop.places.actions.placenames import NewName, load_metro_stations, name_places
from gridloop.places.actions.search import refresh_search
from gridloop.places.actions.tiles import refresh_tiles
from gridloop.places.actions.units import answer_for
from gridloop.places.rules.components import Change

__all__ = [
    "Change",
    "NewComponent",
    "NewGrid",
    "NewName",
    "answer_for",
    "change_component",
    "load_divisions",
    "load_metro_stations",
    "make_cells",
    "move_component",
    "name_places",
    "refresh_search",
    "refresh_tiles",
    "register_component",
    "register_components",
    "register_grids",
]
