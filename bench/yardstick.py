"""How fast this machine is at this moment: rented processors differ by a factor of three from hour to hour, so every figure carries this one."""

from __future__ import annotations

import time

ROUNDS = 1_000_000


def yardstick_ms() -> float:
    """Processor milliseconds of a fixed loop of Python integers, the best of three."""
    return round(min(_once() for _ in range(3)), 1)


def _once() -> float:
    total, begun = 0, time.process_time()
    for number in range(ROUNDS):
        total += number * number
    return (time.process_time() - begun) * 1000
