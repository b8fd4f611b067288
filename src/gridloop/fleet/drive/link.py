"""One terminal's connection, TCP or UDP: bytes in, frames out, and somebody who is told when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from gridloop.fleet.jt808 import Splitter


class Link(asyncio.Protocol, asyncio.DatagramProtocol):
    """Both kinds of transport behind one `send`."""

    def __init__(self, heard: Callable[[bytes], None], lost: Callable[[], None], *, udp: bool = False) -> None:
        self._heard = heard
        self._lost = lost
        self._udp = udp
        self._splitter = Splitter()
        self._transport: asyncio.BaseTransport | None = None
        self._open = asyncio.Event()
        self._open.set()

    @classmethod
    async def opened(
        cls, host: str, port: int, heard: Callable[[bytes], None], lost: Callable[[], None], *, udp: bool
    ) -> Link:
        """Connect; raises OSError where nobody answers."""
        loop = asyncio.get_running_loop()
        if udp:
            _, datagrams = await loop.create_datagram_endpoint(
                lambda: cls(heard, lost, udp=True), remote_addr=(host, port)
            )
            return datagrams
        _, stream = await loop.create_connection(lambda: cls(heard, lost), host, port)
        return stream

    @property
    def is_open(self) -> bool:
        """Whether anything can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio says so."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of the stream."""
        for frame in self._splitter.feed(data):
            self._heard(frame)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """A datagram holds whole frames."""
        del addr
        for frame in Splitter().feed(data):
            self._heard(frame)

    def pause_writing(self) -> None:
        """The peer reads slowly."""
        self._open.clear()

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self._open.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone, or we hung up."""
        del exc
        self._transport = None
        self._open.set()
        self._lost()

    def send(self, frame: bytes) -> None:
        """Send, if there is a connection; what is lost meanwhile is sent again later."""
        if not self.is_open:
            return
        if self._udp:
            cast("asyncio.DatagramTransport", self._transport).sendto(frame)
        else:
            cast("asyncio.WriteTransport", self._transport).write(frame)

    async def room(self) -> None:
        """Wait until the peer takes more."""
        await self._open.wait()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
