"""What every page must know of this city before anybody signs in."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gridloop.kernel.errors import NotFound
from gridloop.places import queries as places
from gridloop.places.queries import Name
from gridloop.site.demo import organisation

CITY_DIGITS = 4  # a prefecture-level city is the first four digits of a division code
COUNTY_DIGITS = 6
COUNTRY = (73.5, 18.1, 135.1, 53.6)  # west, south, east, north: what is shown while no outline is loaded
BASEMAP_ADDRESS = "/basemap/city.pmtiles"


def site_facts() -> dict[str, Any]:
    """City, languages, map and, in the demo, whom to sign in as."""
    config = settings.CONFIG
    west, south, east, north = bounds_of(config.city.code[:CITY_DIGITS])
    found: dict[str, Any] = {
        "city_code": config.city.code,
        "city_zh": config.city.name_zh,
        "city_en": config.city.name_en,
        "live_url": config.live_url or None,
        "basemap": _basemap(),
        "center": [round((west + east) / 2, 5), round((south + north) / 2, 5)],
        "bounds": [west, south, east, north],
        "languages": ["zh", "en"],
        "demo": config.demo,
        "oidc": bool(config.oidc.issuer),
        "oidc_label": config.oidc.label,
    }
    if config.demo:
        found["demo_logins"] = [_offered(login) for login in organisation.logins()]
    return found


def bounds_of(code: str) -> tuple[float, float, float, float]:
    """West, south, east, north of the city: of all its counties' outlines, or of the country while none is loaded."""
    try:
        return _outline_bounds(code)
    except NotFound:
        return COUNTRY


@functools.cache
def _outline_bounds(code: str) -> tuple[float, float, float, float]:
    """The bounds around the outlines of the counties under `code`; raises NotFound when one is missing, and is not kept then."""
    counties = [division.area for division in places.divisions(code) if len(division.area) == COUNTY_DIGITS]
    bounds = [places.outline(county).bounds for county in counties]
    if not bounds:
        raise NotFound(f"no counties are known under {code}", zh=f"{code} 下没有区县")
    return (
        round(min(one[0] for one in bounds), 5),
        round(min(one[1] for one in bounds), 5),
        round(max(one[2] for one in bounds), 5),
        round(max(one[3] for one in bounds), 5),
    )


def area_name(area: str, names: Mapping[str, Name], *, zh: bool) -> str:
    """An area in words: everywhere, its name, or its code where it has none."""
    if not area:
        return "全域" if zh else "everywhere"
    named = names.get(area)
    if named is None:
        return area
    return named.zh if zh else named.en


def _offered(login: Mapping[str, Any]) -> dict[str, Any]:
    """One of the demo's log-ins as the start page shows it."""
    return {
        "login": login["login"],
        "password": login["password"],
        "name": login["title_zh"],
        "duty": login["duties"][0],
        "duty_zh": login["title_zh"],
        "duty_en": login["title_en"],
    }


def basemap_origins() -> list[str]:
    """Scheme and host of every other server that the base map comes from: the pages must be allowed to ask it."""
    chosen = settings.CONFIG.basemap
    parts = [urlsplit(one) for one in (chosen.wmts_url, chosen.pmtiles) if one.startswith(("http://", "https://"))]
    return [f"{part.scheme}://{part.netloc}" for part in parts]


def _basemap() -> dict[str, Any]:
    """The map under ours: the city's own, or the built-in one with its badge."""
    chosen = settings.CONFIG.basemap
    if chosen.wmts_url:
        return {
            "wmts": chosen.wmts_url.replace("{key}", chosen.wmts_key),
            "badge": None,
            "attribution": chosen.credit or None,
        }
    if chosen.pmtiles.startswith(("http://", "https://")):
        return {"pmtiles": chosen.pmtiles, "badge": None, "attribution": chosen.credit or None}
    if chosen.pmtiles:
        return {"pmtiles": BASEMAP_ADDRESS, "badge": None, "attribution": chosen.credit or None}
    return {
        "pmtiles": BASEMAP_ADDRESS,
        "badge": "示范数据 / synthetic",
        "badge_zh": "示范底图:街道为合成数据",
        "badge_en": "demo map: synthetic streets",
        "attribution": chosen.credit or None,
    }
