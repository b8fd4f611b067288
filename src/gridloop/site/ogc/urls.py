"""Addresses below /ogc."""

from __future__ import annotations

from django.urls import path

from gridloop.site.ogc import views

urlpatterns = [
    path("", views.landing),
    path("/", views.landing),
    path("/conformance", views.conformance),
    path("/api", views.definition),
    path("/collections", views.collections),
    path("/collections/<str:name>", views.collection),
    path("/collections/<str:name>/items", views.items),
    path("/collections/<str:name>/items/<str:code>", views.item),
]
