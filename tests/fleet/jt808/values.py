"""Hypothesis strategies: a body for every message of the registry, made from its own table."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from gridloop.fleet.jt808 import Edition, Header, Item, Message
from gridloop.fleet.jt808.items import Items
from gridloop.fleet.jt808.kinds import Day, Digits, LongText, Number, Raw, Signed, Text, Time
from gridloop.fleet.jt808.records import CountOf, Listed, Record, Sized
from gridloop.kernel.clock import CITY_ZONE

GBK = "闽粤港澳京沪新能源测试司机张三李四开往车站0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcxyz -_.:;~}"
EDITIONS = (Edition.V2011, Edition.V2013, Edition.V2019)
SECONDS_OF_THE_CENTURY = 3_155_673_600


def text(most: int):
    return st.text(GBK, max_size=most // 2)


def moments(zone: dt.tzinfo):
    start = dt.datetime(2000, 1, 1, tzinfo=zone)
    whole = st.integers(0, SECONDS_OF_THE_CENTURY - 1).map(lambda second: start + dt.timedelta(seconds=second))
    impossible = st.sampled_from([b"\x99\x13\x01\x00\x00\x00", b"\x26\x02\x29\x00\x00\x00", b"\xff" * 6, b"\0" * 6])
    return whole | impossible


ALONE = {
    Number: lambda kind: st.integers(0, (1 << (8 * kind.size)) - 1),
    Signed: lambda _: st.integers(-32767, 32767) | st.just(b"\x80\x00"),
    Time: lambda kind: moments(kind.zone),
    Day: lambda _: st.dates(dt.date(1, 1, 1)) | st.just(b"\x20\x26\x13\x40"),
    Digits: lambda kind: st.text("0123456789a", min_size=2 * kind.size, max_size=2 * kind.size),
    Text: lambda kind: text(kind.size or 30),
    LongText: lambda _: text(60),
    Raw: lambda kind: st.binary(min_size=kind.size or 0, max_size=kind.size or 40),
}


def value_of(kind, edition: Edition, around: dict):
    """A strategy of values that this kind can carry."""
    if isinstance(kind, Record):
        return record(kind, edition, around)
    if isinstance(kind, Sized):
        return record(kind.record, edition, around)
    if isinstance(kind, Listed):
        return st.lists(value_of(kind.kind, edition, around), max_size=3)
    if isinstance(kind, Items):
        return st.lists(item(kind, edition), max_size=4)
    return ALONE[type(kind)](kind)


def item(kind: Items, edition: Edition):
    known = st.sampled_from(sorted(kind.tags)).flatmap(
        lambda tag: value_of(kind.tags[tag].kind, edition, {}).map(lambda value: Item(tag, value))
    )
    strange = st.sampled_from([tag for tag in (0x32, 0x64, 0xE1, 0xFF) if tag not in kind.tags])
    return known | st.tuples(strange, st.binary(max_size=20)).map(lambda pair: Item(*pair))


@st.composite
def record(draw, kind: Record, edition: Edition, around: dict | None = None):
    """Values of the fields that this edition has, where their conditions hold."""
    values: dict = {}
    for field in kind.fields:
        if not field.since <= edition <= field.until:
            continue
        if field.when is not None and not field.when.holds([around or {}, values]):
            continue
        if isinstance(field.kind, CountOf):
            values[field.name] = None
        elif field.words is not None:
            values[field.name] = draw(st.sampled_from(sorted(field.words)))
        else:
            values[field.name] = draw(value_of(field.kind, edition, values))
    for field in kind.fields:
        if isinstance(field.kind, CountOf):
            values[field.name] = len(values[field.kind.of])
    return values


@st.composite
def messages(draw, entry, edition: Edition):
    """A message of this line of the registry, in this edition."""
    digits = edition.phone_digits
    header = Header(
        id=entry.id,
        phone=draw(st.text("0123456789", min_size=digits, max_size=digits)),
        serial=draw(st.integers(0, 0xFFFF)),
        edition=edition,
    )
    return Message(header, draw(record(entry.body, entry.layout_of(edition))))


def a_moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=CITY_ZONE)
