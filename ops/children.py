"""Running one child to its end: its words are shown as progress, and its last ones when it fails."""

from __future__ import annotations

import os
import subprocess
from collections import deque
from typing import TYPE_CHECKING

from ops.words import Unable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ops.accounts import Account
    from ops.progress import Step

TAIL_LINES = 25


def run(
    command: list[str],
    *,
    cwd: Path,
    step: Step | None = None,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> str:
    """Run to the end and return what was printed; raises Unable with the last lines when it fails."""
    whole = dict(os.environ) | dict(env or {})
    running = subprocess.Popen(
        command,
        cwd=cwd,
        env=account.environment(whole) if account else whole,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    lines: list[str] = []
    try:
        for line in running.stdout or ():
            lines.append(line.rstrip())
            if step:
                step.heard(line)
        code = running.wait()
    except BaseException:
        running.terminate()
        running.wait()
        raise
    if code:
        name = command[-1] if len(command) < 2 else " ".join(command[:4])
        tail = "\n".join(deque((line for line in lines if line), TAIL_LINES))
        raise Unable(f"'{name} ...' failed (exit {code}):\n{tail}", f"“{name} ...”执行失败(退出码 {code}):\n{tail}")
    return "\n".join(lines)
