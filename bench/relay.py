"""A wire between a browser and a process that can be cut: every connection falls at once, new ones too, until it is mended."""

from __future__ import annotations

import contextlib
import socket
import threading

CHUNK = 65_536


class Relay:
    """Listens on a free port of this machine and passes bytes on to another port."""

    def __init__(self, to_port: int) -> None:
        """Begins at once; whole."""
        self.to_port = to_port
        self.whole = True
        self.open: set[socket.socket] = set()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Whoever talks is cut off in the middle."""
        self.whole = False
        for one in list(self.open):
            _end(one)

    def mend(self) -> None:
        """New connections pass again."""
        self.whole = True

    def close(self) -> None:
        """For good."""
        self.cut()
        _end(self.listening)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            if not self.whole:
                _end(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.to_port), timeout=10)
            except OSError:
                _end(near)
                continue
            far.settimeout(None)
            self.open |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while heard := one.recv(CHUNK):
                other.sendall(heard)
        for end in (one, other):
            _end(end)
            self.open.discard(end)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
