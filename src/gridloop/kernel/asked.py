"""A request of Django's with what the site adds to it, so that every room's `api.py` can say its type."""

from __future__ import annotations

from django.http import HttpRequest

from gridloop.kernel.caller import Caller


class Asked(HttpRequest):
    """A request whose caller is known (`CallerMiddleware`) and that has a reference (`RequestLog`)."""

    caller: Caller
    request_id: str
