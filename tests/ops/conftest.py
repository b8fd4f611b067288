"""A `var` of its own for every test of the launcher."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from ops import paths


@pytest.fixture
def var(monkeypatch):
    """A short folder that all can reach, in place of the checkout's `var`."""
    folder = Path(tempfile.mkdtemp(prefix="gl-", dir="/tmp"))
    folder.chmod(0o755)
    for name, part in (("VAR", ""), ("RUN", "run"), ("LOGS", "log"), ("KEYS", "keys"), ("PHOTOS", "photos")):
        monkeypatch.setattr(paths, name, folder / part)
    (folder / "run").mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
