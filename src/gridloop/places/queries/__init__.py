"""What people ask about places."""

from gridloop.places.queries.boxes import in_box
from gridloop.places.queries.components import component, nearest_component
from gridloop.places.queries.divisions import aliases, division, divisions, names, resolve
from gridloop.places.queries.points import address_of, at, responsible_unit
from gridloop.places.queries.search import search
from gridloop.places.queries.tiles import LAYERS, tile
from gridloop.places.queries.views import (
    ComponentView,
    DivisionView,
    Found,
    Name,
    Named,
    PlaceAt,
    Resolution,
)

__all__ = [
    "LAYERS",
    "ComponentView",
    "DivisionView",
    "Found",
    "Name",
    "Named",
    "PlaceAt",
    "Resolution",
    "address_of",
    "aliases",
    "at",
    "component",
    "division",
    "divisions",
    "in_box",
    "names",
    "nearest_component",
    "resolve",
    "responsible_unit",
    "search",
    "tile",
]
