"""Log files: one JSON object a line, turned over at a size, and read back by `gridloop logs`."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from ops import paths
from ops.words import Unable, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE_MAX = 10 * 2**20
KEPT = 20  # by size alone; network logs that must stay six months are the ledger's and the archive's, not these
FOLLOW_S = 0.3


class LogFile:
    """One process's log; a line that is no JSON is wrapped, so that every line can be read by a program."""

    def __init__(self, path: Path, process: str) -> None:
        self.path = path
        self.process = process
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        """Keep one line."""
        text = line.rstrip(b"\n")
        if not text:
            return
        if not text.startswith(b"{"):
            text = self._wrapped(text.decode("utf-8", "replace"), "info")
        self.file.write(text + b"\n")
        if self.file.tell() > SIZE_MAX:
            self._turn()

    def note(self, message: str, level: str = "info") -> None:
        """Keep a line of the launcher's own about this process."""
        self.write(self._wrapped(message, level))

    def _wrapped(self, message: str, level: str) -> bytes:
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "process": self.process}
        return json.dumps(entry | {"event": message}, ensure_ascii=False).encode()

    def _turn(self) -> None:
        self.file.close()
        for number in range(KEPT - 1, 0, -1):
            older = self.path.with_suffix(f".log.{number}")
            if older.exists():
                older.replace(self.path.with_suffix(f".log.{number + 1}"))
        self.path.replace(self.path.with_suffix(".log.1"))
        self.path.with_suffix(f".log.{KEPT + 1}").unlink(missing_ok=True)
        self.file = self.path.open("ab", buffering=0)

    def close(self) -> None:
        """No more lines come."""
        self.file.close()


def known() -> dict[str, Path]:
    """The logs there are, by process; of PostgreSQL's, which it writes itself by weekday, the newest."""
    found = {file.stem: file for file in sorted(paths.LOGS.glob("*.log")) if not file.name.startswith("postgres")}
    folders = {paths.LOGS, (paths.VAR / "pg").resolve().parent / "log"}
    server = [file for folder in folders if folder.is_dir() for file in folder.glob("postgres-*.json")]
    if server:
        found["postgres"] = max(server, key=lambda file: file.stat().st_mtime)
    return found


def print_logs(process: str | None, *, follow: bool, lines: int) -> None:
    """Show the last lines of one log or of all, and what comes, until Ctrl-C."""
    logs = known()
    if process is not None:
        if process not in logs:
            names = ", ".join(logs) or "-"
            raise Unable(f"there is no log of '{process}'; there are: {names}", f"没有“{process}”的日志;现有:{names}")
        logs = {process: logs[process]}
    for name, path in logs.items():
        for line in _last(path, lines):
            show(_labelled(name, line, len(logs)))
    if follow:
        _follow(logs)


def _labelled(name: str, line: str, of: int) -> str:
    return line if of == 1 else f"{name:<9} {line}"


def _last(path: Path, lines: int) -> list[str]:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - lines * 400))
        return file.read().decode("utf-8", "replace").splitlines()[-lines:]


def _follow(logs: dict[str, Path]) -> None:
    opened: dict[str, IO[str]] = {}
    for name, path in logs.items():
        opened[name] = path.open(encoding="utf-8", errors="replace")
        opened[name].seek(0, os.SEEK_END)
    while True:
        for name, path in logs.items():
            for line in _fresh_lines(opened, name, path):
                show(_labelled(name, line.rstrip("\n"), len(logs)))
        time.sleep(FOLLOW_S)


def _fresh_lines(opened: dict[str, IO[str]], name: str, path: Path) -> Iterator[str]:
    """The lines that came since, also over a turn of the file."""
    yield from opened[name]
    if path.exists() and path.stat().st_ino != os.fstat(opened[name].fileno()).st_ino:
        opened[name].close()
        opened[name] = path.open(encoding="utf-8", errors="replace")
        yield from opened[name]
