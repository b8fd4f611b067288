"""Addresses below /plain/."""

from __future__ import annotations

from django.urls import path

from gridloop.site.plain import views

urlpatterns = [
    path("", views.home),
    path("report", views.report),
    path("find", views.find),
    path("step", views.step),
    path("near", views.near),
    path("news", views.news),
]
