"""Who runs what: as root, the database and our processes drop to an unprivileged account."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.words import Unable

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A system account that a child process runs as."""

    name: str
    uid: int
    gid: int
    home: str

    def environment(self, env: dict[str, str]) -> dict[str, str]:
        """The environment with the names that follow the person."""
        return env | {"HOME": self.home, "USER": self.name, "LOGNAME": self.name}


def unprivileged() -> Account | None:
    """The account that root drops to (`postgres` where it exists, otherwise `gridloop`); None when not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "gridloop"):
        found = _look_up(name)
        if found:
            return found
    done = subprocess.run(
        [
            "useradd",
            "--system",
            "--user-group",
            "--home-dir",
            "/var/lib/gridloop",
            "--shell",
            "/usr/sbin/nologin",
            "gridloop",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = _look_up("gridloop")
    if found is None:
        raise Unable(
            f"PostgreSQL does not run as root and the account 'gridloop' could not be made ({done.stderr.strip()});"
            " make it with: useradd --system gridloop",
            f"PostgreSQL 不能以 root 身份运行,且无法创建账户 gridloop({done.stderr.strip()});请先执行:useradd --system gridloop",
        )
    return found


def _look_up(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir)


def can(account: Account | None, test: str, path: Path) -> bool:
    """Whether the account may do this with the path; test as of test(1): -r, -w, -x, -d."""
    if account is None:
        return subprocess.run(["test", test, path], check=False).returncode == 0
    done = subprocess.run(
        ["test", test, path], user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False
    )
    return done.returncode == 0


def give(path: Path, account: Account | None, mode: int = 0o700) -> None:
    """Make the folder and let it belong to the account that will write there."""
    path.mkdir(parents=True, exist_ok=True)
    uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
    there = path.stat().st_uid
    if there != uid and os.geteuid() == 0:
        os.chown(path, uid, gid)
    elif there != uid:
        owner = path.owner() if _known(there) else str(there)
        raise Unable(
            f"{path} belongs to {owner}, who started this copy before; go on as that account (or as root), or work in a copy of your own",
            f"{path} 属于之前启动过本目录的账户 {owner};请改用该账户(或 root)启动,或另取一份副本使用",
        )
    path.chmod(mode)


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def give_tree(path: Path, account: Account | None) -> None:
    """Hand over what an earlier start as root left in a folder (photos, keys) to the account."""
    if account is None or not path.exists():
        return
    for folder, folders, files in os.walk(path):
        for name in [*folders, *files]:
            inside = os.path.join(folder, name)  # noqa: PTH118 - tens of thousands of photos, strings are quicker
            if os.lstat(inside).st_uid != account.uid:
                os.chown(inside, account.uid, account.gid, follow_symlinks=False)
