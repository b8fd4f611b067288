"""Open cases on the map as vector tiles, within the caller's scope."""

from __future__ import annotations

from datetime import datetime

from gridloop.cases import sql
from gridloop.cases.queries.filters import OPEN_STATES, scope_terms
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound

ZOOM_MAX = 22
FEATURES_MAX = 4000  # a tile of more cannot be read on any screen; the list has them all
WORLD_M = 40_075_016.686
BUFFER = 64 / 4096


def tile(z: int, x: int, y: int, *, by: Caller, now: datetime) -> bytes:
    """One Mapbox vector tile with the layer `cases`; one statement, none for a caller who sees nothing."""
    if not (0 <= z <= ZOOM_MAX and 0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFound(f"there is no tile {z}/{x}/{y}", zh=f"没有瓦片 {z}/{x}/{y}")
    terms = scope_terms(by)
    if not terms:
        return b""
    params: dict[str, object] = {
        "z": z,
        "x": x,
        "y": y,
        "now": now,
        "states": OPEN_STATES,
        "most": FEATURES_MAX,
        "margin": WORLD_M / 2**z * BUFFER,
    }
    for _, own in terms:
        params |= own
    rows = sql.run(sql.text("tile").replace("{scope}", " or ".join(f"({term})" for term, _ in terms)), params)
    return bytes(rows[0][0] or b"")
