"""The statement about news near by."""

from __future__ import annotations

from pathlib import Path

NEWS = (Path(__file__).parent / "news.sql").read_text(encoding="utf-8")
