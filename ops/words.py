"""The launcher's two languages and its one error."""

from __future__ import annotations

import os
import sys


class Unable(Exception):
    """The launcher cannot go on; says what is wrong and what would work, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __str__(self) -> str:
        return pick(self.en, self.zh)


def chinese() -> bool:
    """Whether the person at the terminal reads Chinese, by the usual locale variables in their order."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return value.lower().startswith("zh")
    return False


def pick(en: str, zh: str) -> str:
    """The sentence in the language of the terminal."""
    return zh if chinese() else en


def say(en: str, zh: str) -> None:
    """Print one sentence to the person."""
    show(pick(en, zh))


def show(line: str) -> None:
    """Print one line at once; a terminal that cannot show a character gets a question mark, not a crash."""
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)
