"""Tagged items: id, length, value; the ids of a table are read, all others are kept raw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloop.fleet.jt808.cursor import Reader, Trace, Writer
from gridloop.fleet.jt808.kinds import Number, Text, as_bytes
from gridloop.fleet.jt808.records import Item, Tag, item_of
from gridloop.fleet.jt808.verdicts import BadFrame, Code


class Items:
    """A list of items up to the end, or after their number. A value that does not fit its tag is kept raw and marked."""

    def __init__(self, tags: Mapping[int, Tag], tag: Number, length: Number, *, count: Number | None = None) -> None:
        self.tags = tags
        self.tag = tag
        self.length = length
        self.count = count
        head = f"{count.name} n, n x " if count else "n x "
        self.name = f"{head}({tag.name} id, {length.name} length, value)"

    def read(self, reader: Reader) -> list[Item]:
        """The items."""
        total = self.count.read(reader) if self.count else -1
        head = self.tag.size + self.length.size
        items: list[Item] = []
        data, end = reader.data, reader.end
        while len(items) != total and (total >= 0 or reader.at < end):
            at = reader.at
            start = at + head
            stop = start + data[start - 1] if start <= end else end + 1  # every table has lengths of one byte
            if stop > end:
                if not reader.lenient:
                    raise BadFrame(Code.BODY_SHORT, at)
                reader.mark(Code.BODY_SHORT, at)
                reader.stopped = True
                break
            tag = int.from_bytes(data[at : at + self.tag.size], "big")
            items.append(Item(tag, self._value(reader, tag, start, stop)))
            reader.at = stop
            if reader.trace is not None:
                self._traced(reader, at, stop, items)
        return items

    def _value(self, reader: Reader, tag: int, start: int, stop: int) -> Any:
        known = self.tags.get(tag)
        if known is None:
            return reader.data[start:stop]
        kind = known.kind
        if isinstance(kind, Number):
            if kind.size == stop - start:
                return int.from_bytes(reader.data[start:stop], "big")
        else:
            inner = Reader(reader.data, start, reader.edition, lenient=False, trace=None)
            inner.end = stop
            try:
                value = kind.read(inner)
            except BadFrame:
                inner.at = -1
            else:
                if inner.at == stop:
                    reader.marks += inner.marks
                    return value
        reader.mark(Code.ITEM, start, known.name)
        return reader.data[start:stop]

    def _traced(self, reader: Reader, at: int, stop: int, items: Sequence[Item]) -> None:
        assert reader.trace is not None
        item = items[-1]
        known = self.tags.get(item.id)
        name = known.name if known else "vendor"
        path = ".".join([*reader.path, f"0x{item.id:0{2 * self.tag.size}x} {name}"])
        reader.trace.append(Trace(path, at, stop, known, item.value, reader.edition))

    def write(self, writer: Writer, value: Any) -> None:
        """Append the items: Item, (id, value), or {"id": ..., "value": ...}."""
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise writer.refuse("a list of items is needed", "应为附加项列表")
        if self.count:
            self.count.write(writer, len(value))
        for entry in value:
            item = item_of(entry)
            if item is None:
                raise writer.refuse("an item has an id and a value", "每项应有 id 和 value")
            raw = self._raw(writer, item)
            self.tag.write(writer, item.id)
            self.length.write(writer, len(raw))
            writer.out += raw

    def _raw(self, writer: Writer, item: Item) -> bytes:
        known = self.tags.get(item.id)
        texts = known is not None and isinstance(known.kind, Text) and isinstance(item.value, str)
        raw = None if texts else as_bytes(item.value)
        if raw is not None:
            return raw
        if known is None:
            raise writer.refuse(f"item {item.id:#x} is not in the table; give bytes", f"附加项 {item.id:#x} 应给字节串")
        inner = Writer(writer.edition, name=known.name)
        known.kind.write(inner, item.value)
        return bytes(inner.out)
