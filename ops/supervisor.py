"""Keeps processes running: starts them in order, restarts each on its own with back-off, stops them in reverse."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops import paths, records
from ops.logfiles import LogFile
from ops.processes import empty_scratch
from ops.words import Unable, say

if TYPE_CHECKING:
    from types import FrameType

    from ops.accounts import Account
    from ops.processes import Process

BACK_OFF_S = (0.5, 1, 2, 5, 10, 30)
STEADY_S = 30.0  # after so long a run the next failure counts as the first
STOP_S_MAX = 15.0
POLL_S = 0.1


@dataclass
class Kept:
    """One process under supervision."""

    process: Process
    log: LogFile
    running: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    failures: int = 0
    next_start: float = 0.0
    done: bool = False
    readers: list[threading.Thread] = field(default_factory=list)


class Supervisor:
    """Runs processes until it is told to stop."""

    def __init__(self, env: dict[str, str], account: Account | None, database_account: Account | None) -> None:
        self.env = env
        self.account = account
        self.database_account = database_account
        self.kept: list[Kept] = []
        self.stopping = threading.Event()

    def catch_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop everything in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping.is_set():
            return  # a second Ctrl-C changes nothing: the order of stopping is what keeps the data safe
        self.stopping.set()
        raise KeyboardInterrupt

    def start(self, process: Process) -> Kept:
        """Start one process now and keep it running from here on."""
        kept = Kept(process, LogFile(paths.LOGS / f"{process.name}.log", process.name))
        self.kept.append(kept)
        self._launch(kept)
        return kept

    def _launch(self, kept: Kept) -> None:
        process = kept.process
        account = self.database_account if process.as_cluster else self.account
        empty_scratch(process, account)
        env = self.env | process.env
        kept.running = subprocess.Popen(
            process.command,
            cwd="/" if process.as_cluster else paths.ROOT,
            env=account.environment(env) if account else env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal reaches only us, and we stop them in order
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        kept.begun = time.monotonic()
        records.write(process.name, kept.running.pid)
        kept.log.note(f"started as process {kept.running.pid}")
        reader = threading.Thread(target=_drain, args=(kept.running, kept.log), daemon=True)
        reader.start()
        kept.readers = [reader]

    def wait_ready(self, kept: Kept, limit_s: float) -> None:
        """Wait until the process says by HTTP that it is ready; raises Unable when it does not in time."""
        begun = time.monotonic()
        while not _answers(kept.process):
            gone = time.monotonic() - begun
            self.tend()
            if gone > limit_s or kept.failures > 3:
                tail = _tail(kept)
                raise Unable(
                    f"{kept.process.name} does not get ready; its last words:\n{tail}",
                    f"{kept.process.name} 未能就绪;其最后的输出:\n{tail}",
                )
            time.sleep(POLL_S)

    def tend(self) -> None:
        """Look at every process once: note the fallen, start again those whose time has come."""
        for kept in self.kept:
            if kept.done or kept.running is None:
                continue
            code = kept.running.poll()
            if code is None:
                if kept.failures and time.monotonic() - kept.begun > STEADY_S:
                    kept.failures = 0
                continue
            if not kept.next_start:
                self._fell(kept, code)
            elif time.monotonic() >= kept.next_start:
                kept.next_start = 0.0
                self._launch(kept)

    def _fell(self, kept: Kept, code: int) -> None:
        records.forget(kept.process.name)
        if kept.process.once and code == 0:
            kept.done = True
            kept.log.note("finished")
            return
        _kill_group(kept.running)  # granian's workers outlive a parent that was killed, and would hold the port
        wait_s = BACK_OFF_S[min(kept.failures, len(BACK_OFF_S) - 1)]
        kept.failures += 1
        kept.next_start = time.monotonic() + wait_s
        kept.log.note(f"ended with {code}; starts again in {wait_s} s", "error")
        say(
            f"{kept.process.name} ended unexpectedly ({code}) and starts again in {wait_s} s; see: ./gridloop logs {kept.process.name}",
            f"{kept.process.name} 意外退出({code}),{wait_s} 秒后重启;详见:./gridloop logs {kept.process.name}",
        )

    def keep_running(self) -> None:
        """Tend everything until somebody asks to stop."""
        while not self.stopping.is_set():
            self.tend()
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Stop all, the last started first, the database at the very end."""
        self.stopping.set()
        order = [kept for kept in reversed(self.kept) if not kept.process.as_cluster]
        order += [kept for kept in self.kept if kept.process.as_cluster]
        for kept in order:
            if kept.running is not None and kept.running.poll() is None:
                _stop_one(kept)
            records.forget(kept.process.name)
            for reader in kept.readers:
                reader.join(timeout=2)
            kept.log.note("stopped")
            kept.log.close()


def _stop_one(kept: Kept) -> None:
    running = kept.running
    if running is None:
        return
    if kept.process.as_cluster:
        running.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: roll back, check point, end
    else:
        running.terminate()
    try:
        running.wait(STOP_S_MAX)
    except subprocess.TimeoutExpired:
        kept.log.note("did not stop when asked and is killed", "error")
        if kept.process.as_cluster:
            running.send_signal(signal.SIGQUIT)  # the write-ahead log carries what a check point would have
        else:
            _kill_group(running)
        running.wait(STOP_S_MAX)
    if not kept.process.as_cluster:
        _kill_group(running)


def _kill_group(running: subprocess.Popen[bytes] | None) -> None:
    if running is None:
        return
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _drain(running: subprocess.Popen[bytes], log: LogFile) -> None:
    if running.stdout is None:
        return
    for line in running.stdout:
        try:
            log.write(line)
        except (OSError, ValueError):  # a full disk or a closed log must not stop the process that speaks
            continue


def _answers(process: Process) -> bool:
    if process.port is None or not process.ready_path:
        return True
    try:
        host = f"[{process.asked_at}]" if ":" in process.asked_at else process.asked_at
        with urllib.request.urlopen(f"http://{host}:{process.port}{process.ready_path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tail(kept: Kept, lines: int = 12) -> str:
    text = kept.log.path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(text[-lines:])
