"""What has to be filled in with a verb: the fields of forms, and reading what was said into plain values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.loop import Must, Step
from gridloop.kernel.errors import Malformed, Refused

NOTE_CHARS_MAX = 2000
PHOTOS_MAX = 9
UNITS_MAX = 8
HOURS_MAX = 24 * 60
STARS_MAX = 5
BIGGEST_ID = 2**63 - 1
CASE_NUMBER = re.compile(r"\d{8}-\d{6}")
CLASS_SAID = re.compile(r"(component|event):(\d{4})")
CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field of a form: what kind of control it needs, and its name in Chinese and English."""

    kind: str
    zh: str
    en: str


FIELDS: dict[str, FieldKind] = {
    "note": FieldKind("text", "说明", "note"),
    "photos": FieldKind("photos", "照片", "photo"),
    "class": FieldKind("class", "类别", "class"),
    "rule": FieldKind("rule", "立案条件", "filing rule"),
    "unit": FieldKind("unit", "责任单位", "responsible unit"),
    "units": FieldKind("units", "各责任单位", "responsible units"),
    "reason": FieldKind("reason", "不予立案理由", "reason for refusing"),
    "suspend_reason": FieldKind("reason", "挂账理由", "reason for suspending"),
    "return_rule": FieldKind("return_rule", "回退依据", "rule for returning"),
    "hours": FieldKind("hours", "延期小时数", "hours of delay"),
    "until": FieldKind("datetime", "挂账截止", "suspended until"),
    "into": FieldKind("case", "并入案件", "case to merge into"),
    "rating": FieldKind("rating", "评分", "stars"),
}


def read(facts: CaseFacts, verb: str, step: Step, said: Mapping[str, Any]) -> dict[str, Any]:
    """The said things of this step as plain values; raises Malformed for what cannot be understood and Refused for what is missing."""
    names = {must.name for must in step.must_say}
    for name in said:
        if name not in names:
            takes = ", ".join(sorted(names)) or "nothing"
            raise Malformed(
                f"{verb} does not take '{name}', only: {takes}",
                zh=f"“{step.zh}”没有“{name}”这一项",
                fields={name: "unknown field"},
            )
    cleaned = {
        name: READERS[FIELDS[name].kind](name, value) for name, value in said.items() if value not in (None, "", [], ())
    }
    missing = [
        must
        for must in step.must_say
        if not must.may and must.name not in facts.known and _count(cleaned.get(must.name)) < must.least
    ]
    if missing:
        en = " and ".join(_wanted(must) for must in missing)
        zh = "、".join(FIELDS[must.name].zh + (f"(至少 {must.least} 张)" if must.least > 1 else "") for must in missing)
        raise Refused(
            f"case {facts.number}: {verb} needs {en}",
            zh=f"案件 {facts.number}:“{step.zh}”需要填写{zh}",
            fields={must.name: "required" for must in missing},
        )
    return cleaned


def _wanted(must: Must) -> str:
    name = FIELDS[must.name].en
    return f"{must.least} {name}s" if must.least > 1 else f"a {name}"


def _count(value: object) -> int:
    if value is None:
        return 0
    return len(value) if isinstance(value, tuple) and value and isinstance(value[0], str | int) else 1


def _wrong(name: str, en: str, zh: str) -> Malformed:
    return Malformed(f"'{name}' {en}", zh=f"“{FIELDS[name].zh}”{zh}", fields={name: en})


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise _wrong(name, "must be text", "应为文字")
    if len(value) > NOTE_CHARS_MAX:
        raise _wrong(name, f"is longer than {NOTE_CHARS_MAX} characters", f"超过 {NOTE_CHARS_MAX} 字")
    return value.strip()


def _code(name: str, value: object) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise _wrong(name, "must be a code from its list", "须从列表中选择")
    return value


def _id(name: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= BIGGEST_ID:
        raise _wrong(name, "must be the number of one entry of its list", "须从列表中选择")
    return value


def _photos(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > PHOTOS_MAX:
        raise _wrong(name, f"must be a list of at most {PHOTOS_MAX} photo ids", f"最多 {PHOTOS_MAX} 张照片")
    return tuple(dict.fromkeys(_code(name, one) for one in value))


def _ids(name: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > UNITS_MAX:
        raise _wrong(name, f"must be a list of at most {UNITS_MAX} units", f"最多选择 {UNITS_MAX} 个单位")
    return tuple(dict.fromkeys(_id(name, one) for one in value))


def _class(name: str, value: object) -> tuple[str, str]:
    if isinstance(value, Mapping):
        value = f"{value.get('kind')}:{value.get('code')}"
    if isinstance(value, tuple) and len(value) == 2:
        value = f"{value[0]}:{value[1]}"
    match = CLASS_SAID.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong(name, "must look like 'event:0102' or 'component:0101'", "格式应为 event:0102 或 component:0101")
    return match[1], match[2]


def _rule(name: str, value: object) -> int:
    number = _id(name, value)
    if number > 99:
        raise _wrong(name, "must be a rule number from 1 to 99", "须为 1 到 99 的条件序号")
    return number


def _hours(name: str, value: object) -> float:
    try:
        hours = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        hours = math.nan
    if not 0 < hours <= HOURS_MAX:
        raise _wrong(name, f"must be hours, more than 0 and at most {HOURS_MAX}", f"须大于 0 且不超过 {HOURS_MAX} 小时")
    return hours


def _moment(name: str, value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise _wrong(
            name,
            "must be a time with its zone, such as 2026-11-30T18:00:00+08:00",
            "须为带时区的时间,如 2026-11-30T18:00:00+08:00",
        )
    return moment


def _case(name: str, value: object) -> str:
    if not isinstance(value, str) or not CASE_NUMBER.fullmatch(value):
        raise _wrong(name, "must be a case number such as 20261122-000731", "须为案件编号,如 20261122-000731")
    return value


def _rating(name: str, value: object) -> int:
    stars = _id(name, value)
    if stars > STARS_MAX:
        raise _wrong(name, "must be 1 to 5 stars", "须为 1 到 5 星")
    return stars


READERS: dict[str, Callable[[str, object], Any]] = {
    "text": _text,
    "photos": _photos,
    "class": _class,
    "rule": _rule,
    "unit": _id,
    "units": _ids,
    "reason": _code,
    "return_rule": _code,
    "hours": _hours,
    "datetime": _moment,
    "case": _case,
    "rating": _rating,
}
"""How each kind of field is read."""
