"""The `live` process: what happens to cases, told to browsers as it happens. granian loads `application`."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()  # for the settings and the statements of the rooms; the feed itself uses no ORM

from gridloop.site.live.door import application  # noqa: E402 - settings come first

__all__ = ["application"]
