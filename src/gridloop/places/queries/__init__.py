"""What people ask about places."""

from gridloop.places.queries.boxes import PUBLIC_LAYERS as PUBLIC_BOX_LAYERS
from gridloop.places.queries.boxes import in_box
from gridloop.places.queries.components import component, nearest_component, owners, standing
from gridloop.places.queries.divisions import aliases, division, divisions, names, outline, resolve
from gridloop.places.queries.finding import Finder, finder
from gridloop.places.queries.locate import Located, Location, locate
from gridloop.places.queries.points import address_of, area_units, at, responsible_unit
from gridloop.places.queries.search import search
from gridloop.places.queries.tiles import LAYERS, PUBLIC_LAYERS, Tile, forget_tiles, tile
from gridloop.places.queries.views import (
    ComponentView,
    DivisionView,
    Found,
    Name,
    Named,
    PlaceAt,
    Resolution,
)
from gridloop.places.rules.components import STATES as COMPONENT_STATES
from gridloop.places.rules.components import in_warranty
from gridloop.places.rules.lattice import circle_of_cells

__all__ = [
    "COMPONENT_STATES",
    "LAYERS",
    "PUBLIC_BOX_LAYERS",
    "PUBLIC_LAYERS",
    "ComponentView",
    "DivisionView",
    "Finder",
    "Found",
    "Located",
    "Location",
    "Name",
    "Named",
    "PlaceAt",
    "Resolution",
    "Tile",
    "address_of",
    "aliases",
    "area_units",
    "at",
    "circle_of_cells",
    "component",
    "division",
    "divisions",
    "finder",
    "forget_tiles",
    "in_box",
    "in_warranty",
    "locate",
    "names",
    "nearest_component",
    "outline",
    "owners",
    "resolve",
    "responsible_unit",
    "search",
    "standing",
    "tile",
]
