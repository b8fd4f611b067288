"""`gridloop doctor`: looks at everything a start needs; each line is ok, or what is wrong and what would work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridloop.site import config as configuration
from gridloop.site.config import Misconfigured
from ops import accounts, cluster, environment, packages, paths, processes, records
from ops.surroundings import environment_of, last
from ops.up import config_file
from ops.words import Unable, pick, show

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

DISK_FREE_GB_MIN = 3
YEAR_OF_THIS_CODE = 2025  # a clock before it is wrong


@dataclass(frozen=True)
class Finding:
    """What one look found; `cure` says what would work where it is not well."""

    well: bool
    what: str
    cure: str = ""


def run(_asked: Namespace) -> int:
    """Look at all; 0 when all is well."""
    sick = 0
    for en, zh, look in LOOKS:
        try:
            finding = look()
        except Unable as reason:
            finding = Finding(False, str(reason))
        sick += not finding.well
        sign = pick("ok   ", "正常") if finding.well else pick("WRONG", "异常")
        cure = f"\n         -> {finding.cure}" if finding.cure and not finding.well else ""
        show(f"  {sign} {pick(en, zh):<14} {finding.what}{cure}")
    show(
        pick("All is well.", "一切正常。")
        if not sick
        else pick(f"{sick} thing(s) to look at.", f"有 {sick} 项需要处理。")
    )
    return 1 if sick else 0


def _packages() -> Finding:
    missing = packages.missing()
    if not missing:
        return Finding(True, str(cluster.binaries()))
    names = " ".join(sorted({name for need in missing for name in need.packages}))
    what = pick("missing: ", "缺少:") + ", ".join(pick(need.what_en, need.what_zh) for need in missing)
    return Finding(False, what, f"sudo apt-get install {names}")


def _for_tests() -> Finding:
    missing = [need for need in packages.missing(tests=True) if need not in packages.missing()]
    if not missing:
        return Finding(True, packages.chromium() or "")
    # Not a fault: only ./gridloop test needs them, and it installs them.
    return Finding(
        True,
        pick("not installed, ./gridloop test installs: ", "未安装,./gridloop test 会安装:")
        + ", ".join(p for n in missing for p in n.packages),
    )


def _python() -> Finding:
    if not paths.python().exists():
        return Finding(False, pick("no environment yet", "尚无 Python 环境"), "./gridloop demo")
    if not environment.fresh():
        return Finding(False, pick("older than the lock file", "与锁文件不一致"), "./gridloop demo")
    return Finding(True, str(paths.VENV))


def _web() -> Finding:
    if not (paths.WEB / "package.json").exists():
        return Finding(False, pick("web/ is missing from this checkout", "缺少 web/ 目录"))
    if environment.web_fresh():
        return Finding(True, str(paths.WEB / "dist"))
    return Finding(False, pick("not built from these sources", "构建结果与源码不一致"), "./gridloop demo")


def _configuration() -> Finding:
    file = config_file(None)
    told = {"GRIDLOOP_CONFIG": str(file)} if file else {}
    try:
        configuration.read({**os.environ, **told})
    except Misconfigured as wrong:
        return Finding(False, pick(wrong.en, wrong.zh))
    return Finding(True, str(file or pick("environment and defaults", "环境变量与默认值")))


def _ports() -> Finding:
    if records.launcher():
        return Finding(True, pick("in use by this Gridloop", "由本 Gridloop 使用"))
    first = int(os.environ.get("GRIDLOOP_PORT", "8000"))
    taken = [port for port in range(first, first + 4) if processes.taken(port)]
    if taken:
        what = pick("taken: ", "被占用:") + ", ".join(map(str, taken))
        return Finding(False, what, "./gridloop demo --port 8100")
    return Finding(True, f"{first}-{first + 3}")


def _disk() -> Finding:
    place = paths.VAR if paths.VAR.exists() else paths.ROOT
    free_gb = shutil.disk_usage(place).free / 2**30
    what = pick(f"{free_gb:.0f} GB free", f"剩余 {free_gb:.0f} GB")
    return Finding(
        free_gb >= DISK_FREE_GB_MIN, what, pick(f"{DISK_FREE_GB_MIN} GB are needed", f"至少需要 {DISK_FREE_GB_MIN} GB")
    )


def _permissions() -> Finding:
    if not paths.VAR.exists():
        return Finding(
            os.access(paths.ROOT, os.W_OK), str(paths.VAR), pick("make the checkout writable", "请使检出目录可写")
        )
    if os.geteuid() == 0:
        account = accounts.unprivileged()
        reach = accounts.can(account, "-x", paths.VAR)
        name = account.name if account else ""
        if reach:
            return Finding(True, pick(f"root, drops to {name}", f"root,降权为 {name}"))
        what = pick(
            f"{name} cannot reach {paths.VAR}; its data lie in /var/lib/gridloop",
            f"{name} 无法访问 {paths.VAR};其数据位于 /var/lib/gridloop",
        )
        return Finding(True, what)
    if os.access(paths.VAR, os.W_OK):
        return Finding(True, str(paths.VAR))
    owner = paths.VAR.owner()
    return Finding(
        False,
        pick(f"{paths.VAR} belongs to {owner}", f"{paths.VAR} 属于 {owner}"),
        f"sudo chown -R $(id -un) {paths.VAR}",
    )


def _database() -> Finding:
    url = last().get("DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    if "host=" not in url and url:
        return _database_elsewhere(url)
    ours = cluster.at(paths.VAR, accounts.unprivileged())
    if not (ours.data / "PG_VERSION").exists():
        return Finding(True, pick("not made yet; the first start makes it", "尚未创建,首次启动时自动创建"))
    if not cluster.ready(ours):
        well = records.launcher() is None
        return Finding(well, pick("stopped", "已停止") + f" ({ours.data})", "./gridloop logs postgres")
    checksums = ours.sql("show data_checksums", "postgres")
    fsync = ours.sql("show fsync", "postgres")
    return Finding(checksums == fsync == "on", pick("runs", "运行中") + f", data_checksums {checksums}, fsync {fsync}")


def _database_elsewhere(url: str) -> Finding:
    if not _pg_isready():
        return Finding(
            False, pick("pg_isready is not installed", "未安装 pg_isready"), "sudo apt-get install postgresql-client"
        )
    return Finding(
        _answers(url),
        pick("DATABASE_URL", "DATABASE_URL"),
        pick("the server does not answer", "数据库服务器无应答"),
    )


def _schema() -> Finding:
    if not environment.fresh() or records.launcher() is None:
        return Finding(True, pick("looked at when it runs", "运行时检查"))
    done = subprocess.run(
        processes.manage("migrate", "--check"),
        cwd=paths.ROOT,
        env=environment_of(last()),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return Finding(True, pick("up to date", "已是最新"))
    return Finding(False, pick("older than the code", "落后于代码"), "./gridloop stop; ./gridloop up")


def _masters() -> Finding:
    """What the platform itself warns of: a holiday calendar that ends, class tables that are empty."""
    told = _of_a_database_that_answers()
    if told is None:
        return Finding(True, pick("looked at when it runs", "运行时检查"))
    done = subprocess.run(
        processes.manage("masters_warnings"),
        cwd=paths.ROOT,
        env=environment_of(told),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return Finding(False, pick("cannot be read", "无法读取"), "./gridloop manage masters_warnings")
    said = json.loads(done.stdout)
    if said["warnings"]:
        return Finding(False, pick("; ", ";").join(pick(one["en"], one["zh"]) for one in said["warnings"]))
    until = said["calendar_until"]
    return Finding(True, pick(f"holiday calendar known to {until}", f"节假日日历已知至 {until} 年"))


def _of_a_database_that_answers() -> dict[str, str] | None:
    """What to tell a child so that it finds our tables; None while nothing is installed or no database answers."""
    told = last() if records.launcher() else {}
    url = told.get("DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    if not url or not paths.python().exists() or not _answers(url):
        return None
    return told or {"DATABASE_URL": url}


def _answers(url: str) -> bool:
    ready = _pg_isready()
    return bool(ready) and subprocess.run([str(ready), "-q", "-d", url], check=False).returncode == 0


def _pg_isready() -> str | None:
    programs = cluster.binaries()
    return str(programs / "pg_isready") if programs else shutil.which("pg_isready")


def _clock() -> Finding:
    now = time.gmtime()
    stamp = time.strftime("%Y-%m-%d %H:%M UTC", now)
    return Finding(
        now.tm_year >= YEAR_OF_THIS_CODE, stamp, pick("set the clock: deadlines hang on it", "请校准时钟:时限依赖于它")
    )


LOOKS: tuple[tuple[str, str, Callable[[], Finding]], ...] = (
    ("packages", "系统软件包", _packages),
    ("for tests", "测试用软件", _for_tests),
    ("Python", "Python", _python),
    ("web apps", "网页端", _web),
    ("configuration", "配置", _configuration),
    ("ports", "端口", _ports),
    ("disk", "磁盘", _disk),
    ("permissions", "权限", _permissions),
    ("database", "数据库", _database),
    ("schema", "数据库结构", _schema),
    ("masters", "基础表", _masters),
    ("clock", "时钟", _clock),
)
