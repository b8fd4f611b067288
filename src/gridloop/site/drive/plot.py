"""What happens to one made-up case: drawn once at its birth, then followed from state to state. Pure; every figure is constructed.

The shares are set so that a history of some weeks shows about the close and on-time rates of a city that runs such a system
(99 % closed, 93 % on time; `data/standards/performance.json`).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from random import Random

BY_RESIDENT = frozenset({"citizen", "hotline", "open311"})
"""Sources behind which stands somebody who can rate and dispute."""

WAIT_MIN: dict[str, tuple[float, float]] = {
    "send_verify": (4, 0.6), "confirm": (24, 0.5), "not_found": (26, 0.5), "register": (5, 0.7), "refuse": (12, 0.6), "file": (6, 0.6),
    "dispatch": (7, 0.7), "accept": (11, 0.8), "return": (35, 0.5), "redispatch": (13, 0.6), "rule": (55, 0.5), "ask_delay": (90, 0.6),
    "grant_delay": (25, 0.6), "refuse_delay": (25, 0.6), "ask_suspend": (120, 0.6), "grant_suspend": (30, 0.6), "resume": (60 * 20, 0.5),
    "pass": (32, 0.5), "fail": (34, 0.5), "close": (8, 0.6), "rate": (170, 1.0), "dispute": (260, 0.9), "reopen": (45, 0.6),
    "uphold": (50, 0.6), "merge": (9, 0.6), "void": (30, 0.6),
}  # fmt: skip
"""Median wait before a verb in minutes, and the sigma of its logarithm."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What will come of a case; `pace` is the share of the limit that the unit uses, above 1 when it will be late."""

    verify: bool = False
    untrue: bool = False
    refused: bool = False
    returns: int = 0
    delay: bool = False
    suspend: bool = False
    reworks: int = 0
    rating: int | None = None
    dispute: bool = False
    pace: float = 0.5


def draw(rng: Random, source: str, *, on_time: float = 0.93) -> Plot:
    """A plot for a case that came in by `source`; `on_time` is the share of cases that its unit finishes within the limit."""
    resident = source in BY_RESIDENT
    verify = resident and rng.random() < 0.6
    late = rng.random() > on_time
    return Plot(
        verify=verify,
        untrue=verify and rng.random() < 0.05,
        refused=rng.random() < 0.02,
        returns=(2 if rng.random() < 0.12 else 1) if rng.random() < 0.07 else 0,
        delay=rng.random() < 0.03,
        suspend=rng.random() < 0.012,
        reworks=1 if rng.random() < 0.05 else 0,
        rating=rng.choices((5, 4, 3, 2, 1), (58, 25, 9, 4, 4))[0] if resident and rng.random() < 0.45 else None,
        dispute=resident and rng.random() < 0.025,
        pace=1.02 + rng.expovariate(2.2) if late else min(0.97, 0.08 + rng.betavariate(2.0, 2.4)),
    )


def next_verb(plot: Plot, state: str, done: Counter[str]) -> str | None:
    """The verb that this plot wants next in this state, or None when nothing more will happen. `done` counts the verbs so far."""
    if state == "reported":
        return "send_verify" if plot.verify and not done["send_verify"] else "register"
    if state == "registered":
        return "refuse" if plot.refused and not done["appeal"] else "file"
    if state == "dispatched":
        return "return" if done["return"] < plot.returns and not done["accept"] else "accept"
    if state == "handling":
        return _in_hand(plot, done)
    if state == "checking":
        return "fail" if done["fail"] < plot.reworks else "pass"
    if state == "closed":
        return _after_close(plot, done)
    return {
        "verifying": "not_found" if plot.untrue else "confirm", "unfounded": "refuse", "filed": "dispatch", "returned": "redispatch",
        "arbitration": "rule", "delay_asked": "grant_delay", "suspend_asked": "grant_suspend", "suspended": "resume", "checked": "close",
        "disputed": "reopen",
    }.get(state)  # fmt: skip


def _in_hand(plot: Plot, done: Counter[str]) -> str:
    if plot.delay and not done["ask_delay"]:
        return "ask_delay"
    if plot.suspend and not done["ask_suspend"]:
        return "ask_suspend"
    return "finish"


def _after_close(plot: Plot, done: Counter[str]) -> str | None:
    if plot.dispute and not done["dispute"]:
        return "dispute"
    if plot.rating is not None and not done["rate"]:
        return "rate"
    return None


def wait_min(rng: Random, verb: str) -> float:
    """Minutes that pass before this verb is said (log-normal)."""
    median, sigma = WAIT_MIN.get(verb, (10.0, 0.5))
    return median * math.exp(rng.gauss(0.0, sigma))
