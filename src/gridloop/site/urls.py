"""Every address the platform answers at."""

from __future__ import annotations

from django.urls import include, path, re_path

from gridloop.site import health, metrics, pages
from gridloop.site.api import api

CITIZEN = {"name": "citizen"}
CONSOLE = {"name": "console"}
FIELD = {"name": "field"}
TOP_FILES = r"^(?P<name>favicon\.(?:ico|svg|png)|robots\.txt|manifest\.webmanifest|sw\.js)$"

handler404 = "gridloop.site.pages.not_found"
handler500 = "gridloop.site.pages.broken"

urlpatterns = [
    path("api/v1/", api.urls),
    path("open311/v2/", include("gridloop.cases.open311.urls")),
    path("ogc", include("gridloop.site.ogc.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("docs/api", pages.api_docs),
    path("docs/api/<str:name>", pages.viewer_file),
    path("plain/", include("gridloop.site.plain.urls")),
    path("basemap/city.pmtiles", pages.basemap),
    path("assets/<path:name>", pages.asset),
    re_path(TOP_FILES, pages.root_file),
    path("console", pages.app, CONSOLE),
    path("console/", pages.app, CONSOLE),
    path("console/<path:rest>", pages.app, CONSOLE),
    path("field", pages.app, FIELD),
    path("field/", pages.app, FIELD),
    path("field/<path:rest>", pages.app, FIELD),
    path("citizen/<path:rest>", pages.app, CITIZEN),
    path("", pages.app, CITIZEN),
    re_path(r"^(?P<rest>(?:r|report|reports|mine|near|news|about|help|sign-in)(?:/.*)?)$", pages.app, CITIZEN),
]
