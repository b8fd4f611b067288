"""The codec stands alone: no framework, no database, no network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.fleet.jt808.test_frames import POSITION

LAUNCHER = Path(__file__).resolve().parents[3] / "gridloop"
STRANGERS = ("django", "psycopg", "procrastinate", "ninja", "httpx", "asyncio")


def test_the_codec_brings_neither_framework_nor_database_nor_network():
    script = (
        "import sys, gridloop.fleet.jt808.shell, gridloop.fleet.jt808.positions, gridloop.fleet.jt808.acks;"
        f"print([name for name in {STRANGERS!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_launcher_passes_the_codec_on_in_the_language_of_the_terminal(tmp_path):
    words = [str(LAUNCHER), "jt808", "decode", POSITION.hex()]
    done = subprocess.run(
        words,
        cwd=tmp_path,
        env={"LANG": "zh_CN.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("0x0200 位置信息汇报")
