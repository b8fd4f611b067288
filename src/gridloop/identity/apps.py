"""Registers the room with Django."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The room `identity`."""

    name = "gridloop.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
