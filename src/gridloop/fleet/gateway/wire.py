"""Sockets of terminals. They only cut bytes into frames and keep them for the next window; everything else happens there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from gridloop.fleet.gateway import counts
from gridloop.fleet.gateway.reading import Taken
from gridloop.fleet.jt808 import Splitter

UDP_PEERS_MAX = 100_000
WRITE_BUFFER_MAX = 256 * 1024
"""Answers that one terminal leaves unread before its connection is closed."""


class Peer:
    """One connection, or one address of UDP. `slots`: terminals that have signed in on it."""

    __slots__ = (
        "address",
        "bad",
        "number",
        "opened_s",
        "parts",
        "paused_until_s",
        "refused",
        "seen_s",
        "slots",
        "tcp",
        "transport",
        "wrong_codes",
    )

    def __init__(self, number: int, transport: Any, address: Any, *, tcp: bool, now_s: float) -> None:
        self.number = number
        self.transport = transport
        self.address = address
        self.tcp = tcp
        self.opened_s = self.seen_s = now_s
        self.paused_until_s = 0.0
        self.slots: set[int] = set()
        self.bad = 0
        self.wrong_codes = self.refused = 0
        self.parts: dict[tuple[str, int], list[bytes]] = {}

    @property
    def where(self) -> str:
        """The address as people write it."""
        return f"{self.address[0]}:{self.address[1]}" if isinstance(self.address, tuple) else str(self.address)

    def write(self, data: bytes) -> None:
        """Send; a terminal that reads nothing is let go."""
        if not self.tcp:
            self.transport.sendto(data, self.address)
        elif not self.transport.is_closing():
            self.transport.write(data)
            if self.transport.get_write_buffer_size() > WRITE_BUFFER_MAX:
                counts.REFUSED.labels("reads_nothing").inc()
                self.transport.abort()

    def close(self) -> None:
        """End a TCP connection after what was written."""
        if self.tcp:
            self.transport.close()


class Inbox:
    """Frames of all connections since the last window, and who is there."""

    def __init__(self, frames_max: int, sockets_max: int) -> None:
        self.frames_max = frames_max
        self.sockets_max = sockets_max
        self.peers: dict[int, Peer] = {}
        self.datagram_peers: dict[Any, Peer] = {}
        self.sockets = 0
        self.closed: Callable[[Peer], None] = lambda _peer: None
        self.taken = Taken()
        self._paused: set[Peer] = set()
        self._next = 1

    @property
    def full(self) -> bool:
        """Whether no more may be read now."""
        return len(self.taken.frames) >= self.frames_max

    def admit(self, transport: Any, address: Any, *, tcp: bool) -> Peer:
        """A new connection."""
        peer = Peer(self._next, transport, address, tcp=tcp, now_s=time.monotonic())
        self._next += 1
        self.peers[peer.number] = peer
        return peer

    def leave(self, peer: Peer) -> None:
        """A connection that is over."""
        self.peers.pop(peer.number, None)
        self._paused.discard(peer)
        if not peer.tcp:
            self.datagram_peers.pop(peer.address, None)
        self.closed(peer)

    def take(self) -> Taken:
        """Everything that came since the last time; paused sockets are read again."""
        taken, self.taken = self.taken, Taken()
        counts.FRAMES.inc(len(taken.frames))
        if self._paused:
            now_s = time.monotonic()
            for peer in [one for one in self._paused if one.paused_until_s <= now_s]:
                self._paused.discard(peer)
                if not peer.transport.is_closing():
                    peer.transport.resume_reading()
        return taken

    def pause(self, peer: Peer, reason: str, until_s: float = 0.0) -> None:
        """Read no more of this connection until the next window, or longer; the network makes the terminal wait."""
        peer.paused_until_s = max(peer.paused_until_s, until_s)
        if peer.tcp and peer not in self._paused and not peer.transport.is_closing():
            self._paused.add(peer)
            peer.transport.pause_reading()
            counts.PAUSED.labels(reason).inc()

    def idle(self, before_s: float) -> Iterator[Peer]:
        """Connections that said nothing since."""
        return (peer for peer in list(self.peers.values()) if peer.seen_s < before_s)

    def nameless(self, opened_before_s: float) -> Iterator[Peer]:
        """Connections on which nobody has signed in, that stand since."""
        return (peer for peer in list(self.peers.values()) if not peer.slots and peer.opened_s < opened_before_s)


class Socket(asyncio.Protocol):
    """One TCP connection of terminals."""

    __slots__ = ("inbox", "peer", "splitter")

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.splitter = Splitter()
        self.peer: Peer

    def connection_made(self, transport: Any) -> None:
        """Somebody knocks."""
        inbox = self.inbox
        self.peer = inbox.admit(transport, transport.get_extra_info("peername") or "?", tcp=True)
        inbox.sockets += 1
        if inbox.sockets > inbox.sockets_max:
            counts.REFUSED.labels("crowd").inc()
            transport.abort()

    def data_received(self, chunk: bytes) -> None:
        """Bytes, however the network cut them."""
        frames = self.splitter.feed(chunk)
        inbox, peer = self.inbox, self.peer
        peer.seen_s = time.monotonic()
        if frames:
            taken = inbox.taken
            taken.frames += frames
            taken.numbers.append(peer.number)
            taken.counts.append(len(frames))
            taken.received.append(time.time_ns() // 1_000_000)
            if len(taken.frames) >= inbox.frames_max:
                inbox.pause(peer, "behind")

    def connection_lost(self, _error: Exception | None) -> None:
        """The line is down."""
        losses = self.splitter.losses
        if losses.bytes:
            counts.REFUSED.labels("no_frame").inc(losses.too_long + losses.too_short or 1)
        self.inbox.sockets -= 1
        self.inbox.leave(self.peer)


class Datagrams(asyncio.DatagramProtocol):
    """UDP: the same frames, whole in each datagram; an address is a connection until it falls silent."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """The port is open."""
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        """One datagram."""
        inbox = self.inbox
        peer = inbox.datagram_peers.get(address)
        if inbox.full or (peer is None and len(inbox.datagram_peers) >= UDP_PEERS_MAX):
            counts.REFUSED.labels("overload" if inbox.full else "crowd").inc()
            return
        if peer is None:
            peer = inbox.admit(self.transport, address, tcp=False)
            inbox.datagram_peers[address] = peer
        peer.seen_s = time.monotonic()
        if peer.paused_until_s > peer.seen_s:  # nothing can make the sender of datagrams wait
            counts.REFUSED.labels("flood").inc()
            return
        frames = Splitter().feed(data)
        if not frames:
            counts.REFUSED.labels("no_frame").inc()
            return
        taken = inbox.taken
        taken.frames += frames
        taken.numbers.append(peer.number)
        taken.counts.append(len(frames))
        taken.received.append(time.time_ns() // 1_000_000)
