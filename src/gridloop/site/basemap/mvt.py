"""Writing Mapbox Vector Tiles 2.1 from geometries that are already in tile units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7

Value = str | int
Properties = Mapping[str, Value]


@dataclass
class TileLayer:
    """One layer of one tile being written; add features in the order in which they shall be drawn."""

    name: str
    _features: list[bytes] = field(default_factory=list)
    _keys: dict[str, int] = field(default_factory=dict)
    _values: dict[Value, int] = field(default_factory=dict)

    def add(self, shape: shapely.Geometry, properties: Properties) -> None:
        """Add a point, line or polygon (or several of one kind) in tile units; what rounds to nothing is left out."""
        kind, commands = _commands(shape)
        if not commands:
            return
        tags: list[int] = []
        for key, value in properties.items():
            tags += (self._keys.setdefault(key, len(self._keys)), self._values.setdefault(value, len(self._values)))
        body = _packed(2, tags) + _tag(3, 0) + _varint(kind) + _packed(4, commands)
        self._features.append(body)

    def __bool__(self) -> bool:
        return bool(self._features)

    def encoded(self) -> bytes:
        """The layer as protobuf (message Layer of the specification)."""
        parts = [_bytes(1, self.name.encode())]
        parts += [_bytes(2, feature) for feature in self._features]
        parts += [_bytes(3, key.encode()) for key in self._keys]
        parts += [_bytes(4, _value(value)) for value in self._values]
        parts += [_tag(5, 0) + _varint(EXTENT), _tag(15, 0) + _varint(2)]
        return b"".join(parts)


def encoded_tile(layers: Sequence[TileLayer]) -> bytes:
    """The layers that have features, as one tile; empty when none has."""
    return b"".join(_bytes(3, layer.encoded()) for layer in layers if layer)


def _commands(shape: shapely.Geometry) -> tuple[int, list[int]]:
    cursor = np.zeros(2, dtype=np.int64)
    commands: list[int] = []
    kind = POINT
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            kind = POLYGON
            for number, ring in enumerate((part.exterior, *part.interiors)):
                path = _whole(shapely.get_coordinates(ring)[:-1])
                if not _is_area(path):
                    if number == 0:
                        break
                    continue
                cursor = _draw(path if (_doubled_area(path) > 0) == (number == 0) else path[::-1], cursor, commands)
                commands.append(1 << 3 | CLOSE_PATH)
        elif isinstance(part, shapely.LineString) and not part.is_empty:
            kind = LINE
            path = _whole(shapely.get_coordinates(part))
            if len(path) > 1:
                cursor = _draw(path, cursor, commands)
        elif isinstance(part, shapely.Point) and not part.is_empty:
            cursor = _draw(np.rint(shapely.get_coordinates(part)).astype(np.int64), cursor, commands)
    return kind, commands


def _whole(path: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rounded to tile units, without points that fell on the one before."""
    rounded = np.rint(path).astype(np.int64)
    kept = np.ones(len(rounded), dtype=bool)
    kept[1:] = (rounded[1:] != rounded[:-1]).any(axis=1)
    return rounded[kept]


def _is_area(path: NDArray[np.int64]) -> bool:
    return len(path) > 2 and _doubled_area(path) != 0


def _doubled_area(path: NDArray[np.int64]) -> int:
    x, y = path[:, 0], path[:, 1]
    return int(x[:-1] @ y[1:] - x[1:] @ y[:-1] + x[-1] * y[0] - x[0] * y[-1])


def _draw(path: NDArray[np.int64], cursor: NDArray[np.int64], commands: list[int]) -> NDArray[np.int64]:
    steps = np.diff(path, axis=0, prepend=cursor[None, :])
    zigzag = ((steps << 1) ^ (steps >> 63)).ravel().tolist()
    commands.append(1 << 3 | MOVE_TO)
    commands += zigzag[:2]
    if len(path) > 1:
        commands.append((len(path) - 1) << 3 | LINE_TO)
        commands += zigzag[2:]
    last: NDArray[np.int64] = path[-1]
    return last


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _bytes(1, value.encode())
    return _tag(6, 0) + _varint((value << 1) ^ (value >> 63))


def _packed(number: int, values: Sequence[int]) -> bytes:
    return _bytes(number, b"".join(map(_varint, values))) if values else b""


def _bytes(number: int, body: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(body)) + body


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _varint(value: int) -> bytes:
    if value < 0x80:
        return ONE_BYTE[value]
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


ONE_BYTE = [bytes([value]) for value in range(0x80)]
