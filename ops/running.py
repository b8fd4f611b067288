"""One run from start to stop: database, schema, processes, readiness, and the quiet hours after."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from ops import children, cluster, environment, paths, processes, records, surroundings
from ops.progress import Step
from ops.supervisor import Supervisor
from ops.words import Unable, pick, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.processes import Process
    from ops.surroundings import Surroundings

READY_S_MAX = 90.0  # on a machine busy with other things
SCHEMA_NOTE = "gridloop.schema"


def refuse_second() -> None:
    """One launcher for one `var`; what a killed one left is cleared away."""
    running = records.launcher()
    if running:
        raise Unable(
            f"Gridloop is running already here (process {running.pid}); ./gridloop status shows it, ./gridloop stop ends it",
            f"Gridloop 已在此运行(进程 {running.pid});./gridloop status 查看,./gridloop stop 停止",
        )
    found = records.clear_orphans()
    if found:
        names = ", ".join(found)
        say(f"Stopped what an interrupted run had left: {names}", f"已停止上次异常中断遗留的进程:{names}")
    records.write("launcher", os.getpid())


def run(around: Surroundings, wanted: list[Process], fill: Callable[[], None], hello: Callable[[], None]) -> None:
    """Start all, tell the person, keep it running, and stop all in order at the end; `fill` prepares the data."""
    supervisor = Supervisor(around.env, around.account, around.database_account)
    supervisor.catch_signals()
    try:
        processes.refuse_taken(wanted, around.config.bind)
        around.keep()
        if around.cluster is not None:
            start_cluster(supervisor, around)
        migrate(around)
        fill()
        start_processes(supervisor, wanted)
        hello()
        supervisor.keep_running()
    except KeyboardInterrupt:
        say("Stopping ...", "正在停止……")
    finally:
        supervisor.stop()
        records.forget("launcher")
        if around.cluster is None:
            surroundings.forget()
    say("Stopped.", "已停止。")


def start_cluster(supervisor: Supervisor, around: Surroundings) -> None:
    """The private cluster, made the first time, and its database."""
    ours = around.cluster
    if ours is None:
        return
    first = not (ours.data / "PG_VERSION").exists()
    name = ("Making the database", "正在创建数据库") if first else ("Starting the database", "正在启动数据库")
    with Step(*name, expect_s=8 if first else 2):
        cluster.prepare(ours)
        kept = supervisor.start(processes.postgres(ours))
        cluster.wait_ready(ours, kept.running)
        cluster.create_database(ours, database_of(around))


def database_of(around: Surroundings) -> str:
    """The name of the database in the private cluster."""
    return around.told["DATABASE_URL"].partition("@/")[2].partition("?")[0]


def migrate(around: Surroundings) -> None:
    """Bring the schema up to date; the private database remembers for which code that was done last."""
    code = schema_digest()
    ours = around.cluster
    if ours is not None and ours.sql(f"select current_setting('{SCHEMA_NOTE}', true)", database_of(around)) == code:
        return
    total = sum(1 for _ in paths.SOURCE.glob("gridloop/*/migrations/0*.py")) + 40  # procrastinate's and Django's own
    with Step("Bringing the schema up to date", "正在更新数据库结构", expect_s=6) as step:
        printed = children.run(
            processes.manage("migrate", "--noinput"), cwd=paths.ROOT, step=step, env=around.env, account=around.account
        )
        step.at(total, total, _new(printed.count("... OK")))
    if ours is not None:
        ours.sql(f"alter database {database_of(around)} set {SCHEMA_NOTE} = '{code}'", "postgres")


def _new(count: int) -> str:
    return pick(f"{count} new", f"新增 {count} 项") if count else ""


def schema_digest() -> str:
    """One hash over everything that a migration reads: migrations, SQL files, and the versions of the packages."""
    whole = hashlib.sha256(environment.lock_file(tests=False).read_bytes())
    for kind in ("*/migrations/*.py", "*/sql/**/*.sql"):
        for path in sorted(paths.SOURCE.glob(f"gridloop/{kind}")):
            whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def start_processes(supervisor: Supervisor, wanted: list[Process]) -> None:
    """Start all, then wait until each says that it is ready."""
    with Step("Starting the processes", "正在启动各进程", expect_s=5) as step:
        started = [supervisor.start(process) for process in wanted if not process.once]
        for number, kept in enumerate(started):
            step.at(number, len(started))
            supervisor.wait_ready(kept, READY_S_MAX)
        for process in wanted:
            if process.once:
                supervisor.start(process)
        step.at(1, 1, " ".join(kept.process.name for kept in started))
