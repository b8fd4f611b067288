"""What people ask about places."""

from gridloop.places.queries.boxes import PUBLIC_LAYERS as PUBLIC_BOX_LAYERS
from gridloop.places.queries.boxes import in_box
from gridloop.places.queries.components import component, nearest_component, owners, standing
from gridloop.places.queries.divisions import aliases, division, divisions, names, outline, resolve
from gridloop.places.queries.finding import Finder, finder
from gridloop.places.queries.locate import Located, Location, locate
from gridloop.places.queries.map_layers import PUBLIC as PUBLIC_MAPPED
from gridloop.places.queries.map_layers import ROWS as MAPPED_LAYERS
from gridloop.places.queries.map_layers import Counted, Mapped, counted, listed, mapped
from gridloop.places.queries.points import address_of, area_units, at, responsible_unit
from gridloop.places.queries.published import Feature, feature, features, features_counted
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
from gridloop.places.rules.shapes import Shape, around, shape

__all__ = [
    "COMPONENT_STATES",
    "LAYERS",
    "MAPPED_LAYERS",
    "PUBLIC_BOX_LAYERS",
    "PUBLIC_LAYERS",
    "PUBLIC_MAPPED",
    "ComponentView",
    "Counted",
    "DivisionView",
    "Feature",
    "Finder",
    "Found",
    "Located",
    "Location",
    "Mapped",
    "Name",
    "Named",
    "PlaceAt",
    "Resolution",
    "Shape",
    "Tile",
    "address_of",
    "aliases",
    "area_units",
    "around",
    "at",
    "circle_of_cells",
    "component",
    "counted",
    "division",
    "divisions",
    "feature",
    "features",
    "features_counted",
    "finder",
    "forget_tiles",
    "in_box",
    "in_warranty",
    "listed",
    "locate",
    "mapped",
    "names",
    "nearest_component",
    "outline",
    "owners",
    "resolve",
    "responsible_unit",
    "search",
    "shape",
    "standing",
    "tile",
]
