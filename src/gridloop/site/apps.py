"""Registers the house's front with Django, so that its commands are found."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The assembled platform."""

    name = "gridloop.site"
    label = "site"
