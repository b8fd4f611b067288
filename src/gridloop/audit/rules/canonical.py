"""The exact bytes of an entry, so that its hash means the same everywhere.

Canonical JSON after RFC 8785: UTF-8 without escapes that are not needed, no white space, members sorted by name. Narrower
than the RFC in two ways that make its hard parts disappear: numbers are integers within +-(2^53 - 1) (a fraction is
written as a string by whoever records it), and names are sorted by code point, which for names without characters above
U+FFFF is the RFC's order.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any

import orjson

from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed

VERSION = 1
INTEGER_MAX = 2**53 - 1  # RFC 8785, section 3.2.2.3: beyond it a double loses units
BODY_BYTES_MAX = 64 * 1024
NO_MAPPINGS = frozenset({int, float, list, tuple, dt.datetime})
"""Kinds that need not be asked whether they are mappings, which is slow."""


def moment(at: dt.datetime) -> str:
    """A moment as the ledger writes it: UTC, microseconds, `Z`."""
    if at.tzinfo is None:
        raise Malformed("a moment in the ledger needs its time zone", zh="台账中的时间必须带时区")
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def plain(value: object) -> Any:
    """A value as canonical JSON can hold it: fractions become strings, moments UTC text, tuples and sets lists."""
    kind = type(value)
    if kind is str or kind is bool or value is None:  # most values by far; subclasses of str are seen to below
        return value
    if kind is dict or (kind not in NO_MAPPINGS and isinstance(value, Mapping)):
        return {str(name): plain(inner) for name, inner in value.items()}  # type: ignore[attr-defined]
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value) if abs(value) <= INTEGER_MAX else str(value)
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, set | frozenset):
        return sorted((plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value)


def encode(document: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a document made of plain values."""
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise Malformed(
            f"the ledger cannot write this entry: {error}", zh="台账无法写入该条目:内容含有无法编码的字符"
        ) from error


def entry_body(
    by: Caller,
    action: str,
    subject: str,
    *,
    at: dt.datetime,
    area: str,
    unit: int | None,
    detail: Mapping[str, Any],
    looked: bool,
) -> bytes:
    """The canonical bytes of one entry; refuses an entry larger than 64 KiB."""
    body = encode(
        {
            "v": VERSION,
            "at": moment(at),
            "actor": {
                "id": by.person_id,
                "key": by.key_id,
                "name": by.name,
                "purpose": by.purpose,
                "request": by.request_id,
                "via": by.via,
            },
            "action": action,
            "subject": subject,
            "area": area,
            "unit": unit,
            "looked": looked,
            "detail": plain(detail),
        }
    )
    if len(body) > BODY_BYTES_MAX:
        raise Malformed(
            f"{action} of {subject}: the ledger entry has {len(body)} bytes, at most {BODY_BYTES_MAX} fit; keep large things outside and record their hash",
            zh=f"{subject} 的 {action}:台账条目有 {len(body)} 字节,上限为 {BODY_BYTES_MAX};大内容请另存并只记录其摘要",
        )
    return body
