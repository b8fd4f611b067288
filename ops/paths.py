"""Where things are: the checkout, its environment and the folder `var` with everything that a run makes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
WEB = ROOT / "web"
VENV = Path(os.environ.get("GRIDLOOP_VENV") or ROOT / ".venv")
VAR = Path(os.environ.get("GRIDLOOP_VAR") or ROOT / "var").absolute()
RUN = VAR / "run"
LOGS = VAR / "log"
KEYS = VAR / "keys"
PHOTOS = VAR / "photos"


def python() -> Path:
    """The environment's interpreter."""
    return VENV / "bin" / "python"


def tool(name: str) -> Path:
    """A command that a package put into the environment."""
    return VENV / "bin" / name


def mark() -> str:
    """Eight characters that tell this checkout from another one on the same machine."""
    return hashlib.sha256(str(VAR).encode()).hexdigest()[:8]
