"""Reads ahead in a thread, so that the file is read and understood while the database stores what came before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")
DEPTH = 2
PATIENCE_S = 0.2


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, `DEPTH` of them ready before they are asked for; an error comes out where it happened."""
    ready: Queue[tuple[T | None, BaseException | None]] = Queue(DEPTH)
    given_up = threading.Event()

    def put(item: T | None, wrong: BaseException | None) -> None:
        while not given_up.is_set():
            try:
                ready.put((item, wrong), timeout=PATIENCE_S)
            except Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put(item, None)
                if given_up.is_set():
                    return
        except BaseException as wrong:  # noqa: BLE001 - carried over to whoever asks
            put(None, wrong)
        else:
            put(None, StopIteration())

    thread = threading.Thread(target=work, name="import-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, wrong = _next(ready, thread)
            if isinstance(wrong, StopIteration):
                return
            if wrong is not None:
                raise wrong
            assert item is not None
            yield item
    finally:
        given_up.set()
        thread.join()


def _next(
    ready: Queue[tuple[T | None, BaseException | None]], thread: threading.Thread
) -> tuple[T | None, BaseException | None]:
    while True:
        try:
            return ready.get(timeout=PATIENCE_S)
        except Empty:
            if not thread.is_alive() and ready.empty():
                raise RuntimeError("the thread that reads the file ended without a word") from None
