"""The reference page of the codec, made from its tables."""

from __future__ import annotations

from collections.abc import Iterable

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.reference import field_lines
from gridloop.fleet.jt809.registry import FAMILIES, MESSAGES
from gridloop.fleet.jt809.tables.entry import Entry, Family

HEAD = """# JT/T 809: messages

*Made from the tables in `src/gridloop/fleet/jt809/tables/` by `python -m gridloop.fleet.jt809 reference`; change them there.*
How to use the codec and both links stands in [how-to/feeds.md](../how-to/feeds.md).

**How a layout is known.** All of this page is written from memory of JT/T 809-2011 and JT/T 809-2019; no text of the standard was at hand to check it. Frame, header, escapes, check
and the ids named in bold were also on a list made independently, likewise from memory. Where the layout of 2019 is not known, the column *layout known* ends at 2011:
there the body is kept as raw bytes and marked, never guessed. Test against your partner's platform before you rely on a rare message.

## Frame

| part | bytes | |
|---|---|---|
| delimiter | 1 | 0x5b at the beginning, 0x5d at the end; inside, 0x5b is sent as 0x5a 0x01, 0x5a as 0x5a 0x02, 0x5d as 0x5e 0x01, 0x5e as 0x5e 0x02 |
| length | 4 | of the whole frame with both delimiters, before escaping |
| serial | 4 | |
| message id | 2 | |
| centre | 4 | access code of the lower platform |
| version | 3 | |
| encrypted | 1 | 1: the body is encrypted |
| key | 4 | of this message |
| moment | 8 | 2019 only: seconds since 1970 UTC |
| body | | |
| check | 2 | CRC-16/CCITT, 0xffff at the start, of header and body as they travel, before escaping |

**Encryption.** Platforms agree on three numbers M1, IA1 and IC1. With `key` from the header (0 counts as 1), for each byte of the body: key = IA1 × (key mod M1) + IC1 in 32 bits, and the
byte is XORed with bits 20 to 27 of it. This hides little from anybody who tries; run the links over a private line or a tunnel.

Nothing in a frame tells its edition: it is configured for each partner.
"""
LISTED = frozenset(
    {0x1001, 0x1002, 0x1005, 0x1006, 0x1200, 0x1300, 0x1400, 0x1500, 0x1600, 0x9001, 0x9200, 0x9300, 0x9400, 0x9500}
)
"""Ids of the independent list."""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Links", "", *_table(entry for entry in MESSAGES.values() if not entry.sub), ""]
    for family in FAMILIES.values():
        rows = [entry for entry in MESSAGES.values() if entry.id == family.id and entry.sub]
        parts += [f"## {_id(family.id)} {family.zh} ({family.en})", "", _envelope(family), "", *_table(rows), ""]
    parts += ["## Bodies", ""]
    for entry in MESSAGES.values():
        parts += _body(entry)
    return "\n".join(parts)


def _id(number: int) -> str:
    return f"**0x{number:04X}**" if number in LISTED else f"0x{number:04X}"


def _envelope(family: Family) -> str:
    fields = ", ".join(f"{field.zh} ({field.kind.name})" for field in family.envelope.fields)
    said = f"Envelope: {fields + ', ' if fields else ''}id of the message inside (WORD), its length (DWORD), its body."
    return said if family.until is Edition.V2019 else said + " In 2019 the envelope is not known; the body is kept raw."


def _table(entries: Iterable[Entry]) -> list[str]:
    lines = ["| id | 中文 | English | sent by | link | layout known |", "|---|---|---|---|---|---|"]
    for entry in entries:
        sender = "lower platform" if entry.direction == "up" else "upper platform"
        until = "2011, 2019" if entry.until is Edition.V2019 else "2011"
        number = _id(entry.sub or entry.id)
        lines.append(f"| {number} | {entry.zh} | {entry.en} | {sender} | {entry.link} | {until} |")
    return lines


def _body(entry: Entry) -> list[str]:
    title = [f"### 0x{entry.sub or entry.id:04X} {entry.zh} ({entry.en})", ""]
    if not entry.body.fields:
        return [*title, "No body.", ""]
    lines = [*title, "| field | 中文 | type | editions | there if | note |", "|---|---|---|---|---|---|"]
    return [*lines, *field_lines(entry.body, ""), ""]
