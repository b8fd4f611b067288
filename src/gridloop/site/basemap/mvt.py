"""Writing Mapbox Vector Tiles 2.1 from geometries that are already in tile units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseMultipartGeometry

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7

Value = str | int
Point = tuple[int, int]
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
    """Kind and drawing commands; plain lists, because most shapes have five points and arrays would cost more."""
    cursor = (0, 0)
    commands: list[int] = []
    kind = POINT
    parts = shape.geoms if isinstance(shape, BaseMultipartGeometry) else (shape,)
    for part in parts:
        if shapely.is_empty(part):
            continue
        if isinstance(part, shapely.Polygon):
            kind = POLYGON
            cursor = _draw_polygon(part, cursor, commands)
        elif isinstance(part, shapely.LineString):
            kind = LINE
            path = _whole(part)
            if len(path) > 1:
                cursor = _draw(path, cursor, commands)
        elif isinstance(part, shapely.Point):
            cursor = _draw(_whole(part), cursor, commands)
    return kind, commands


def _draw_polygon(part: shapely.Polygon, cursor: Point, commands: list[int]) -> Point:
    """Outer ring with positive area, holes with negative; holes of a ring that rounds to nothing go with it."""
    for number, ring in enumerate((part.exterior, *part.interiors)):
        outer = number == 0
        path = _whole(ring)[:-1]
        area = _doubled_area(path) if len(path) > 2 else 0
        if area == 0:
            if outer:
                break
            continue
        cursor = _draw(path if (area > 0) == outer else path[::-1], cursor, commands)
        commands.append(1 << 3 | CLOSE_PATH)
    return cursor


def _whole(part: shapely.Geometry) -> list[Point]:
    """Rounded to tile units, without points that fell on the one before."""
    path: list[Point] = []
    for x, y in np.rint(shapely.get_coordinates(part)).astype(np.int64).tolist():
        if not path or (x, y) != path[-1]:
            path.append((x, y))
    return path


def _doubled_area(path: list[Point]) -> int:
    before = path[-1]
    area = 0
    for point in path:
        area += before[0] * point[1] - point[0] * before[1]
        before = point
    return area


def _draw(path: list[Point], cursor: Point, commands: list[int]) -> Point:
    x, y = cursor
    commands.append(1 << 3 | MOVE_TO)
    for number, point in enumerate(path):
        if number == 1:
            commands.append((len(path) - 1) << 3 | LINE_TO)
        right, down = point[0] - x, point[1] - y
        commands += ((right << 1) ^ (right >> 63), (down << 1) ^ (down >> 63))
        x, y = point
    return x, y


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
