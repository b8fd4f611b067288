"""The statements about announcements."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
FOLLOWERS = (HERE / "followers.sql").read_text(encoding="utf-8")
NEAR = (HERE / "near.sql").read_text(encoding="utf-8")
