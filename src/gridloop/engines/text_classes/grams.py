"""Texts as counts of hashed runs: 1-4 neighbouring signs of any script, and whole words with their neighbours.

Chinese needs no word list this way, and other languages have their words. Everything is arithmetic on arrays of code points, so a
million signs take about a second; the hash makes memory independent of how many different runs there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

BITS = 22  # four million columns: of a million different runs about one in nine shares its column
COLUMNS = 1 << BITS
BATCH_SIGNS = 1 << 20  # signs hashed at a time: bounds what one step holds to some hundred megabytes
TEXT_SIGNS_MAX = 4000  # a longer text says what it is about at its beginning; the rest is not read
BREAK = 0  # stands between texts
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio, Knuth's multiplier
WORD_SALT = np.uint64(0xD6E8FEB86659FD93)
SHIFT = np.uint64(64 - BITS)
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How texts are read: runs of up to `signs` neighbouring signs (0 for none) and of up to `words` neighbouring words.

    With `tokens` a word is whatever stands between two blanks, for texts that come already cut up; a sign of Chinese is otherwise no word.
    """

    signs: int = 4
    words: int = 2
    tokens: bool = False


def tidy(text: str) -> str:
    """Full-width to half-width, lower case, blanks as one blank, control signs away, cut to what is read."""
    plain = unicodedata.normalize("NFKC", text[: 2 * TEXT_SIGNS_MAX]).lower()
    return " ".join(plain.replace("\x00", " ").split())[:TEXT_SIGNS_MAX]


def counted(texts: Sequence[str], spelling: Spelling) -> sparse.csr_matrix:
    """How often each run occurs: float32 (texts, 2**22), for texts that `tidy` has been over."""
    pieces, begin = [], 0
    while begin < len(texts):
        end, signs = begin, 0
        while end < len(texts) and (end == begin or signs < BATCH_SIGNS):
            signs += len(texts[end])
            end += 1
        pieces.append(_batch(texts[begin:end], spelling))
        begin = end
    if not pieces:
        return sparse.csr_matrix((0, COLUMNS), dtype=np.float32)
    return sparse.vstack(pieces, format="csr", dtype=np.float32)


def spans(text: str, spelling: Spelling) -> tuple[Places, Places, Places]:
    """Every run of one tidied text: (column, first sign, sign after the last), int64 each."""
    columns, starts, ends, _ = _runs(_code_points([text]), spelling)
    return columns, starts - 1, ends - 1  # a blank was put before the text


def _batch(texts: Sequence[str], spelling: Spelling) -> sparse.csr_matrix:
    columns, _, _, rows = _runs(_code_points(texts), spelling)
    keys, counts = np.unique(rows << BITS | columns, return_counts=True)
    row_ends = np.searchsorted(keys, (np.arange(1, len(texts) + 1, dtype=np.int64)) << BITS)
    return sparse.csr_matrix(
        (
            counts.astype(np.float32),
            (keys & (COLUMNS - 1)).astype(np.int32),
            np.concatenate([[0], row_ends]).astype(np.int64),
        ),
        shape=(len(texts), COLUMNS),
    )


def _code_points(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """All texts in one array; each begins and ends with a blank, so that a run can say "at the end of a word"."""
    joined = "".join(f" {text} \x00" for text in texts)
    return np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)


def _runs(signs: npt.NDArray[np.uint32], spelling: Spelling) -> tuple[Places, Places, Places, Places]:
    """(column, first sign, sign after the last, text) of every run."""
    row_of = np.cumsum(signs == BREAK, dtype=np.int64) - (signs == BREAK)
    found = [*_sign_runs(signs, spelling.signs), *_word_runs(signs, row_of, spelling)]
    hashes = np.concatenate([piece[0] for piece in found])
    starts = np.concatenate([piece[1] for piece in found])
    ends = np.concatenate([piece[2] for piece in found])
    return (hashes >> SHIFT).astype(np.int64), starts, ends, row_of[starts]


def _mixed(values: Hashes) -> Hashes:
    """Spreads values over all 64 bits; the product wraps round, which is meant."""
    values = values * FACTOR
    values ^= values >> np.uint64(29)
    values *= FACTOR
    return values ^ values >> np.uint64(32)


def _sign_runs(signs: npt.NDArray[np.uint32], most: int) -> list[tuple[Hashes, Places, Places]]:
    found = []
    values = signs.astype(np.uint64)
    hashes = np.zeros(len(signs), dtype=np.uint64)
    inside = np.ones(len(signs), dtype=bool)
    for order in range(1, most + 1):
        last = np.concatenate([values[order - 1 :], np.zeros(order - 1, dtype=np.uint64)])
        inside = inside & (last != BREAK)
        hashes = _mixed(hashes + last + np.uint64(order))
        starts = np.flatnonzero(inside if order > 1 else inside & (values != ord(" ")))
        found.append((hashes[starts], starts, starts + order))
    return found


def _word_runs(
    signs: npt.NDArray[np.uint32], row_of: Places, spelling: Spelling
) -> list[tuple[Hashes, Places, Places]]:
    """Words begin after and end before anything that is no part of a word."""
    part = (signs > ord(" ")) if spelling.tokens else _letters()[np.minimum(signs, 0xFFFF)]
    edges = np.flatnonzero(np.diff(part.astype(np.int8), prepend=np.int8(0)))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts) or not spelling.words:
        return []
    place = np.arange(len(signs), dtype=np.int64)
    place -= np.repeat(np.concatenate([[0], starts]), np.diff(np.concatenate([[0], starts, [len(signs)]])))
    spelt = np.where(part, _mixed(signs.astype(np.uint64) + (place.astype(np.uint64) << np.uint64(24))), np.uint64(0))
    one = _mixed(np.add.reduceat(spelt, starts) ^ WORD_SALT)
    found, hashes = [(one, starts, ends)], one
    for order in range(2, spelling.words + 1):
        if len(one) < order:
            break
        hashes = _mixed(hashes[:-1] + one[order - 1 :])
        same = np.flatnonzero(row_of[starts[: len(hashes)]] == row_of[starts[order - 1 :]])
        found.append((hashes[same], starts[same], ends[same + order - 1]))
    return found


@cache
def _letters() -> npt.NDArray[np.bool_]:
    """Which code points are parts of words in scripts that put blanks between words; beyond the first 65,536 none is."""
    table = np.array([chr(code).isalnum() for code in range(0x10000)])
    for first, last in ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF)):
        table[first : last + 1] = False  # Thai, Lao, kana and Chinese signs
    table[0xFFFF] = False
    return table
