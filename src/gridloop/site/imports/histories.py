"""What one row of another system's case table means: a case of ours, or a list of what is wrong with it. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from gridloop.site.imports.mapping import Guide, malformed
from gridloop.site.imports.report import Fault
from gridloop.site.imports.sheets import told_text
from gridloop.site.imports.values import Row, first, joined, moment, number, on_the_globe, printable, unreadable

ROLES = {
    "id": False, "opened": True, "due": False, "closed": False, "class": False, "status": False, "unit": False, "lon": True, "lat": True,
    "flag": False, "text": False, "address": False, "attributes": False,
}  # fmt: skip
"""What the mapping may name a column for, and whether it must."""
WORD_MAPS = ("class", "status", "unit", "flag")
HASHED = frozenset({"text", "address", "attributes"})
"""Roles of which only a hash is kept for comparison: the words themselves stand in the case."""
FIRST_DAY = dt.datetime(2004, 1, 1, tzinfo=dt.UTC)  # the working calendar begins here
TEXT_CHARS_MAX, ADDRESS_CHARS_MAX, ID_CHARS_MAX = 4000, 200, 200
ON_TIME, LATE, NOT_SAID = "on_time", "late", ""
ROUTE, NOBODY, KIND = "route", "none", "kind:"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Known:
    """What our side knows: classes as `kind:code`, importable states and whether they end, units by code, and the moment of the import."""

    classes: Collection[str]
    states: Mapping[str, bool]
    units: Mapping[str, int]
    kinds: Collection[str]
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class History:
    """A row that was understood; `lonlat` is as the file has it, before its coordinate system and shift."""

    foreign_id: str
    said: Mapping[str, str]
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    due_at: dt.datetime | None
    state: str
    class_key: str
    unit: str
    lonlat: Point
    placed_by: str
    text: str
    address: str
    on_time: bool | None
    attributes: Mapping[str, str] = field(default_factory=dict)


class Reader:
    """Reads rows by one mapping; `means` fills positions that rows lack: (column, value) -> mean position."""

    def __init__(self, guide: Guide, known: Known, means: Mapping[tuple[str, str], Point]) -> None:
        """Raises Malformed when the mapping names classes, states, units or flags that do not exist here."""
        self.guide = guide
        self.known = known
        self.means = means
        _check_words(guide, known)

    def read(self, row: Row) -> History | list[Fault]:
        """The row as a history, or everything that is wrong with it."""
        faults: list[Fault] = []
        said = self._said(row)
        foreign_id = self.foreign_id(row, said)
        if not foreign_id or len(foreign_id) > ID_CHARS_MAX or not printable(foreign_id):
            faults.append(Fault(self._name("id"), "the id is empty or too long", "编号为空或过长", foreign_id))
        opened = self._time("opened", row, faults)
        due, closed = self._time("due", row, faults), self._time("closed", row, faults)
        state = self._state(row, faults, closed=closed)
        class_key = self._word("class", row, faults, NOT_SAID)
        unit = self._word("unit", row, faults, ROUTE)
        placed = self._position(row, faults)
        text, address = self._words(row, faults)
        on_time = {ON_TIME: True, LATE: False}.get(self._word("flag", row, faults, NOT_SAID))
        _check_order(faults, self.known.now, opened=opened, due=due, closed=closed)
        if faults or opened is None or placed is None:
            return faults
        names = self.guide.columns.get("attributes", ())
        attributes = {name: told for name in names if (told := told_text(row.get(name)))}
        return History(
            foreign_id, said, opened, closed if self.known.states[state] else None, due, state, class_key, unit, placed[0], placed[1],
            text, address, on_time, attributes,
        )  # fmt: skip

    def foreign_id(self, row: Row, said: Mapping[str, str] | None = None) -> str:
        """The id that the file gives the row, or a hash of what it says where the mapping names no id."""
        if "id" in self.guide.columns:
            return told_text(first(row, self.guide.columns["id"]))
        whole = "\x1f".join(f"{name}={value}" for name, value in sorted((said or self._said(row)).items()))
        return f"row:{_hash(whole)}"

    def _said(self, row: Row) -> dict[str, str]:
        """What the row says under each role, to be compared when it comes again."""
        said = {}
        for role, names in self.guide.columns.items():
            told = joined(row, names, "\x1f") if role in HASHED else told_text(first(row, names))
            if told and role != "id":
                said[role] = _hash(told) if role in HASHED or not printable(told) or len(told) > ID_CHARS_MAX else told
        return said

    def _name(self, role: str) -> str:
        """The file's column for a role, for the report."""
        return ", ".join(self.guide.columns.get(role, ()))

    def _time(self, role: str, row: Row, faults: list[Fault]) -> dt.datetime | None:
        value = first(row, self.guide.columns.get(role, ()))
        if value is None:
            if role == "opened":
                faults.append(Fault(self._name(role), "the time of the report is missing", "缺少上报时间"))
            return None
        found = moment(value, self.guide.times)
        if found is None:
            formats = " or ".join(self.guide.times.formats) or "ISO 8601"
            faults.append(
                Fault(
                    self._name(role),
                    f"this is no time in the form {formats}",
                    f"时间格式不是 {formats}",
                    told_text(value),
                )
            )
        return found

    def _word(self, role: str, row: Row, faults: list[Fault], absent: str) -> str:
        """Our word for what stands under a role; `absent` where the mapping names no such column."""
        if role not in self.guide.columns:
            otherwise = self.guide.words[role].otherwise
            return absent if otherwise is None else otherwise
        word = told_text(first(row, self.guide.columns[role]))
        ours = self.guide.words[role].ours(word)
        if ours is None and role == "unit" and word in self.known.units:
            return word
        if ours is None and role == "class" and word in self.known.classes:
            return word
        if ours is None and role == "flag" and not word:
            return NOT_SAID
        if ours is None:
            faults.append(
                Fault(self._name(role), f"[{role}.map] does not know this word", f"[{role}.map] 中没有该值", word)
            )
            return absent
        return ours

    def _state(self, row: Row, faults: list[Fault], *, closed: dt.datetime | None) -> str:
        """The state that the status names; without a status column a closing time means closed."""
        if "status" not in self.guide.columns and closed is not None:
            return "closed"
        state = self._word("status", row, faults, "reported")
        ends = self.known.states.get(state, False)
        if ends and closed is None and not any(fault.column == self._name("closed") for fault in faults):
            faults.append(
                Fault(
                    self._name("closed"), f"the row is {state}, but its closing time is missing", "已结束但缺少结案时间"
                )
            )
        if not ends and closed is not None:
            reason = f"the row is {state}, but it has a closing time"
            faults.append(Fault(self._name("closed"), reason, "未结束却有结案时间", closed.isoformat()))
        return state

    def _position(self, row: Row, faults: list[Fault]) -> tuple[Point, str] | None:
        names = (self.guide.columns["lon"], self.guide.columns["lat"])
        cells = [first(row, name) for name in names]
        if all(cell is None for cell in cells):
            for column in self.guide.position.missing:
                mean = self.means.get((column, "" if column == "*" else told_text(row.get(column))))
                if mean is not None:
                    return mean, column
        found = [number(cell) for cell in cells]
        for role, cell, value in zip(("lon", "lat"), cells, found, strict=True):
            if value is None:
                faults.append(
                    Fault(self._name(role), "this is no number of degrees", "不是有效的度数", told_text(cell))
                )
        lon, lat = found
        if lon is None or lat is None:
            return None
        if not on_the_globe(lon, lat):
            reason = "longitude is -180 to 180 and latitude -85 to 85 degrees; are the columns swapped?"
            faults.append(
                Fault(
                    self._name("lon"),
                    reason,
                    "经度应在 -180 至 180、纬度应在 -85 至 85 之间;列是否颠倒?",
                    f"{lon}, {lat}",
                )
            )
        return (lon, lat), ""

    def _words(self, row: Row, faults: list[Fault]) -> tuple[str, str]:
        """Text and address; a row without words is told by its class, status and id."""
        text = joined(row, self.guide.columns.get("text", ()))
        address = told_text(first(row, self.guide.columns.get("address", ())))
        if not text:
            text = joined(row, [name for role in ("class", "id") for name in self.guide.columns.get(role, ())]) or "-"
        for role, told, most in (("text", text, TEXT_CHARS_MAX), ("address", address, ADDRESS_CHARS_MAX)):
            if not printable(told):
                faults.append(unreadable(self._name(role)))
            elif len(told) > most:
                faults.append(
                    Fault(self._name(role), f"at most {most} characters can be kept", f"至多 {most} 字", told)
                )
        return text, address


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _check_order(
    faults: list[Fault],
    now: dt.datetime,
    *,
    opened: dt.datetime | None,
    due: dt.datetime | None,
    closed: dt.datetime | None,
) -> None:
    """A case is reported after the calendar begins and before now; it is due and closed after it was reported."""
    if opened is None:
        return
    if opened < FIRST_DAY:
        faults.append(
            Fault(
                "",
                "reported before 2004, where the working calendar begins",
                "上报时间早于 2004 年(工作日历起点)",
                opened.isoformat(),
            )
        )
    for name, zh, found in (("reported", "上报", opened), ("closed", "结案", closed)):
        if found is not None and found > now:
            faults.append(Fault("", f"{name} in the future", f"{zh}时间在未来", found.isoformat()))
    for name, zh, found in (("closed", "结案", closed), ("due", "到期", due)):
        if found is not None and found < opened:
            faults.append(Fault("", f"{name} before it was reported", f"{zh}早于上报", found.isoformat()))


def _check_words(guide: Guide, known: Known) -> None:
    """Every word on our side of a map must be one of ours."""
    allowed: dict[str, Callable[[str], bool]] = {
        "class": lambda word: word in known.classes or word == NOT_SAID,
        "status": lambda word: word in known.states,
        "unit": lambda word: (
            word in {ROUTE, NOBODY}
            or word in known.units
            or (word.startswith(KIND) and word[len(KIND) :] in known.kinds)
        ),
        "flag": lambda word: word in {ON_TIME, LATE, NOT_SAID},
    }
    ways = {
        "class": ("a class of the class tables such as event:0102", "分类表中的类别,例如 event:0102"),
        "status": (f"one of {', '.join(known.states)}", f"{'、'.join(known.states)} 之一"),
        "unit": ("the code of a unit, kind:KIND of unit, route or none", "单位代码、kind:单位类别、route 或 none"),
        "flag": ("on_time, late or empty", "on_time、late 或空"),
    }
    for role, fits in allowed.items():
        words = guide.words[role]
        for word in {*words.known.values(), *(() if words.otherwise is None else (words.otherwise,))}:
            if not fits(word):
                en, zh = ways[role]
                raise malformed(
                    guide.file, f"[{role}] '{word}' is unknown here; write {en}", f"[{role}] 不认识“{word}”;请填写{zh}"
                )
