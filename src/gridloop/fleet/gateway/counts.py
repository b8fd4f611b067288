"""Prometheus metrics of the gateway."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
SOCKETS = Gauge("gridloop_gateway_sockets", "Connections of terminals.", ["transport"], registry=REGISTRY)
TERMINALS = Gauge("gridloop_gateway_terminals", "Terminals that are signed in.", registry=REGISTRY)
FRAMES = Counter("gridloop_gateway_frames", "Frames taken from the sockets.", registry=REGISTRY)
POSITIONS = Counter("gridloop_gateway_positions", "Positions committed.", ["source"], registry=REGISTRY)
REPEATED = Counter(
    "gridloop_gateway_repeated", "Positions that were stored already and acknowledged again.", registry=REGISTRY
)
MARKED = Counter("gridloop_gateway_marked", "Positions stored with a mark.", ["mark"], registry=REGISTRY)
REFUSED = Counter("gridloop_gateway_refused", "Frames and positions refused.", ["reason"], registry=REGISTRY)
ACKS = Counter("gridloop_gateway_acks", "Acknowledgements of positions written to sockets.", registry=REGISTRY)
WARNINGS = Counter("gridloop_gateway_warnings", "Stages of warnings committed.", ["stage"], registry=REGISTRY)
PHASE = Counter(
    "gridloop_gateway_phase_seconds", "Seconds spent in each phase of the windows.", ["phase"], registry=REGISTRY
)
WINDOWS = Counter("gridloop_gateway_windows", "Windows committed.", ["way"], registry=REGISTRY)
WINDOW = Histogram(
    "gridloop_gateway_window_seconds",
    "From taking a window to its commit.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
LAG = Gauge(
    "gridloop_gateway_lag_seconds", "Age of the oldest frame of the last window at its commit.", registry=REGISTRY
)
WAITING = Gauge("gridloop_gateway_waiting", "Frames waiting for the next window.", registry=REGISTRY)
PAUSED = Counter("gridloop_gateway_paused", "Times a socket was not read for a while.", ["reason"], registry=REGISTRY)
FAILED = Counter(
    "gridloop_gateway_commits_failed", "Windows whose transaction failed and was done again.", registry=REGISTRY
)
UNSTORED = Gauge(
    "gridloop_gateway_unstored", "Positions sent to evaluators that are not stored yet.", registry=REGISTRY
)
READERS = Gauge("gridloop_gateway_readers", "Readers of the live stream.", registry=REGISTRY)
UNREAD = Counter("gridloop_gateway_unread", "Position frames that slow readers of the stream lost.", registry=REGISTRY)
LET_GO = Counter(
    "gridloop_gateway_readers_let_go", "Readers of the stream let go because they read too slowly.", registry=REGISTRY
)
