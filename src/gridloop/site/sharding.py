"""What gateways, evaluators and their NATS server are told, from the configuration."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from gridloop.fleet.gateway.settings import Settings
from gridloop.site.config import Config

PAYLOAD_MAX = "4MB"
CONF = """\
server_name: gridloop
listen: "{bind}:{port}"
http: "127.0.0.1:{health}"
max_payload: {payload}
authorization {{ token: "{token}" }}
jetstream {{ store_dir: "{store}" }}
"""


def nats_url(config: Config) -> str:
    """Where gateways and evaluators meet."""
    given = config.gateway
    host = given.nats_host or given.inner_host
    return given.nats_url or f"nats://{_token(config)}@{_bracketed(host)}:{given.nats_ports[0]}"


def nats_conf(config: Config, folder: Path) -> str:
    """The configuration of our own server: on `inner_bind`, by a token that whoever knows the secret key knows; about itself it tells this host only."""
    port, health = config.gateway.nats_ports
    bind = _bracketed(config.gateway.inner_bind)
    return CONF.format(
        bind=bind, port=port, health=health, payload=PAYLOAD_MAX, token=_token(config), store=folder / "streams"
    )


def nats_program() -> str | None:
    """The server that came with our packages, or the system's."""
    beside = Path(sys.executable).parent / "nats-server"
    return str(beside) if beside.exists() else shutil.which("nats-server")


def gateway_settings(
    config: Config, var: Path, conninfo: str, *, number: int, port: int, metrics_port: int, stream_port: int
) -> Settings:
    """Of one gateway, or of one evaluator."""
    given = config.gateway
    return Settings(
        conninfo=conninfo,
        var=var,
        bind=given.bind,
        inner_bind=given.inner_bind,
        port=port,
        metrics_port=metrics_port,
        stream_port=stream_port,
        window_ms=given.window_ms,
        idle_s=given.idle_minutes * 60.0,
        silent_s=float(given.silent_s),
        sockets_max=given.sockets_max,
        frames_waiting_max=given.frames_waiting_max,
        rebuild_minutes=given.rebuild_minutes,
        driver_key=hashlib.sha256(b"drivers of vehicles\0" + config.secret_key.encode()).digest(),
        shards=given.shards,
        gateways=given.gateways,
        number=number,
        nats_url=nats_url(config) if given.shared else "",
        pair_kinds=given.pair_kinds,
    )


def _bracketed(host: str) -> str:
    """As an address with a port is written."""
    return f"[{host}]" if ":" in host else host


def _token(config: Config) -> str:
    return hashlib.sha256(b"message server\0" + config.secret_key.encode()).hexdigest()[:40]
