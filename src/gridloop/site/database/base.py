"""PostGIS as Django ships it, with a liveness check that looks at the socket instead of asking `select 1` once a request."""

from __future__ import annotations

import select

from django.contrib.gis.db.backends.postgis.base import DatabaseWrapper as PostGIS

__all__ = ["DatabaseWrapper"]


class DatabaseWrapper(PostGIS):
    """Django asks `is_usable` before the first use in a request and after an error."""

    def is_usable(self) -> bool:
        """Whether the connection still stands: a server that went away, or told us so, has left something to read."""
        raw = self.connection
        if raw is None or raw.closed or raw.broken:
            return False
        poll = select.poll()
        poll.register(raw.fileno(), select.POLLIN)
        return not poll.poll(0)
