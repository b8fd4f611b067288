"""`gridloop backup` and `restore`: the database, the photos, archived positions and, if asked, the keys in one tar file with a manifest."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from ops import accounts, children, cluster, paths, processes, records
from ops.manifest import DUMP, Manifest, add_files, checked, unpack
from ops.passing import foreground, require_environment
from ops.progress import Step
from ops.surroundings import Surroundings, at_hand
from ops.words import Unable, say

if TYPE_CHECKING:
    from argparse import Namespace

FLEET = ("archive", "uploads")
"""Below VAR/fleet: days of positions that have left the database, and what terminals sent. What the judge remembers is made anew."""
# PostGIS puts this table into a database that nobody has used yet.
NOT_OURS = "('spatial_ref_sys')"
START_OVER = "drop schema if exists public cascade; create schema public"


def backup(asked: Namespace) -> int:
    """Write one file; while everything runs on. Photos are taken after the rows that name them, so none is missing."""
    require_environment()
    target = Path(asked.file or f"gridloop-{time.strftime('%Y%m%d-%H%M%S')}.tar").absolute()
    if target.exists():
        raise Unable(f"{target} is there already; name another file", f"{target} 已存在,请另选文件名")
    if not target.parent.is_dir():
        raise Unable(f"there is no folder {target.parent}", f"没有目录 {target.parent}")
    part = target.with_name(target.name + ".part")
    with at_hand() as around, tempfile.TemporaryDirectory(dir=target.parent, prefix=".gridloop-") as folder:
        dump = Path(folder) / DUMP
        try:
            with Step("Reading the database", "正在导出数据库", expect_s=10):
                _postgres("pg_dump", around, "--format=custom", "--no-owner", "--no-privileges", "-f", str(dump))
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                _write(file, dump, around, keys=asked.with_keys)
                file.flush()
                os.fsync(file.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    say(
        f"Backup: {target} ({target.stat().st_size / 2**20:.1f} MB)",
        f"备份文件:{target}({target.stat().st_size / 2**20:.1f} MB)",
    )
    _remarks(around, keys=asked.with_keys)
    return 0


def _write(file: object, dump: Path, around: Surroundings, *, keys: bool) -> None:
    config = around.config
    manifest = Manifest(city=config.city.code, storage="s3" if config.storage.s3_bucket else "folder")
    with tarfile.open(fileobj=file, mode="w") as tar:  # type: ignore[call-overload]  # any binary file will do
        manifest.add(tar, dump, DUMP)
        if manifest.storage == "folder":
            with Step("Packing the photos", "正在打包照片") as step:
                add_files(tar, manifest, config.photos_path, "photos", step)
        with Step("Packing positions and terminals' pictures", "正在打包定位归档与终端上传") as step:
            for name in FLEET:
                add_files(tar, manifest, paths.VAR / "fleet" / name, f"fleet/{name}", step)
        if keys:
            with Step("Packing the keys", "正在打包密钥") as step:
                add_files(tar, manifest, config.keys_path, "keys", step)
        manifest.write(tar)


def _remarks(around: Surroundings, *, keys: bool) -> None:
    if around.config.storage.s3_bucket:
        say(
            "Note: photos lie in the bucket and are not in this file; keep versions of the bucket.",
            "注意:照片存放在对象存储中,不在此文件内;请为存储桶启用版本保留。",
        )
    if keys:
        say(
            "Warning: this file holds the keys that sign the ledger and sessions; who has it can forge both.",
            "警告:此文件包含台账与会话的签名密钥,持有者可以伪造;请妥善保管。",
        )
    else:
        say(
            "The keys are not in it: keep a copy of var/keys apart, or a restored ledger is signed by a new key.",
            "未包含密钥:请另行保存 var/keys,否则恢复后的台账将由新密钥签名。",
        )


def restore(asked: Namespace) -> int:
    """Bring a backup back: look at every hash first, replace the database in one transaction, verify the ledger."""
    require_environment()
    source = Path(asked.file).absolute()
    if records.launcher():
        raise Unable(
            "Gridloop is running; stop it first (./gridloop stop), then restore",
            "Gridloop 正在运行;请先停止(./gridloop stop)再恢复",
        )
    with Step("Checking the backup", "正在检查备份文件") as step:
        manifest = checked(source, step)
    with at_hand() as around:
        _refuse_full(around, replace=asked.replace)
        staging = Path(tempfile.mkdtemp(dir=paths.VAR, prefix="restore-"))
        try:
            with Step("Unpacking", "正在解包") as step:
                unpack(source, manifest, staging, step)
            with Step("Restoring the database", "正在恢复数据库", expect_s=20):
                _fill_database(staging / DUMP, around)
            _put_back(staging / "photos", around.config.photos_path, around)
            for name in FLEET:
                _put_back(staging / "fleet" / name, paths.VAR / "fleet" / name, around)
            _put_back(staging / "keys", around.config.keys_path, around)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        with Step("Bringing the schema up to date", "正在更新数据库结构", expect_s=5) as step:
            migrate = processes.manage("migrate", "--noinput")
            children.run(migrate, cwd=paths.ROOT, step=step, env=around.env, account=around.account)
        say("Verifying the ledger ...", "正在校验台账……")
        code = foreground(processes.manage("ledger", "verify"), around)
    if code:
        say(
            "The data are back, but the ledger does not verify: the backup was made from a changed database, or keys are missing.",
            "数据已恢复,但台账校验未通过:备份时数据库可能已被改动,或缺少密钥。",
        )
        return code
    say(f"Restored from {source} (made {manifest.made_at}).", f"已从 {source} 恢复(备份时间 {manifest.made_at})。")
    return 0


def _refuse_full(around: Surroundings, *, replace: bool) -> None:
    question = (
        "select count(*) from pg_tables where schemaname = 'public' and tablename not in " + NOT_OURS  # noqa: S608 - a constant
    )
    tables = int(_postgres("psql", around, "-qAtX", "-c", question).strip() or 0)
    if tables and not replace:
        raise Unable(
            f"the database holds {tables} tables; --replace drops them and restores the backup in their place",
            f"数据库中已有 {tables} 张表;加 --replace 将丢弃它们并恢复备份",
        )


def _fill_database(dump: Path, around: Surroundings) -> None:
    """Old out and new in within one transaction: when anything fails, the database is as before."""
    script = dump.with_suffix(".sql")
    _run([str(_program("pg_restore")), "--no-owner", "--no-privileges", "-f", str(script), str(dump)])
    once = ["-qX", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-o", "/dev/null"]
    _postgres("psql", around, *once, "-c", START_OVER, "-f", str(script))
    _postgres("psql", around, "-qX", "-c", "analyze")


def _put_back(unpacked: Path, home: Path, around: Surroundings) -> None:
    """Photos and keys to their folder; what is there under the same name is overwritten, nothing else is touched."""
    if not unpacked.is_dir():
        return
    for file in unpacked.rglob("*"):
        if file.is_file():
            target = home / file.relative_to(unpacked)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, target)
    accounts.give_tree(home, around.account)


def _program(name: str) -> Path:
    folder = cluster.binaries()
    found = folder / name if folder else Path(shutil.which(name) or "")
    if not found.is_file():
        raise Unable(f"{name} is not installed; install postgresql-client", f"未安装 {name};请安装 postgresql-client")
    return found


def _postgres(program: str, around: Surroundings, *arguments: str) -> str:
    """One of PostgreSQL's client programs; the address goes by environment, not by the visible command line."""
    return _run([str(_program(program)), *arguments], _address(around.config.database_url))


def _address(url: str) -> dict[str, str]:
    """libpq's variables for an address; its PGDATABASE alone would not take a whole one."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    named = {
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGHOST": query.get("host") or parts.hostname or "",
        "PGPORT": str(parts.port or query.get("port", "")),
        "PGSSLMODE": query.get("sslmode", ""),
        "PGSSLROOTCERT": query.get("sslrootcert", ""),
    }
    return {name: value for name, value in named.items() if value}


def _run(command: list[str], more: dict[str, str] | None = None) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env | (more or {}))
    if done.returncode:
        name = Path(command[0]).name
        raise Unable(f"{name} failed: {done.stderr.strip()}", f"{name} 执行失败:{done.stderr.strip()}")
    return done.stdout
