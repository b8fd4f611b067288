"""A base map of another server: the pages may ask it, and nobody else."""

import dataclasses

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from gridloop.site import facts
from gridloop.site.middleware import ContentSecurity

WMTS = (
    "https://t0.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)


def policy() -> dict[str, str]:
    answer = ContentSecurity(lambda _: HttpResponse())(RequestFactory().get("/console/"))
    return dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize(
    ("key", "value", "origin"), [("wmts_url", WMTS, "https://t0.tianditu.gov.cn"), ("pmtiles", "https://maps.city.example:8443/a.pmtiles", "https://maps.city.example:8443")],
)  # fmt: skip
def test_pages_may_ask_the_server_of_the_configured_map(settings, key: str, value: str, origin: str) -> None:
    assert "tianditu" not in policy()["connect-src"]
    basemap = dataclasses.replace(settings.CONFIG.basemap, **{key: value, "wmts_key": "k"})
    settings.CONFIG = dataclasses.replace(settings.CONFIG, basemap=basemap)
    assert facts.basemap_origins() == [origin]
    assert origin in policy()["connect-src"].split()
    assert origin in policy()["img-src"].split()
    assert policy()["script-src"] == "'self'"


def test_a_map_of_this_machine_opens_no_other_server(settings) -> None:
    basemap = dataclasses.replace(settings.CONFIG.basemap, pmtiles="/srv/city.pmtiles")
    settings.CONFIG = dataclasses.replace(settings.CONFIG, basemap=basemap)
    assert facts.basemap_origins() == []
