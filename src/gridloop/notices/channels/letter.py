"""What a channel is given to send, and how it says that it could not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice for one address in one language; `key` makes repeated sending recognisable to the receiver."""

    address: str
    title: str
    text: str
    kind: str
    template: str
    params: Mapping[str, str]
    language: str
    key: str
    subject: str = ""


class Undeliverable(Exception):
    """The letter did not go out; `for_good` says that another attempt would not help, `wait_s` how long the receiver asks us to wait."""

    def __init__(self, reason: str, *, for_good: bool, wait_s: int = 0) -> None:
        super().__init__(reason)
        self.for_good = for_good
        self.wait_s = wait_s


class Gone(Undeliverable):
    """There is nobody at this address any more: it is to be forgotten."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, for_good=True)
