"""The site's own timed jobs, found by the queue under this name like every room's."""

from __future__ import annotations

from gridloop.site.worker.upkeep import forget_finished, put_back_stalled

__all__ = ["forget_finished", "put_back_stalled"]
