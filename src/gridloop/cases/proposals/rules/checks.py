"""What has to be true of a proposal: every field by its kind, and what only the whole row can get wrong; each refusal is a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from gridloop.cases.proposals.rules import days, placeholders
from gridloop.cases.proposals.rules.fields import CHOICE, DAYS, DEPT, FLAG, MANY, NUMBER, PERIODS, UNIT, WHOLE, Field
from gridloop.cases.proposals.rules.tables import Table
from gridloop.cases.rules.calendars import WorkHours
from gridloop.cases.rules.clock import NATURAL_HOUR, WORKING_DAY, WORKING_HOUR
from gridloop.kernel.errors import Malformed

Wrong = dict[str, tuple[str, str]]
"""Field -> what is wrong with it, English and Chinese."""
WHY_CHARS_MAX = 500
AHEAD_MAX = timedelta(days=3 * 366)
LIMIT_MAX: Mapping[str, float] = {NATURAL_HOUR: 8784, WORKING_HOUR: 2000, WORKING_DAY: 250}
"""A year in each unit: a longer limit is a slip of the pen, and the working calendar ends some years ahead."""
BUDGET_HOURS_MAX = 8784
SOON_MINUTES_MAX = 120  # the ladder looks two hours ahead
EMPTY = ("write something here", "请填写")


def checked(table: Table, parts: Mapping[str, str], values: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The values as they would be kept, every column of the table among them; Malformed with every fault that they have."""
    wrong: Wrong = {}
    unknown = sorted(set(values) - {one.name for one in table.fields})
    for name in unknown:
        wrong[name[:40]] = (f"{table.en} has no such column", f"{table.zh}没有这一列")
    kept: dict[str, Any] = {}
    for one in table.fields:
        try:
            kept[one.name] = _read(one, values.get(one.name))
        except _Fault as fault:
            wrong[one.name] = (fault.en, fault.zh)
    if not wrong:
        check = WHOLE_ROW.get(table.name)
        if check is not None:
            check(kept, parts, wrong, today)
    refuse(wrong)
    return kept


def refuse(wrong: Wrong) -> None:
    """Raises Malformed where anything is wrong, with all of it."""
    if wrong:
        en = "; ".join(f"{name}: {pair[0]}" for name, pair in wrong.items())
        zh = ";".join(f"{name}:{pair[1]}" for name, pair in wrong.items())
        raise Malformed(
            f"this cannot be proposed: {en}",
            zh=f"不能提交:{zh}",
            fields={name: pair[0] for name, pair in wrong.items()},
        )


def check_words(why: str, valid_from: date, *, today: date, four_eyes: bool) -> None:
    """A proposal says why, and holds from a day that leaves the cases of today as they are; Malformed otherwise."""
    wrong: Wrong = {}
    if not 1 <= len(why.strip()) <= WHY_CHARS_MAX or "\x00" in why:
        wrong["why"] = (
            f"say why in 1 to {WHY_CHARS_MAX} characters, for the ledger",
            f"请用 1 至 {WHY_CHARS_MAX} 字说明理由,记入台账",
        )
    first = today + timedelta(days=1) if four_eyes else today
    if valid_from < first:
        wrong["valid_from"] = (
            (f"a day after {today}, so that no case of today is changed", f"须晚于 {today},以免影响当日案件")
            if four_eyes
            else (f"not before {today}: what has been said stays said", f"不得早于 {today}")
        )
    elif valid_from > today + AHEAD_MAX:
        wrong["valid_from"] = ("within three years from today", "须在三年以内")
    refuse(wrong)


def _read(one: Field, value: Any) -> Any:
    reader: Callable[[Field, Any], Any] = READ.get(one.kind) or _text
    return reader(one, value)


class _Fault(Exception):
    """What is wrong with one field, English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def _text(one: Field, value: Any) -> str:
    if value is None:
        value = ""
    if not isinstance(value, str) or "\x00" in value:
        raise _Fault("a text", "须为文字")
    bare = value.strip()
    if not bare and not one.may_be_empty:
        raise _Fault(*EMPTY)
    if len(bare) > one.most:
        raise _Fault(f"at most {one.most:g} characters", f"最多 {one.most:g} 字")
    return bare


def _number(_one: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise _Fault("a number greater than 0", "须为大于 0 的数")
    return float(value)


def _whole(one: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= one.most:
        raise _Fault(f"a whole number from 0 to {one.most:g}", f"须为 0 至 {one.most:g} 的整数")
    return value


def _choice(one: Field, value: Any) -> str:
    codes = [code for code, _, _ in one.choices]
    if one.may_be_empty and value in (None, ""):
        return ""
    if value not in codes:
        raise _Fault(f"one of {', '.join(codes)}", "须为:" + "、".join(zh for _, zh, _ in one.choices))
    return str(value)


def _many(one: Field, value: Any) -> list[str]:
    codes = [code for code, _, _ in one.choices]
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not value
        or any(item not in codes for item in value)
    ):
        raise _Fault(f"at least one of {', '.join(codes)}", "至少选一项:" + "、".join(zh for _, zh, _ in one.choices))
    return [code for code in codes if code in value]


def _flag(_one: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Fault("yes or no", "须为是或否")
    return value


def _unit(one: Field, value: Any) -> int | None:
    if value in (None, "") and one.may_be_empty:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Fault("the number of a unit", "须为单位编号")
    return value


def _dept(one: Field, value: Any) -> str:
    text = value if isinstance(value, str) else ""
    if not text and not one.may_be_empty:
        raise _Fault(*EMPTY)
    if len(text) > 40 or (text and not text.replace("_", "").isalnum()):
        raise _Fault("the code of a kind of department", "须为部门类型代码")
    return text


def _periods(_one: Field, value: Any) -> str:
    """Working periods in order, such as 08:30-12:00,14:00-18:00."""
    text = value.replace(" ", "") if isinstance(value, str) else ""
    fault = _Fault(
        "periods in order that do not overlap, such as 08:30-12:00,14:00-18:00",
        "时段须依次且不重叠,如 08:30-12:00,14:00-18:00",
    )
    try:
        periods = WorkHours.parsed(text).periods
    except ValueError:
        raise fault from None
    edges = [moment for period in periods for moment in period]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise fault
    return ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in periods)


def _days(_one: Field, value: Any) -> list[dict[str, str]]:
    return days.read(value)


READ: Mapping[str, Callable[[Field, Any], Any]] = {
    NUMBER: _number, WHOLE: _whole, CHOICE: _choice, MANY: _many, FLAG: _flag, UNIT: _unit, DEPT: _dept, PERIODS: _periods, DAYS: _days,
}  # fmt: skip


def _limit(kept: Mapping[str, Any], names: Sequence[str], wrong: Wrong) -> None:
    most = LIMIT_MAX[kept["limit_unit"]]
    for name in names:
        if kept[name] > most:
            wrong[name] = (f"at most {most:g} in this unit, a year", f"该单位下最多 {most:g},即一年")


def _rule(kept: Mapping[str, Any], _parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    _limit(kept, ("limit_value", "tier_a", "tier_b", "tier_c"), wrong)
    if not kept["tier_a"] <= kept["tier_b"] <= kept["tier_c"]:
        wrong["tier_a"] = (
            "tier A is the strictest: its limit is not longer than that of B, nor that of B longer than that of C",
            "A 类区域要求最严:A 类时限不长于 B 类,B 类不长于 C 类",
        )


def _stage(kept: Mapping[str, Any], _parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    _limit(kept, ("limit_value",), wrong)


def _class(kept: Mapping[str, Any], parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    if kept["class_code"] != parts["code"][:2]:
        wrong["class_code"] = (
            f"the first two digits of {parts['code']}: {parts['code'][:2]} (GB/T 30428.2)",
            f"须为小类代码 {parts['code']} 的前两位 {parts['code'][:2]}(GB/T 30428.2)",
        )


def _ladder(kept: Mapping[str, Any], _parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    if kept["moment"] == "soon" and not 1 <= kept["minutes"] <= SOON_MINUTES_MAX:
        wrong["minutes"] = (
            f"a rung before the deadline lies 1 to {SOON_MINUTES_MAX} minutes before it",
            f"到期前提醒须在 1 至 {SOON_MINUTES_MAX} 分钟内",
        )


def _route(kept: Mapping[str, Any], parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    if kept["unit_id"] is None and not kept["dept_kind"]:
        wrong["unit_id"] = ("a routing rule names a unit or a kind of department", "路由规则须指定单位或部门类型")
    if parts["class_prefix"] and not parts["class_kind"]:
        wrong["key"] = ("a prefix of classes needs the kind, component or event", "填写类别前缀时须选择部件或事件")


def _template(kept: Mapping[str, Any], _parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    for name in ("title_zh", "title_en", "text_zh", "text_en"):
        fault = placeholders.fault(kept[name])
        if fault is not None:
            wrong[name] = fault


def _suspend(kept: Mapping[str, Any], _parts: Mapping[str, str], wrong: Wrong, _today: date) -> None:
    if kept["budget_hours"] > BUDGET_HOURS_MAX:
        wrong["budget_hours"] = (f"at most {BUDGET_HOURS_MAX} hours, a year", f"最多 {BUDGET_HOURS_MAX} 小时,即一年")
    for name in ("proof_zh", "proof_en"):
        if kept["proof"] and not kept[name]:
            wrong[name] = ("say what has to be shown", "请写明须提供的凭证")


def _calendar(kept: Mapping[str, Any], parts: Mapping[str, str], wrong: Wrong, today: date) -> None:
    fault = days.fault(kept["days"], year=int(parts["year"]), today=today)
    if fault is not None:
        wrong["days"] = fault


WHOLE_ROW: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, str], Wrong, date], None]] = {
    "rule": _rule, "stage": _stage, "class": _class, "ladder": _ladder, "route": _route, "template": _template, "suspend": _suspend, "calendar": _calendar,
}  # fmt: skip
