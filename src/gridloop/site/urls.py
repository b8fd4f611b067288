"""Every address the platform answers at."""

from __future__ import annotations

from django.urls import path

from gridloop.site.api import api

urlpatterns = [
    path("api/v1/", api.urls),
]
