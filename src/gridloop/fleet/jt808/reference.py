"""The reference page of the codec, made from its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import Kind
from gridloop.fleet.jt808.records import Bits, Field, Listed, Record, Sized, Tag
from gridloop.fleet.jt808.registry import MESSAGES
from gridloop.fleet.jt808.tables import meanings
from gridloop.fleet.jt808.tables.entry import Entry
from gridloop.fleet.jt808.tables.extra_items import EXTRA_ITEMS
from gridloop.fleet.jt808.tables.parameters import PARAMETERS
from gridloop.fleet.jt808.verdicts import DEFECTS, HOPELESS, SENTENCES, Code

HEAD = """# JT/T 808: messages

*Made from the tables in `src/gridloop/fleet/jt808/tables/` by `python -m gridloop.fleet.jt808 reference`; change them there.*
How to use the codec stands in [how-to/jt808.md](../how-to/jt808.md).

**How a layout is known.** *read*: the text of the standard was read for it. *compared*: written from memory of the standard, then found equal in order and sizes
to the layout that an open implementation uses. *memory*: standard, from memory; nothing was at hand to check it. Everything about
the 2011 edition is from memory. A field of its own mark differs from its message.

`since`/`until` name editions (2011, 2013, 2019). A field with a condition is there only where the earlier field says so; an optional field may be
left out at the end of the body.

"""
LARGE = (meanings.ALARM, meanings.STATUS, meanings.AREA)
"""Bits that have a table of their own on the page."""
CAN_IDS = range(0x0110, 0x0200)


def page() -> str:
    """The whole page."""
    parts = [HEAD.rstrip("\n"), ""]
    for direction, title in (("up", "Terminal to platform"), ("down", "Platform to terminal")):
        entries = [entry for entry in MESSAGES.values() if entry.direction == direction]
        parts += [f"## {title}", "", *_overview(entries), ""]
    parts += ["## Bodies", ""]
    for entry in MESSAGES.values():
        parts += _body(entry)
    parts += [
        "## Extra items of a position",
        "",
        "Ids that are not listed here belong to the maker and are kept raw.",
        "",
    ]
    parts += [*_tags(EXTRA_ITEMS.values(), 2), ""]
    parts += [
        "## Parameters",
        "",
        "Ids that are not listed here are kept raw; 0x0110 to 0x01ff are eight bytes for a CAN id each.",
        "",
    ]
    parts += [*_tags((tag for tag in PARAMETERS.values() if tag.id not in CAN_IDS), 4), ""]
    for title, bits in (("Alarm bits", meanings.ALARM), ("Status bits", meanings.STATUS), ("Area bits", meanings.AREA)):
        parts += [f"## {title}", "", *_bits(bits), ""]
    parts += ["## Verdicts", "", *_verdicts(), ""]
    return "\n".join(parts)


def _overview(entries: Iterable[Entry]) -> list[str]:
    lines = ["| id | 中文 | English | editions | standard | known |", "|---|---|---|---|---|---|"]
    for entry in entries:
        span = _span(entry.since, entry.until) or "all"
        lines.append(f"| 0x{entry.id:04X} | {entry.zh} | {entry.en} | {span} | {entry.standard} | {entry.sure} |")
    return lines


def _span(since: Edition, until: Edition) -> str:
    if since > Edition.V2011 and until < Edition.V2019:
        return f"{int(since)}" if since == until else f"{int(since)}-{int(until)}"
    return f"since {int(since)}" if since > Edition.V2011 else f"until {int(until)}" if until < Edition.V2019 else ""


def _body(entry: Entry) -> list[str]:
    title = [f"### 0x{entry.id:04X} {entry.zh} ({entry.en})", ""]
    if not entry.body.fields:
        return [*title, "No body.", ""]
    lines = [*title, "| field | 中文 | type | editions | there if | note |", "|---|---|---|---|---|---|"]
    return [*lines, *field_lines(entry.body, ""), ""]


def field_lines(record: Record, prefix: str) -> list[str]:
    """The fields of a record as rows of a table, those of inner records below them."""
    lines = []
    for field in record.fields:
        note = "; ".join(
            part for part in (field.note, _said(field), f"known: {field.sure}" if field.sure else "") if part
        )
        there = str(field.when) if field.when else "optional" if field.optional else ""
        span = _span(field.since, field.until)
        lines.append(f"| `{prefix}{field.name}` | {field.zh} | {field.kind.name} | {span} | {there} | {note} |")
        inner = _inner(field.kind)
        if inner is not None:
            lines += field_lines(inner, f"{prefix}{field.name}.")
    return lines


def _inner(kind: Kind) -> Record | None:
    """The record inside a kind, where it has one."""
    if isinstance(kind, Listed):
        return _inner(kind.kind)
    if isinstance(kind, Sized):
        return kind.record
    return kind if isinstance(kind, Record) else None


def _said(field: Field) -> str:
    if field.words is not None:
        return ", ".join(f"{number} {en}" for number, (en, _zh) in field.words.items())
    return "bits: see below" if field.bits in LARGE else _small(field.bits)


def _small(bits: Bits | None) -> str:
    if bits is None:
        return ""
    old = ", ".join(f"{bit} {en}" for bit, (en, _zh) in bits.of(Edition.V2013).items())
    new = ", ".join(f"{bit} {name[0] if name else 'reserved'}" for bit, name in sorted(bits.since_2019.items()))
    return f"bits: {old}" + (f"; since 2019: {new}" if new else "")


def _tags(tags: Iterable[Tag], digits: int) -> list[str]:
    lines = ["| id | name | 中文 | type | note | known |", "|---|---|---|---|---|---|"]
    for tag in tags:
        kind = (
            " + ".join(field.kind.name for field in tag.kind.fields) if isinstance(tag.kind, Record) else tag.kind.name
        )
        note = "; ".join(part for part in (tag.note, "" if tag.bits is meanings.ALARM else _small(tag.bits)) if part)
        lines.append(f"| 0x{tag.id:0{digits}X} | `{tag.name}` | {tag.zh} | {kind} | {note} | {tag.sure} |")
    return lines


def _bits(bits: Bits) -> list[str]:
    lines = ["| bit | until 2013 | since 2019 |", "|---|---|---|"]
    old, new = bits.of(Edition.V2013), bits.of(Edition.V2019)
    lines += [f"| {bit} | {_both(old, bit)} | {_both(new, bit)} |" for bit in sorted(old | new)]
    return lines


def _both(names: Mapping[int, tuple[str, str]], bit: int) -> str:
    return f"{names[bit][1]}, {names[bit][0]}" if bit in names else "reserved"


def _verdicts() -> list[str]:
    lines = ["| code | strict | lenient | what is wrong | |", "|---|---|---|---|---|"]
    for code in Code:
        en, zh = SENTENCES[code]
        if code is Code.VALUE:
            modes = "writing only | writing only"
        elif code in HOPELESS:
            modes = "refused | refused"
        else:
            modes = "refused | marked" if code in DEFECTS else "marked | marked"
        lines.append(f"| `{code}` | {modes} | {en} | {zh} |")
    return lines
