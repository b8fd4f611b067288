"""Prometheus metrics of the live process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()
LISTENERS = Gauge("gridloop_live_listeners", "Browsers that listen.", registry=REGISTRY)
SENT = Counter("gridloop_live_events", "Events sent to browsers.", registry=REGISTRY)
DROPPED = Counter("gridloop_live_dropped", "Listeners let go because they read too slowly.", registry=REGISTRY)
REFUSED = Counter("gridloop_live_refused", "Connections refused.", ["reason"], registry=REGISTRY)
POSITION = Gauge("gridloop_live_position", "Last position of the ledger that was read.", registry=REGISTRY)
LAG = Gauge("gridloop_live_lag_seconds", "From an entry's time to its sending, of the newest one.", registry=REGISTRY)
VIEWERS = Gauge("gridloop_live_viewers", "Browsers that watch vehicles.", registry=REGISTRY)
STREAM = Gauge("gridloop_live_gateway_stream", "Whether the gateway's stream is being read.", registry=REGISTRY)
FIXES = Counter("gridloop_live_fixes", "Positions taken from the gateway's stream.", registry=REGISTRY)
FRAMES_LOST = Counter("gridloop_live_frames_lost", "Position frames that slow browsers lost.", registry=REGISTRY)
WARNINGS = Counter("gridloop_live_warnings", "Warnings told to browsers.", registry=REGISTRY)
