"""Fields in a row, lists, bounded parts and tagged items: the kinds that hold other kinds."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from gridloop.fleet.jt808.cursor import Reader, Trace, Writer
from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import Kind, Number
from gridloop.fleet.jt808.verdicts import BadFrame, Code

REST = "rest"
"""Where the lenient mode keeps the bytes from the first defect on."""
Words = Mapping[int, tuple[str, str]]
"""What the numbers of a field mean: (English, Chinese)."""


class Confidence(StrEnum):
    """How a layout is known."""

    READ = "read"
    COMPARED = "compared"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class When:
    """A field is there only if an earlier one, of this record or of the one around it, says so."""

    name: str
    bit: int | None = None
    equals: int | None = None
    unequal: int | None = None

    def holds(self, scopes: Sequence[Mapping[str, Any]]) -> bool:
        """Whether it is there."""
        for scope in reversed(scopes):
            if self.name in scope:
                value = scope[self.name]
                if not isinstance(value, int):
                    return False
                if self.bit is not None:
                    return bool(value >> self.bit & 1)
                return value == self.equals if self.equals is not None else value != self.unequal
        return False

    def __str__(self) -> str:
        if self.bit is not None:
            return f"{self.name} bit {self.bit}"
        return f"{self.name} = {self.equals}" if self.equals is not None else f"{self.name} ≠ {self.unequal}"


@dataclass(frozen=True, slots=True)
class Bits:
    """What the bits of a field mean: bit -> (English, Chinese), and what differs from 2019 on (None: reserved)."""

    names: Words
    since_2019: Mapping[int, tuple[str, str] | None]

    def of(self, edition: Edition) -> dict[int, tuple[str, str]]:
        """The bits of an edition."""
        if edition < Edition.V2019:
            return dict(self.names)
        merged = {**self.names, **self.since_2019}
        return {bit: name for bit, name in sorted(merged.items()) if name is not None}

    def named(self, value: int, edition: Edition) -> tuple[str, ...]:
        """English names of the bits that are set; a bit without meaning is `bit n`."""
        known = self.of(edition)
        return tuple(known.get(bit, (f"bit {bit}", ""))[0] for bit in range(value.bit_length()) if value >> bit & 1)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, as the tables list it."""

    name: str
    kind: Kind
    zh: str
    note: str = ""
    when: When | None = None
    since: Edition = Edition.V2011
    until: Edition = Edition.V2019
    words: Words | None = None
    bits: Bits | None = None
    sure: Confidence | None = None
    optional: bool = False  # left out where the body ends before it


class _Run(NamedTuple):
    """Neighbouring fields of constant size, unpacked in one go."""

    fields: tuple[Field, ...]
    layout: struct.Struct
    names: tuple[str, ...]
    loads: tuple[tuple[str, Any, int], ...]  # name, load, offset in the run


class Record:
    """Fields one after another; a dict in Python."""

    name = "record"

    def __init__(self, *fields: Field) -> None:
        self.fields = fields
        self.plans = {edition: _plan(fields, edition) for edition in Edition}
        self.names = frozenset(field.name for field in fields) | {REST}

    def read(self, reader: Reader) -> dict[str, Any]:
        """The fields of this edition whose conditions hold."""
        values: dict[str, Any] = {}
        reader.scopes.append(values)
        for step in self.plans[reader.edition]:
            if isinstance(step, Field):
                self._one(reader, values, step)
            elif reader.trace is not None or reader.at + step.layout.size > reader.end:
                for field in step.fields:
                    self._one(reader, values, field)
                    if reader.stopped:
                        break
            else:
                at = reader.at
                values.update(zip(step.names, step.layout.unpack_from(reader.data, at), strict=True))
                reader.at = at + step.layout.size
                for name, load, offset in step.loads:
                    values[name] = load(values[name], reader, at + offset)
            if reader.stopped:
                break
        reader.scopes.pop()
        return values

    def _one(self, reader: Reader, values: dict[str, Any], field: Field) -> None:
        if field.when is not None and not field.when.holds(reader.scopes):
            return
        if field.optional and reader.at == reader.end:
            return
        start, marks = reader.at, len(reader.marks)
        reader.path.append(field.name)
        before = len(reader.trace) if reader.trace is not None else 0
        try:
            values[field.name] = field.kind.read(reader)
        except BadFrame as error:
            if not reader.lenient:
                raise BadFrame(error.code, error.offset, error.field or ".".join(reader.path)) from error
            reader.mark(error.code, error.offset, ".".join(reader.path))
            reader.at = start
            reader.stopped = True
        if len(reader.marks) > marks and not reader.marks[marks].field:
            reader.marks[marks:] = [
                mark if mark.field else type(mark)(mark.code, mark.offset, ".".join(reader.path))
                for mark in reader.marks[marks:]
            ]
        if reader.trace is not None and field.name in values and len(reader.trace) == before:
            path = ".".join(reader.path)
            reader.trace.append(Trace(path, start, reader.at, field, values[field.name], reader.edition))
        reader.path.pop()

    def write(self, writer: Writer, value: Any) -> None:
        """Append the fields of this edition whose conditions hold; raises BadFrame for missing and unknown names."""
        if not isinstance(value, Mapping):
            raise writer.refuse("named fields are needed", "应为字段与值")
        strange = sorted(set(value) - self.names, key=str)
        if strange:
            raise writer.refuse(f"there is no field {strange[0]!r} here", f"没有字段 {strange[0]!r}")
        writer.scopes.append(value)
        for field in self.fields:
            if not field.since <= writer.edition <= field.until:
                continue
            if field.when is not None and not field.when.holds(writer.scopes):
                continue
            writer.name = field.name
            if isinstance(field.kind, CountOf):
                entries = value.get(field.kind.of, ())
                field.kind.write(writer, len(entries) if isinstance(entries, Sequence) else 0)
            elif field.name in value:
                field.kind.write(writer, value[field.name])
            elif field.optional:
                continue
            elif writer.partial:
                writer.stopped = True
            else:
                raise writer.refuse("this field is missing", "缺少该字段")
            if writer.stopped:
                break
        writer.scopes.pop()


def _plan(fields: Sequence[Field], edition: Edition) -> tuple[Field | _Run, ...]:
    steps: list[Field | _Run] = []
    run: list[Field] = []
    for field in (*fields, None):
        if field is not None and not field.since <= edition <= field.until:
            continue
        if field is not None and field.when is None and not field.optional and bool(getattr(field.kind, "code", "")):
            run.append(field)
            continue
        if len(run) > 1:
            steps.append(_run(run))
        else:
            steps += run
        run = []
        if field is not None:
            steps.append(field)
    return tuple(steps)


def _run(fields: Sequence[Field]) -> _Run:
    kinds: list[Any] = [field.kind for field in fields]
    loads, offset = [], 0
    for field, kind in zip(fields, kinds, strict=True):
        if not kind.plain:
            loads.append((field.name, _naming(kind.load, field.name), offset))
        offset += kind.size
    layout = struct.Struct(">" + "".join(kind.code for kind in kinds))
    return _Run(tuple(fields), layout, tuple(field.name for field in fields), tuple(loads))


def _naming(load: Any, name: str) -> Any:
    """`load`, whose marks name the field and what is around it."""

    def named(raw: Any, reader: Reader, at: int) -> Any:
        before = len(reader.marks)
        value = load(raw, reader, at)
        if len(reader.marks) > before:
            path = ".".join([*reader.path, name])
            reader.marks[before:] = [type(mark)(mark.code, mark.offset, path) for mark in reader.marks[before:]]
        return value

    return named


class CountOf:
    """A number that says how many entries a later list has; counted anew when written."""

    def __init__(self, number: Number, of: str) -> None:
        self.number = number
        self.of = of
        self.name = number.name
        self.code = number.code
        self.plain = True
        self.size = number.size

    def load(self, raw: int, _reader: Reader, _at: int) -> int:
        """The number itself."""
        return raw

    def read(self, reader: Reader) -> int:
        """The next number."""
        return self.number.read(reader)

    def write(self, writer: Writer, value: Any) -> None:
        """Append the number."""
        self.number.write(writer, value)


class Listed:
    """Entries of one kind: after their number, or as many as `counted_by` says, or (with neither) up to the end."""

    def __init__(self, kind: Kind, *, count: Number | None = None, counted_by: str = "") -> None:
        self.kind = kind
        self.count = count
        self.counted_by = counted_by
        self.name = f"{count.name} n, n x {kind.name}" if count else f"n x {kind.name}"

    def read(self, reader: Reader) -> list[Any]:
        """The entries; where the lenient mode meets a defect, those before it and what was read of that one."""
        total = self.count.read(reader) if self.count else None
        if self.counted_by:
            total = reader.scopes[-1].get(self.counted_by, 0)
        entries: list[Any] = []
        while reader.at < reader.end if total is None else len(entries) < total:
            start = reader.at
            reader.path.append(str(len(entries)))
            try:
                entries.append(self.kind.read(reader))
            except BadFrame as error:
                if not reader.lenient:
                    raise
                reader.mark(error.code, error.offset, ".".join(reader.path))
                reader.at = start
                reader.stopped = True
            reader.path.pop()
            if reader.stopped:
                break
        return entries

    def write(self, writer: Writer, value: Any) -> None:
        """Append number and entries."""
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise writer.refuse("a list is needed", "应为列表")
        if self.count:
            self.count.write(writer, len(value))
        for entry in value:
            self.kind.write(writer, entry)


class Sized:
    """A record after its length in bytes."""

    def __init__(self, length: Number, record: Record) -> None:
        self.length = length
        self.record = record
        self.name = f"{length.name} n, record of n bytes"

    def read(self, reader: Reader) -> dict[str, Any]:
        """The record, which may not end before its length does."""
        size = self.length.read(reader)
        stop, outer = reader.at + size, reader.end
        if stop > outer:
            raise BadFrame(Code.BODY_SHORT, reader.at)
        reader.end = stop
        try:
            values = self.record.read(reader)
            if reader.at != stop and not reader.stopped:
                raise BadFrame(Code.BODY_LONG, reader.at)
        finally:
            reader.end = outer
        return values

    def write(self, writer: Writer, value: Any) -> None:
        """Append length and record."""
        start = len(writer.out)
        self.length.write(writer, 0)
        self.record.write(writer, value)
        inside = bytes(writer.out[start + self.length.size :])
        del writer.out[start:]
        self.length.write(writer, len(inside))
        writer.out += inside


class Item(NamedTuple):
    """A tagged value: bytes where the tag is unknown or the length does not fit."""

    id: int
    value: Any


@dataclass(frozen=True, slots=True)
class Tag:
    """One line of a table of tagged values."""

    id: int
    name: str
    kind: Kind
    zh: str
    note: str = ""
    sure: Confidence = Confidence.READ
    bits: Bits | None = None
    words: Words | None = None


def item_of(entry: Any) -> Item | None:
    """An item from what code or JSON says: Item, pair, or a mapping with id and value."""
    if isinstance(entry, Mapping) and {"id", "value"} <= set(entry):
        tag, value = entry["id"], entry["value"]
    elif isinstance(entry, Sequence) and not isinstance(entry, str | bytes) and len(entry) == 2:
        tag, value = entry
    else:
        return None
    try:
        return Item(int(tag, 0) if isinstance(tag, str) else int(tag), value)
    except (TypeError, ValueError, OverflowError):
        return None
