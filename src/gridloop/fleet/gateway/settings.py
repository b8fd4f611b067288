"""What the gateway is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses, limits and keys. `conninfo`: libpq; `bind`: for terminals; `inner_bind`: for health, metrics and the live stream; `var`: where files of this run lie; `driver_key`: hashes drivers' licence numbers.

    shards, gateways: how many evaluators and gateways there are; number: which of them this is; nats_url: where they meet; pair_kinds: kinds of vehicles that are
    all judged by the first shard.
    """

    conninfo: str
    var: Path
    bind: str
    port: int
    metrics_port: int
    stream_port: int
    window_ms: int = 100
    idle_s: float = 900.0
    silent_s: float = 120.0
    sockets_max: int = 60_000
    frames_waiting_max: int = 40_000
    rebuild_minutes: int = 10
    driver_key: bytes = b""
    shards: int = 1
    gateways: int = 1
    number: int = 0
    nats_url: str = ""
    pair_kinds: tuple[str, ...] = ()
    inner_bind: str = "127.0.0.1"

    @property
    def folder(self) -> Path:
        """Where uploads and the held state lie."""
        return self.var / "fleet"
