"""Registers the room with Django."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room `cases`."""

    name = "gridloop.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
