"""Check an exported ledger with nothing but Python's standard library: `python ledger_check.py FILE [VERIFIER_KEY]`.

The file is JSON lines: a header, then each entry as `{"position": n, "body": "..."}`, then the checkpoint. This reads the
bodies, builds the tree of RFC 6962 anew, and compares root and Ed25519 signature (RFC 8032). Copy this file to another machine and
take the verifier key from where you trust it, not from the file that you check.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

P = 2**255 - 19  # the field and the group of RFC 8032, section 5.1
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE_Y = 4 * pow(5, P - 2, P) % P
Point = tuple[int, int, int, int]


class NotWhole(Exception):
    """The export is not what was signed; the message says where."""


def check(path: str, trusted: str = "") -> tuple[int, str]:
    """(number of entries, verifier key) of a whole export; raises NotWhole with what is wrong."""
    peaks: list[tuple[int, bytes]] = []
    expected = 0
    header: dict[str, str] = {}
    note = ""
    for number, line in _lines(path):
        if number == 1:
            header = line
        elif "checkpoint" in line:
            note = line["checkpoint"]
        elif note:
            raise NotWhole(f"line {number}: something follows the checkpoint")
        elif line.get("position") != expected:
            raise NotWhole(f"line {number}: entry {expected} is missing, {line.get('position')} stands in its place")
        else:
            _append(peaks, _hash(header["hash"], b"\x00" + line["body"].encode()), header["hash"])
            expected += 1
    if not note:
        raise NotWhole("the file ends before its checkpoint; it was cut off")
    key = trusted or header["key"]
    _compare(note, expected, _root(peaks, header["hash"]), key)
    return expected, key


def _lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Numbered JSON lines."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - this file stands alone
        for number, line in enumerate(file, 1):
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise NotWhole(f"line {number} is no JSON: {error}") from None


def _hash(algorithm: str, data: bytes) -> bytes:
    """The ledger's hash; `sm3` needs a Python whose OpenSSL has it."""
    return hashlib.new(algorithm, data).digest()


def _append(peaks: list[tuple[int, bytes]], leaf: bytes, algorithm: str) -> None:
    """Grow the tree by one leaf; `peaks` are its complete subtrees by level."""
    level = 0
    while peaks and peaks[-1][0] == level:
        leaf = _hash(algorithm, b"\x01" + peaks.pop()[1] + leaf)
        level += 1
    peaks.append((level, leaf))


def _root(peaks: list[tuple[int, bytes]], algorithm: str) -> bytes:
    """The root over the peaks."""
    if not peaks:
        return _hash(algorithm, b"")
    root = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        root = _hash(algorithm, b"\x01" + left + root)
    return root


def _compare(note: str, size: int, root: bytes, key: str) -> None:
    """The signed note says this size and root, and the key signed it."""
    text, _, signatures = note.partition("\n\n")
    said = text.split("\n")
    if int(said[1]) != size:
        raise NotWhole(f"the checkpoint covers {said[1]} entries, the file has {size}")
    if base64.b64decode(said[2]) != root:
        raise NotWhole(
            "an entry was changed: the entries do not give the signed root; `ledger verify` names it where the database is"
        )
    name, _, encoded = key.split("+", 2)
    public = base64.b64decode(encoded)
    wanted = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    for line in signatures.splitlines():
        blob = base64.b64decode(line.rpartition(" ")[2])
        if blob[:4] == wanted and signed(public[1:], blob[4:], (text + "\n").encode()):
            return
    raise NotWhole(f"the checkpoint is not signed by {name}")


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is a good Ed25519 signature (RFC 8032, 5.1.7)."""
    if len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    base = _recovered(BASE_Y, 0)
    assert base is not None
    return _same(_times(s, base), _plus(r, _times(h, a)))


def _recovered(y: int, sign: int) -> Point | None:
    """The point with this y (RFC 8032, 5.1.3)."""
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _point(raw: bytes) -> Point | None:
    """A point out of its 32 bytes."""
    number = int.from_bytes(raw, "little")
    return _recovered(number & (2**255 - 1), number >> 255)


def _plus(p: Point, q: Point) -> Point:
    """The sum of two points (RFC 8032, 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(n: int, p: Point) -> Point:
    """The point n times."""
    total: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _plus(total, p)
        p = _plus(p, p)
        n >>= 1
    return total


def _same(p: Point, q: Point) -> bool:
    """Whether two points are one."""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def main(arguments: list[str]) -> int:
    """Check the file named on the command line."""
    if not 1 <= len(arguments) <= 2:
        sys.stdout.write(f"{__doc__}\n")
        return 2
    try:
        size, key = check(*arguments)
    except (NotWhole, OSError, KeyError) as wrong:
        sys.stdout.write(f"NOT WHOLE: {wrong}\n")
        return 1
    sys.stdout.write(f"whole: {size} entries, signed by {key}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
