"""Text search by bigrams: Chinese has no spaces, so every pair of neighbouring characters is a token, and every whole number and word."""

from __future__ import annotations

import re
import zlib

TOKENS_MAX = 400  # a report of 2,000 characters would have more; the first ones name the thing
WORD = re.compile(r"[0-9a-z]+|[\u3400-\u9fff]+")
SIGN_BIT = 1 << 31


def tokens(text: str) -> list[int]:
    """The tokens of a text as signed 32-bit hashes, sorted, each once."""
    found: set[int] = set()
    for run in WORD.findall(text.lower()):
        if run[0].isascii():
            found.add(_hash(run))
            if not run.isdigit():
                found.update(_hash(run[i : i + 3]) for i in range(len(run) - 2))
        else:
            found.update(_hash(run[i : i + 2]) for i in range(max(1, len(run) - 1)))
            found.update(_hash(one) for one in run)
        if len(found) > TOKENS_MAX:
            break
    return sorted(found)[:TOKENS_MAX]


def wanted(query: str) -> tuple[list[int], list[str]]:
    """What a text must have for this query: its tokens, and the words that must stand in it as they are."""
    found: set[int] = set()
    words = WORD.findall(query.lower())
    for run in words:
        if not run[0].isascii():
            found.update(_hash(run[i : i + 2]) for i in range(max(1, len(run) - 1)))
        elif run.isdigit() or len(run) < 3:
            found.add(_hash(run))
        else:
            found.update(_hash(run[i : i + 3]) for i in range(len(run) - 2))
    return sorted(found), words


def _hash(token: str) -> int:
    value = zlib.crc32(token.encode())
    return value - (1 << 32) if value & SIGN_BIT else value
