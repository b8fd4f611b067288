"""The address of the database for processes that speak to it without Django."""

from __future__ import annotations

from django.conf import settings
from psycopg.conninfo import make_conninfo


def conninfo() -> str:
    """libpq's words for the database of the settings."""
    of = settings.DATABASES["default"]
    parts = {
        "dbname": of["NAME"],
        "user": of["USER"],
        "password": of["PASSWORD"],
        "host": of["HOST"],
        "port": of["PORT"],
    }
    return make_conninfo("", **{name: str(value) for name, value in parts.items() if value})
