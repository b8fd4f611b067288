"""A private PostgreSQL + PostGIS cluster in `var`: on a unix socket only, with checksums, with fsync on."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ops import accounts
from ops.accounts import Account
from ops.words import Unable

SUPERUSER = "gridloop"
DATABASE = "gridloop"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
SOCKET_PATH_MAX = 107  # sun_path of unix(7) holds 108 bytes with its closing zero
OLDEST = 15
START_S_MAX = 90.0
POLL_S = 0.1


@dataclass(frozen=True)
class Cluster:
    """Where one cluster keeps its files and listens, and who runs it."""

    data: Path
    socket: Path
    logs: Path
    binaries: Path
    account: Account | None

    def url(self, database: str = DATABASE) -> str:
        """The address for DATABASE_URL."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket), safe='/')}"

    def command(self) -> list[str]:
        """What starts the server in the foreground."""
        return [str(self.binaries / "postgres"), "-D", str(self.data)]

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's own programs as the cluster's account."""
        return _as_account(self.account, [str(self.binaries / program), *arguments], check=check)

    def sql(self, statement: str, database: str = DATABASE) -> str:
        """Run SQL as the superuser; the answer as plain text, one row a line."""
        where = ["-h", str(self.socket), "-U", SUPERUSER, "-d", database]
        done = self.run("psql", *where, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement)
        return done.stdout.strip()


def binaries() -> Path | None:
    """The newest installed PostgreSQL that has PostGIS; None where there is none."""
    found: list[tuple[int, Path]] = []
    for folder in Path("/usr/lib/postgresql").glob("*"):
        if folder.name.isdigit() and int(folder.name) >= OLDEST and (folder / "bin" / "initdb").exists():
            extensions = Path("/usr/share/postgresql") / folder.name / "extension"
            if (extensions / "postgis.control").exists():
                found.append((int(folder.name), folder / "bin"))
    if found:
        return max(found)[1]
    config = shutil.which("pg_config")
    return _from_pg_config(config) if config else None


def _from_pg_config(config: str) -> Path | None:
    """PostgreSQL outside Debian's layout, asked for its own folders."""
    asked = subprocess.run([config, "--bindir", "--sharedir"], capture_output=True, text=True, check=False)
    lines = asked.stdout.split("\n")
    if asked.returncode or len(lines) < 2:
        return None
    bindir, sharedir = Path(lines[0]), Path(lines[1])
    complete = (bindir / "initdb").exists() and (sharedir / "extension" / "postgis.control").exists()
    return bindir if complete else None


def at(folder: Path, account: Account | None) -> Cluster:
    """The cluster that belongs to this folder; nothing is made yet."""
    programs = binaries()
    if programs is None:
        raise Unable(
            f"no PostgreSQL {OLDEST} or newer with PostGIS is installed; './gridloop doctor' says which packages are missing",
            f"未找到带 PostGIS 的 PostgreSQL {OLDEST} 或更高版本;运行 ./gridloop doctor 可查看缺少哪些软件包",
        )
    home = _home_of(folder, account)
    return Cluster(home / "pg", _socket_of(home, account), home / "log", programs, account)


def _home_of(folder: Path, account: Account | None) -> Path:
    """The folder itself, or, where the account cannot come through the folders above it, one under /var/lib."""
    if account is None:
        return folder
    accounts.give(folder, account, 0o755)
    if accounts.can(account, "-x", folder):
        return folder
    away = Path("/var/lib/gridloop") / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    away.parent.mkdir(parents=True, exist_ok=True)
    away.parent.chmod(0o755)
    accounts.give(away, account, 0o755)
    link = folder / "pg"
    if not link.is_symlink() and not link.exists():
        link.symlink_to(away / "pg")  # so that who looks in `var` finds it
    return away


def _socket_of(home: Path, account: Account | None) -> Path:
    """`run/pg` in the folder, or a short private folder in /tmp where the path would be too long for a socket."""
    near = home / "run" / "pg"
    if len(os.fsencode(str(near / ".s.PGSQL.5432.lock"))) <= SOCKET_PATH_MAX:
        return near
    uid = account.uid if account else os.geteuid()
    return Path(f"/tmp/gridloop-{uid}-{hashlib.sha256(str(home).encode()).hexdigest()[:8]}")  # noqa: S108 - made private below


def prepare(cluster: Cluster) -> bool:
    """Make the folders and, the first time, the cluster itself; True when it was made now."""
    for folder in (cluster.socket, cluster.logs):
        _own_folder(folder, cluster.account)
    made = not (cluster.data / "PG_VERSION").exists()
    if made:
        _initdb(cluster)
    _check_version(cluster)
    _configure(cluster)
    return made


def _own_folder(folder: Path, account: Account | None) -> None:
    """A folder that nobody else can have laid there before us (it may be in /tmp)."""
    if folder.is_symlink():
        raise Unable(f"{folder} is a symbolic link; remove it", f"{folder} 是符号链接,请先删除")
    if folder.parent != Path("/tmp"):  # noqa: S108 - everybody's folder stays as it is
        accounts.give(folder.parent, account, 0o755)
    accounts.give(folder, account, 0o700)
    state = folder.stat()
    owner = account.uid if account else os.geteuid()
    if state.st_uid != owner or stat.S_IMODE(state.st_mode) & 0o077:
        raise Unable(f"{folder} is not private to us; remove it", f"{folder} 不是本程序的私有目录,请先删除")


def _initdb(cluster: Cluster) -> None:
    accounts.give(cluster.data.parent, cluster.account, 0o755)
    if cluster.data.exists() and any(cluster.data.iterdir()):
        raise Unable(
            f"{cluster.data} holds something that is not a finished cluster; move it away and start again",
            f"{cluster.data} 中的内容不是完整的数据库集群;请移走后重试",
        )
    flags = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions")
    cluster.run("initdb", "-D", str(cluster.data), f"--username={SUPERUSER}", *flags)


def _check_version(cluster: Cluster) -> None:
    version = (cluster.data / "PG_VERSION").read_text().strip()
    if cluster.binaries.parent.name.isdigit() and cluster.binaries.parent.name != version:
        beside = cluster.binaries.parent.parent / version / "bin" / "postgres"
        raise Unable(
            f"the cluster in {cluster.data} was made by PostgreSQL {version}, but {cluster.binaries} would run it;"
            f" {'remove the newer PostgreSQL or ' if beside.exists() else ''}take a backup with the old version, move the folder away and restore",
            f"{cluster.data} 由 PostgreSQL {version} 创建,而当前程序位于 {cluster.binaries};请用旧版本备份后移走该目录,再执行恢复",
        )


def _packing(cluster: Cluster) -> str:
    """How pages are packed in the write-ahead log: by lz4 where this PostgreSQL was built with it, as Debian's and Ubuntu's are.

    After a checkpoint every page that is touched is logged whole, once. At 20,000 positions a second these are some 60,000 pages of the key
    within seconds; packed PostgreSQL's own way they made acknowledgements late for five seconds (docs/benchmarks.md).
    """
    asked = ("-D", str(cluster.data), "-c", "wal_compression=lz4", "-C", "wal_compression")
    return "lz4" if cluster.run("postgres", *asked, check=False).returncode == 0 else "on"


def _configure(cluster: Cluster) -> None:
    """Write our settings beside PostgreSQL's own, at every start: sizes follow the machine."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{cluster.socket}'",
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "shared_buffers": f"'{max(128, min(1024, memory_mb // 8))}MB'",
        "effective_cache_size": f"'{max(256, memory_mb // 2)}MB'",
        "maintenance_work_mem": "'128MB'",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_compression": _packing(cluster),
        "max_wal_size": "'2GB'",
        "random_page_cost": "1.1",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "logging_collector": "on",
        "log_destination": "'jsonlog'",
        "log_directory": f"'{cluster.logs}'",
        "log_filename": "'postgres-%a.log'",
        "log_rotation_age": "'1d'",
        "log_truncate_on_rotation": "on",
        "log_min_duration_statement": "'1s'",
    }
    text = "".join(f"{name} = {value}\n" for name, value in settings.items())
    main = cluster.data / "postgresql.conf"
    if "include = 'gridloop.conf'" not in main.read_text():
        with main.open("a") as file:
            file.write("\ninclude = 'gridloop.conf'\n")
    ours = cluster.data / "gridloop.conf"
    ours.write_text(text)
    (cluster.data / "pg_hba.conf").write_text(
        "# The socket's folder is readable by its owner alone, so who reaches it is already known.\n"
        "local all all trust\n"
    )
    if cluster.account:
        for file_ in (ours, main, cluster.data / "pg_hba.conf"):
            os.chown(file_, cluster.account.uid, cluster.account.gid)


def ready(cluster: Cluster) -> bool:
    """Whether the server takes connections now."""
    answer = cluster.run("pg_isready", "-q", "-h", str(cluster.socket), check=False)
    return answer.returncode == 0


def wait_ready(cluster: Cluster, alive: subprocess.Popen[bytes] | None = None, limit_s: float = START_S_MAX) -> None:
    """Wait until the server takes connections, after a crash possibly through its recovery."""
    end = time.monotonic() + limit_s
    while not ready(cluster):
        if time.monotonic() > end or (alive is not None and alive.poll() is not None):
            raise Unable(
                f"PostgreSQL did not start; its last words are in {cluster.logs}",
                f"PostgreSQL 未能启动;原因见 {cluster.logs} 中的日志",
            )
        time.sleep(POLL_S)


def create_database(cluster: Cluster, name: str = DATABASE) -> None:
    """Make the database with its extensions, where it is not there yet."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise Unable(f"'{name}' is no name for a database", f"“{name}”不能作为数据库名")
    there = cluster.sql(f"select 1 from pg_database where datname = '{name}'", "postgres")  # noqa: S608 - checked above
    if not there:
        cluster.sql(f'create database "{name}"', "postgres")
    cluster.sql("; ".join(f"create extension if not exists {extension}" for extension in EXTENSIONS), name)


def _as_account(account: Account | None, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    env = dict(os.environ) | {"LC_ALL": "C.UTF-8"}
    for name in [name for name in env if name.startswith("PG")]:
        del env[name]  # PGHOST and the like of the person's shell would lead elsewhere
    if account is None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env=env)
    else:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=account.environment(env),
            user=account.uid,
            group=account.gid,
            extra_groups=[],
        )
    if check and done.returncode:
        words = (done.stderr or done.stdout).strip()
        raise Unable(f"{Path(command[0]).name} failed: {words}", f"{Path(command[0]).name} 执行失败:{words}")
    return done
