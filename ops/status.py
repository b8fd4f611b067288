"""`gridloop status`, `stop` and `logs`."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from ops import logfiles, records
from ops.surroundings import last
from ops.words import Unable, pick, say, show

if TYPE_CHECKING:
    from argparse import Namespace

STOP_S_MAX = 90.0
POLL_S = 0.2


def show_status(_asked: Namespace) -> int:
    """One line a process; exit code 3 when nothing runs, as service managers have it."""
    launcher = records.launcher()
    left = [record for record in records.everything() if record.name != "launcher" and record.alive]
    if launcher is None and not left:
        say("Gridloop does not run here.", "Gridloop 未在此运行。")
        return 3
    if launcher is None:
        say(
            "The launcher was killed, but these still run; ./gridloop stop ends them:",
            "启动器已被终止,但以下进程仍在运行;./gridloop stop 可停止:",
        )
    else:
        port = last().get("GRIDLOOP_PORT", "8000")
        say(
            f"Gridloop runs on port {port} (launcher {launcher.pid})",
            f"Gridloop 正在端口 {port} 运行(启动器 {launcher.pid})",
        )
    for record in left:
        show(
            f"  {record.name:<9} {pick('process', '进程')} {record.pid:<8} {_age(record.pid)}  {_memory_mb(record.pid)} MB"
        )
    return 0


def _age(pid: int) -> str:
    started = records.started_of(pid)
    with open("/proc/uptime", encoding="ascii") as file:  # noqa: PTH123 - a kernel file
        up_s = float(file.read().split()[0])
    gone = int(up_s - (started or 0) / os.sysconf("SC_CLK_TCK"))
    return f"{gone // 3600:d}:{gone % 3600 // 60:02d}:{gone % 60:02d}"


def _memory_mb(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - a kernel file
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    except OSError:
        return 0


def stop(_asked: Namespace) -> int:
    """Ask the launcher to stop all in order and wait; where it was killed, stop what it left."""
    launcher = records.launcher()
    if launcher is None:
        found = records.clear_orphans()
        if found:
            say(f"Stopped: {', '.join(found)}", f"已停止:{', '.join(found)}")
        else:
            say("Gridloop does not run here.", "Gridloop 未在此运行。")
        return 0
    try:
        os.kill(launcher.pid, signal.SIGTERM)
    except PermissionError:
        raise Unable(
            f"process {launcher.pid} belongs to another account; stop it as that account or as root",
            f"进程 {launcher.pid} 属于其他账户;请以该账户或 root 身份停止",
        ) from None
    end = time.monotonic() + STOP_S_MAX
    while launcher.alive:
        if time.monotonic() > end:
            raise Unable(
                f"the launcher (process {launcher.pid}) does not end; ./gridloop logs shows why",
                f"启动器(进程 {launcher.pid})未能结束;./gridloop logs 查看原因",
            )
        time.sleep(POLL_S)
    say("Stopped.", "已停止。")
    return 0


def logs(asked: Namespace) -> int:
    """The last lines of one log or of all, and with -f what comes."""
    logfiles.print_logs(asked.process, follow=asked.follow, lines=max(1, asked.lines))
    return 0
