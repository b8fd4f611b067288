"""The processes of Gridloop: what starts each, on which port it answers, and how it is known to be ready."""

from __future__ import annotations

import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ops import accounts, paths
from ops.words import Unable

if TYPE_CHECKING:
    from gridloop.site.config import Config
    from ops.accounts import Account
    from ops.cluster import Cluster

MANAGE = "gridloop.site.manage"
LOCAL = frozenset({"worker", "sms", "gateway", "evaluator", "nats"})
"""Processes that answer about themselves on an address of their own, not on that of the pages."""


@dataclass(frozen=True)
class Process:
    """One process to be kept running; `once` ends by itself and is done then."""

    name: str
    command: list[str]
    port: int | None = None
    ready_path: str = ""
    asked_at: str = "127.0.0.1"  # where the port answers
    once: bool = False
    as_cluster: bool = False
    env: dict[str, str] = field(default_factory=dict)
    scratch: Path | None = None  # emptied before every start


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [str(paths.python()), "-m", MANAGE, *arguments]


def web(config: Config) -> Process:
    """Pages and API: granian, WSGI."""
    size = ["--workers", str(config.web_workers), "--blocking-threads", str(config.web_threads)]
    command = _granian("wsgi", "gridloop.site.wsgi:application", config.bind, config.port)
    counts = paths.RUN / "web-metrics"  # where its worker processes add up their metrics
    whole = [*command, *size, "--no-ws", "--backlog", "2048"]
    return Process("web", whole, config.port, "/readyz", env={"PROMETHEUS_MULTIPROC_DIR": str(counts)}, scratch=counts)


def live(config: Config) -> Process:
    """Server-sent events: granian, ASGI, one worker, because it holds one database listener for all browsers."""
    command = _granian("asgi", "gridloop.site.live:application", config.bind, config.live_port)
    return Process("live", [*command, "--workers", "1"], config.live_port, "/readyz")


def worker(config: Config) -> Process:
    """Queued and timed jobs."""
    return Process("worker", manage("worker"), config.metrics_port, "/readyz")


def gateway(config: Config) -> Process:
    """Positions of vehicles in, warnings out; it listens for terminals on a port of its own."""
    given = config.gateway
    return Process("gateway", manage("gateway"), given.metrics_port, "/readyz", given.inner_host)


def fleet(config: Config) -> list[Process]:
    """What takes positions in: one process, or gateways and evaluators that meet on a NATS server."""
    shares = config.gateway
    if not shares.shared:
        return [gateway(config)]
    server = [Process("nats", manage("nats"), shares.nats_ports[1], "/healthz")] if not shares.nats_url else []
    evaluators = [
        Process(
            f"evaluator-{shard}",
            manage("evaluator", "--shard", str(shard)),
            shares.evaluator_ports(shard)[0],
            "/readyz",
            shares.inner_host,
        )
        for shard in range(shares.shards)
    ]
    further = [
        Process(
            f"gateway-{number}",
            manage("gateway", "--number", str(number)),
            shares.metrics_port_of(number),
            "/readyz",
            shares.inner_host,
        )
        for number in range(1, shares.gateways)
    ]
    return [*server, *evaluators, gateway(config), *further]


def empty_scratch(process: Process, account: Account | None) -> None:
    """Make the process's scratch folder anew."""
    if process.scratch is not None:
        shutil.rmtree(process.scratch, ignore_errors=True)
        accounts.give(process.scratch, account)


def _granian(interface: str, target: str, host: str, port: int) -> list[str]:
    respawn = ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "8"]
    where = ["--interface", interface, "--host", host, "--port", str(port)]
    return [str(paths.python()), "-m", "granian", *where, *respawn, "--no-access-log", target]


def city(config: Config) -> list[Process]:
    """What runs in production and in the demo alike, in the order of starting."""
    return [web(config), worker(config), *fleet(config), live(config)]


def sms_gateway(port: int) -> Process:
    """The demo's own SMS gateway, which speaks the adapter's protocol and keeps the messages for reading."""
    return Process("sms", manage("sms_gateway", "--port", str(port)), port, "/readyz")


def simulated_day(config: Config) -> Process:
    """The demo's simulated duty day, played through the public doors."""
    return Process("day", manage("simulate_day", "--url", f"http://127.0.0.1:{config.port}"), once=True)


def postgres(cluster: Cluster) -> Process:
    """The private cluster, when it is ours to run."""
    return Process("postgres", cluster.command(), as_cluster=True)


def taken(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something listens there already; granian shares ports, so it would not notice."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Unable(
                f"port {port} is for root alone; choose one above 1023 with --port and put a web server in front",
                f"端口 {port} 仅限 root 使用;请用 --port 指定 1023 以上的端口,并在前面放置 Web 服务器",
            ) from None
        except OSError:
            return True
    return False


def refuse_taken(processes: list[Process], host: str) -> None:
    """Say which port is taken before anything is started."""
    for process in processes:
        if process.port is not None and taken(
            process.port, process.asked_at if process.name.partition("-")[0] in LOCAL else host
        ):
            raise Unable(
                f"port {process.port} (for {process.name}) is taken by another program; choose others with --port N"
                " (N and the six above it are used)",
                f"端口 {process.port}(供 {process.name} 使用)已被其他程序占用;请用 --port N 指定其他端口(将使用 N 起的七个端口)",
            )
