"""Registers the house's front with Django, so that its commands are found."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from gridloop.site import logs


class SiteConfig(AppConfig):
    """The assembled platform."""

    name = "gridloop.site"
    label = "site"

    def ready(self) -> None:
        """Logs speak JSON from here on."""
        logs.configure(settings.CONFIG.log_level)
