"""Machines of their own for a test: network namespaces of Linux that meet on a bridge."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

CLONE_NEWNET = 0x4000_0000
T = TypeVar("T")
LIBC = ctypes.CDLL(None, use_errno=True)


class NoMachinesError(Exception):
    """This system makes none, with its reason."""


@dataclass(frozen=True)
class Machine:
    """A host with a network of its own; `address`: where the others reach it."""

    name: str
    address: str

    def does(self, work: Callable[[], T]) -> T:
        """The result of this, done by a thread that sees only this host's network, as does everything that it starts."""

        def inside() -> T:
            with Path(f"/run/netns/{self.name}").open() as file:
                if LIBC.setns(file.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "the namespace cannot be entered")
            return work()

        with ThreadPoolExecutor(1) as one:
            return one.submit(inside).result()

    def link(self, state: str) -> None:
        """Put the cable in (`up`) or pull it (`down`)."""
        ip("-n", self.name, "link", "set", "eth0", state)


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """So many; the cables of all meet in the last one. Raises NoMachinesError."""
    made = [Machine(f"gl{os.getpid()}-{number}", f"10.71.0.{number + 1}") for number in range(count)]
    try:
        for one in made:
            ip("netns", "add", one.name)
            ip("-n", one.name, "link", "set", "lo", "up")
        last = made[-1]
        ip("-n", last.name, "link", "add", "eth0", "type", "bridge")
        for number, one in enumerate(made[:-1]):
            port = f"port{number}"
            ip("-n", one.name, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", last.name)
            ip("-n", last.name, "link", "set", port, "master", "eth0")
            ip("-n", last.name, "link", "set", port, "up")
        for one in made:
            ip("-n", one.name, "addr", "add", f"{one.address}/24", "dev", "eth0")
            one.link("up")
        yield made
    finally:
        for one in made:
            with suppress(NoMachinesError):  # where it could not be made
                ip("netns", "del", one.name)


def ip(*words: str) -> None:
    """iproute2; raises NoMachinesError with what it says."""
    try:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoMachinesError("iproute2 is not installed") from None
    if done.returncode:
        raise NoMachinesError(f"ip {' '.join(words)}: {done.stderr.strip()}")
