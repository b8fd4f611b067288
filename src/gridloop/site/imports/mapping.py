"""Reads a mapping: a TOML file that says which column is what, how times are written, and what foreign words mean here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed
from gridloop.site.imports.batches import FileForm

CRS = ("EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")
"""Coordinate systems that can be read; CGCS2000 (4490) differs from WGS-84 by centimetres and is taken as it."""
Table = Mapping[str, Any]


def malformed(file: Path, en: str, zh: str) -> Malformed:
    """A sentence about the mapping."""
    return Malformed(f"mapping {file.name}: {en}", zh=f"映射文件 {file.name}:{zh}")


@dataclass(frozen=True, slots=True)
class Words:
    """A value map: foreign word -> ours; `otherwise` is for words that are not in it, None makes such a row bad."""

    known: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None

    def ours(self, word: str) -> str | None:
        """Our word; the foreign one is looked up as written, then without regard to case."""
        found = self.known.get(word)
        return found if found is not None else self.known.get(word.casefold(), self.otherwise)


@dataclass(frozen=True, slots=True)
class Times:
    """How times are written: strptime formats (none: ISO 8601) and the zone of those without one."""

    formats: tuple[str, ...] = ()
    zone: ZoneInfo = CITY_ZONE


@dataclass(frozen=True, slots=True)
class Position:
    """Coordinate system, a fixed shift in degrees, what fills a missing position, and what becomes of one outside every division.

    `missing` names columns: a row without a position takes the mean of the rows that have the same value in the first of them; `*` is all
    rows. `outside` is `bad` or `home`.
    """

    crs: str = "EPSG:4326"
    shift_lon: float = 0.0
    shift_lat: float = 0.0
    missing: tuple[str, ...] = ()
    outside: str = "bad"


@dataclass(frozen=True)
class Guide:
    """The parts that every mapping has; `columns` maps our name of a column to the file's names of it, in order of preference."""

    file: Path
    dataset: str
    columns: Mapping[str, tuple[str, ...]]
    form: FileForm
    times: Times
    words: Mapping[str, Words]
    position: Position

    @property
    def wanted(self) -> list[str]:
        """Every column of the file that is read."""
        named = [name for names in self.columns.values() for name in names]
        return list(dict.fromkeys([*named, *(name for name in self.position.missing if name != "*")]))


def read_mapping(file: Path, roles: Mapping[str, bool], word_maps: tuple[str, ...]) -> Guide:
    """The mapping in `file`; `roles` are the columns that it may name and whether it must. Malformed for anything unknown in it."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as wrong:
        raise Malformed(f"there is no mapping {file}", zh=f"没有映射文件 {file}") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise malformed(file, f"it is no TOML: {wrong}", f"不是有效的 TOML:{wrong}") from wrong
    _known(file, "", table, {"dataset", "file", "columns", "time", "position", *word_maps})
    return Guide(
        file=file,
        dataset=_dataset(file, table),
        columns=_columns(file, _section(file, table, "columns"), roles),
        form=_form(file, _section(file, table, "file")),
        times=_times(file, _section(file, table, "time")),
        words={name: _words(file, name, _section(file, table, name)) for name in word_maps},
        position=_position(file, _section(file, table, "position")),
    )


def _section(file: Path, table: Table, name: str) -> Table:
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise malformed(file, f"[{name}] is a section", f"[{name}] 应为一节")
    return section


def _known(file: Path, section: str, table: Table, names: set[str]) -> None:
    strange = sorted(set(table) - names)
    if strange:
        where = f"[{section}] " if section else ""
        listed = ", ".join(sorted(names))
        raise malformed(
            file,
            f"{where}does not know '{strange[0]}'; it knows {listed}",
            f"{where}不认识“{strange[0]}”;可用:{listed}",
        )


def _text(file: Path, section: str, table: Table, name: str, default: str = "") -> str:
    value = table.get(name, default)
    if not isinstance(value, str):
        raise malformed(file, f"[{section}] {name} is a text in quotes", f"[{section}] {name} 应为带引号的文本")
    return value


def _texts(file: Path, section: str, table: Table, name: str) -> tuple[str, ...]:
    """A text or a list of texts."""
    value = table.get(name, [])
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) and one for one in listed):
        raise malformed(
            file, f"[{section}] {name} is a text or a list of texts", f"[{section}] {name} 应为文本或文本列表"
        )
    return tuple(listed)


def _dataset(file: Path, table: Table) -> str:
    name = _text(file, "", table, "dataset").strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise malformed(
            file,
            'dataset = "..." is missing: the name (at most 60 characters) under which rows are known again',
            '缺少 dataset = "...":数据集名称(至多 60 字),用于再次导入时识别同一记录',
        )
    return name


def _columns(file: Path, table: Table, roles: Mapping[str, bool]) -> dict[str, tuple[str, ...]]:
    _known(file, "columns", table, set(roles))
    columns = {name: _texts(file, "columns", table, name) for name in roles if table.get(name)}
    missing = [name for name, needed in roles.items() if needed and name not in columns]
    if missing:
        raise malformed(file, f"[columns] must name {', '.join(missing)}", f"[columns] 须指定 {'、'.join(missing)}")
    return columns


def _form(file: Path, table: Table) -> FileForm:
    _known(file, "file", table, {"encoding", "delimiter", "sheet", "layer"})
    form = FileForm(
        _text(file, "file", table, "encoding", "auto").lower(),
        _text(file, "file", table, "delimiter", ","),
        _text(file, "file", table, "sheet"),
        _text(file, "file", table, "layer"),
    )
    if form.encoding not in {"auto", "utf-8", "gb18030"}:
        raise malformed(file, "encoding is auto, utf-8 or gb18030", "encoding 应为 auto、utf-8 或 gb18030")
    if len(form.delimiter) != 1 or form.delimiter in '"\r\n':
        raise malformed(file, "delimiter is one character, such as ',' or ';'", "delimiter 应为单个字符,例如“,”或“;”")
    return form


def _times(file: Path, table: Table) -> Times:
    _known(file, "time", table, {"formats", "zone"})
    name = _text(file, "time", table, "zone", str(CITY_ZONE))
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise malformed(
            file, f"[time] there is no zone '{name}'; write Asia/Shanghai, say", f"[time] 没有时区“{name}”"
        ) from wrong
    return Times(_texts(file, "time", table, "formats"), zone)


def _words(file: Path, name: str, table: Table) -> Words:
    _known(file, name, table, {"map", "otherwise"})
    known = table.get("map", {})
    if not isinstance(known, dict) or not all(isinstance(word, str) for word in known.values()):
        raise malformed(file, f"[{name}.map] maps texts to texts", f"[{name}.map] 应为文本到文本的对照")
    otherwise = _text(file, name, table, "otherwise") if "otherwise" in table else None
    return Words({word.casefold(): ours for word, ours in known.items()} | dict(known), otherwise)


def _position(file: Path, table: Table) -> Position:
    _known(file, "position", table, {"crs", "shift_lon", "shift_lat", "missing", "outside"})
    shifts = [table.get(name, 0.0) for name in ("shift_lon", "shift_lat")]
    if not all(
        isinstance(shift, int | float) and not isinstance(shift, bool) and abs(shift) <= 360 for shift in shifts
    ):
        raise malformed(file, "[position] shifts are degrees", "[position] 平移量应为度数")
    position = Position(
        crs_named(_text(file, "position", table, "crs", "EPSG:4326")),
        float(shifts[0]),
        float(shifts[1]),
        _texts(file, "position", table, "missing"),
        _text(file, "position", table, "outside", "bad"),
    )
    if position.outside not in {"bad", "home"}:
        raise malformed(file, "[position] outside is 'bad' or 'home'", "[position] outside 应为 bad 或 home")
    return position


def crs_named(name: str) -> str:
    """One of the coordinate systems that can be read, however it is written; Malformed otherwise."""
    plain = name.strip().upper().replace("_", "-").replace(" ", "")
    plain = {
        "GCJ02": "GCJ-02",
        "BD09": "BD-09",
        "WGS84": "EPSG:4326",
        "WGS-84": "EPSG:4326",
        "CGCS2000": "EPSG:4490",
    }.get(plain, plain)
    if plain not in CRS:
        raise Malformed(
            f"'{name}' is no coordinate system that can be read here; it is one of {', '.join(CRS)}; reproject the file first",
            zh=f"不支持坐标系“{name}”;可用:{'、'.join(CRS)};请先转换坐标系",
        )
    return plain
