"""`gridloop up`: the same processes for a real city, and `gridloop run`: one of them in the foreground for systemd."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ops import environment, paths, processes, running
from ops.demo import prepare_machine
from ops.surroundings import environment_of, load, settled
from ops.words import Unable, say

if TYPE_CHECKING:
    from argparse import Namespace

    from ops.processes import Process


def config_file(asked: str | None) -> Path | None:
    """The file that was named, or gridloop.toml in the checkout where there is one."""
    named = asked or os.environ.get("GRIDLOOP_CONFIG")
    if named:
        return Path(named)
    usual = paths.ROOT / "gridloop.toml"
    return usual if usual.exists() else None


def build(_asked: Namespace) -> int:
    """Environment and web apps, nothing started: for images, and for machines whose service manager does the rest."""
    environment.ensure()
    environment.ensure_web()
    return 0


def run(asked: Namespace) -> int:
    """Start web, worker, gateway and live against DATABASE_URL, or against the private cluster where none is named."""
    file = config_file(asked.config)
    load({**os.environ, **({"GRIDLOOP_CONFIG": str(file)} if file else {})})  # a wrong key is told before long steps
    running.refuse_second()
    prepare_machine()
    told = {"GRIDLOOP_PORT": str(asked.port)} if asked.port else {}
    told |= {"GRIDLOOP_GATEWAY_SHARDS": str(asked.shards)} if asked.shards else {}
    around = settled(told, file)

    def hello() -> None:
        say(f"Gridloop is running at {around.config.address}", f"Gridloop 已启动:{around.config.address}")

    running.run(around, processes.city(around.config), lambda: None, hello)
    return 0


def one(asked: Namespace) -> int:
    """Become one process, its log on standard output: the way of systemd and containers, which restart it themselves."""
    file = config_file(asked.config)
    told = {"GRIDLOOP_CONFIG": str(file.absolute())} if file else {}
    config = load({**os.environ, **told})
    if not config.database_url:
        raise Unable(
            "a single process needs DATABASE_URL (or database_url in the file); only 'demo' and 'up' bring a database",
            "单独运行某个进程需要设置 DATABASE_URL(或配置文件中的 database_url);只有 demo 和 up 自带数据库",
        )
    table: dict[str, Process] = {process.name: process for process in processes.city(config)}
    if asked.process not in table:
        there = ", ".join(table)
        raise Unable(
            f"there is no process '{asked.process}' in this configuration, only: {there}",
            f"当前配置中没有进程“{asked.process}”,可用:{there}",
        )
    process = table[asked.process]
    processes.empty_scratch(process, None)
    env = environment_of(told) | process.env
    os.execve(process.command[0], process.command, env)  # noqa: S606 - no shell is wanted
