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
from gridloop.places.actions.outlines import Outline, Outlined, import_outlines
from gridloop.places.actions.placenames import NewName, load_metro_stations, name_places
from gridloop.places.actions.search import refresh_search
from gridloop.places.actions.surveys import Prepared, Survey, Taken, import_components, prepare, register_survey
from gridloop.places.actions.tiles import refresh_tiles
from gridloop.places.actions.unindexed import without_indexes
from gridloop.places.actions.units import answer_for
from gridloop.places.rules.codes import area as area_code
from gridloop.places.rules.codes import grid_code
from gridloop.places.rules.components import SOURCES as COMPONENT_SOURCES
from gridloop.places.rules.components import STATES as COMPONENT_STATES
from gridloop.places.rules.components import Change

__all__ = [
    "COMPONENT_SOURCES",
    "COMPONENT_STATES",
    "Change",
    "NewComponent",
    "NewGrid",
    "NewName",
    "Outline",
    "Outlined",
    "Prepared",
    "Survey",
    "Taken",
    "answer_for",
    "area_code",
    "change_component",
    "grid_code",
    "import_components",
    "import_outlines",
    "load_divisions",
    "load_metro_stations",
    "make_cells",
    "move_component",
    "name_places",
    "prepare",
    "refresh_search",
    "refresh_tiles",
    "register_component",
    "register_components",
    "register_grids",
    "register_survey",
    "without_indexes",
]
