"""Registers the room with Django."""

from __future__ import annotations

from django.apps import AppConfig


class FleetConfig(AppConfig):
    """The room `fleet`."""

    name = "gridloop.fleet"
    label = "fleet"
    default_auto_field = "django.db.models.BigAutoField"
