"""The master tables that can be changed: what names a row, which columns it has, who may propose, and what needs a second pair of eyes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloop.cases.proposals.rules.fields import (
    ABOUTS,
    CASE_KINDS,
    DAYS,
    DEPT,
    FLAG,
    GEOMETRIES,
    LIMIT_UNITS,
    MANY,
    MOMENTS,
    NUMBER,
    PERIODS,
    SAID,
    STATES,
    TIERS,
    TOLD,
    UNIT,
    URGENCIES,
    WHOLE,
    Field,
    both,
    choice,
    limit,
    text,
)  # fmt: skip
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound

WIDE = (Duty.SHIFT_LEADER, Duty.SUPERVISOR, Duty.ADMIN)
NARROW = (Duty.SUPERVISOR, Duty.ADMIN)
SECOND = (Duty.SUPERVISOR, Duty.ADMIN)
"""Who may be the second pair of eyes."""
CITY_HOURS = "city"
"""The key of the working hours that hold where a unit has none of its own."""
SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `key` names a row, `fields` are what a change may say, `moves` says that every change moves deadlines."""

    name: str
    zh: str
    en: str
    key: tuple[Field, ...]
    fields: tuple[Field, ...]
    proposers: tuple[Duty, ...] = NARROW
    moves: bool = False
    may_add: bool = True
    may_end: bool = True

    @property
    def key_pattern(self) -> re.Pattern[str]:
        """What a key of this table looks like."""
        return re.compile(KEYS[self.name])

    def parts(self, key: str) -> dict[str, str]:
        """The columns that a key names; raises Malformed with a sentence."""
        if not self.key_pattern.fullmatch(key):
            sentence_en, sentence_zh = KEY_SENTENCES[self.name]
            raise Malformed(
                f"'{key[:60]}' cannot be the key of a row here: {sentence_en}",
                zh=f"“{key[:60]}”不能作为该表的代码:{sentence_zh}",
                fields={"key": sentence_en},
            )
        return dict(zip((one.name for one in self.key), key.split(SEPARATOR), strict=True))


CODE = text("code", "代码", "Code")
NAMES = both("name", "名称", "Name")
RULE_FIELDS = (
    *both("condition", "立案条件", "Filing condition", long=True),
    limit("limit_value", "处置时限", "Limit"),
    choice("limit_unit", "时限单位", "Unit of the limit", LIMIT_UNITS, moves=True),
    limit("tier_a", "A 类区域时限", "Limit in tier A"),
    limit("tier_b", "B 类区域时限", "Limit in tier B"),
    limit("tier_c", "C 类区域时限", "Limit in tier C"),
    choice("urgency", "紧急程度", "Urgency", URGENCIES),
    *both("closing", "结案条件", "Closing condition", long=True, may_be_empty=True),
)
CLASS_FIELDS = (
    *NAMES,
    text("class_code", "大类代码", "Code of the class"),
    *both("class", "大类", "Class"),
    Field("dept_kind", DEPT, "主管部门类型", "Kind of department"),
    choice("geometry", "几何类型", "Geometry", GEOMETRIES),
    choice("urgency", "紧急程度", "Urgency", URGENCIES),
)
LADDER_FIELDS = (
    *NAMES,
    choice("about", "针对", "About", ABOUTS, moves=True),
    choice("moment", "时机", "Moment", MOMENTS, moves=True),
    Field("minutes", WHOLE, "分钟", "Minutes", moves=True, most=100_000),
    Field("duties", MANY, "通知谁", "Who is told", TOLD, moves=True),
    Field("level", WHOLE, "升级级别", "Level", moves=True, most=3),
)
ROUTE_KEY = (
    Field("priority", WHOLE, "优先级", "Priority", most=1000),
    choice("class_kind", "类别性质", "Kind of class", CASE_KINDS, may_be_empty=True),
    text("class_prefix", "类别代码前缀", "Prefix of the class", may_be_empty=True),
    text("area", "区域代码前缀", "Area prefix", may_be_empty=True),
)
ROUTE_FIELDS = (
    Field("unit_id", UNIT, "责任单位", "Unit", may_be_empty=True),
    Field("dept_kind", DEPT, "部门类型", "Kind of department", may_be_empty=True),
    *both("note", "说明", "Note", may_be_empty=True),
)
SUSPEND_FIELDS = (
    *NAMES,
    Field("budget_hours", NUMBER, "挂账时长上限(自然时)", "Budget, natural hours", moves=True),
    Field("proof", FLAG, "须有凭证", "Must be shown"),
    *both("proof", "凭证", "Proof", may_be_empty=True),
)
TEMPLATE_FIELDS = (
    choice("verb", "步骤", "Step", SAID),
    *both("title", "标题", "Title"),
    *both("text", "正文", "Text", long=True),
)
TABLES: tuple[Table, ...] = (
    Table("class", "类别", "Classes", (choice("kind", "性质", "Kind", CASE_KINDS), text("code", "小类代码", "Code")), CLASS_FIELDS),
    Table("rule", "立案条件与时限", "Filing rules and limits", (choice("kind", "性质", "Kind", CASE_KINDS), text("code", "小类代码", "Code"), Field("rule_no", WHOLE, "序号", "Number", most=99)), RULE_FIELDS),
    Table("stage", "环节时限", "Stage limits", (choice("state", "环节", "State", STATES),), (limit("limit_value", "时限", "Limit"), choice("limit_unit", "时限单位", "Unit of the limit", LIMIT_UNITS, moves=True)), proposers=WIDE, moves=True),
    Table("tier", "区域等级", "Tiers of areas", (text("area", "区域代码前缀", "Area prefix"),), (choice("tier", "等级", "Tier", TIERS, moves=True),), moves=True),
    Table("ladder", "升级阶梯", "Escalation ladder", (CODE,), LADDER_FIELDS),
    Table("hours", "工作时间", "Working hours", (Field("unit", UNIT, "单位", "Unit"),), (Field("periods", PERIODS, "工作时段", "Working periods", moves=True),), proposers=WIDE, moves=True),
    Table("calendar", "工作日历", "Working calendar", (text("calendar", "日历", "Calendar"), text("year", "年份", "Year")), (Field("days", DAYS, "节假日与调休", "Holidays and make-up days", moves=True),), proposers=WIDE, moves=True, may_add=False, may_end=False),
    Table("route", "路由规则", "Routes", ROUTE_KEY, ROUTE_FIELDS, proposers=(Duty.ADMIN,)),
    Table("template", "答复模板", "Answer templates", (CODE,), TEMPLATE_FIELDS, proposers=WIDE),
    Table("return", "回退依据", "Return rules", (CODE,), NAMES, proposers=WIDE),
    Table("refusal", "不予立案理由", "Reasons for refusing", (CODE,), NAMES, proposers=WIDE),
    Table("suspend", "挂账理由", "Reasons for suspending", (CODE,), SUSPEND_FIELDS, proposers=WIDE),
)  # fmt: skip
"""In the order of the console's list."""
CODE_KEY = r"[a-z0-9_]{1,40}"
STANDARD_CODE = (
    r"(0[1-9]|[1-9][0-9])(0[1-9]|[1-9][0-9])"  # class 2 digits + subclass 2 digits, neither 00 (GB/T 30428.2)
)
KEYS: Mapping[str, str] = {
    "class": rf"(component|event):{STANDARD_CODE}",
    "rule": rf"(component|event):{STANDARD_CODE}:[1-9][0-9]?",
    "stage": "|".join(code for code, _, _ in STATES),
    "tier": r"[0-9]{2,15}",
    "ladder": CODE_KEY,
    "hours": rf"{CITY_HOURS}|[1-9][0-9]{{0,17}}",
    "calendar": r"[a-z]{2,20}:20[0-9]{2}",
    "route": r"(1000|[0-9]{1,3}):(component|event|):([0-9]{0,4}):([0-9]{0,15})",
    "template": CODE_KEY,
    "return": CODE_KEY,
    "refusal": CODE_KEY,
    "suspend": CODE_KEY,
}
CODE_SENTENCE = ("a code has 1 to 40 small letters, digits and _", "代码由 1 至 40 个小写字母、数字和 _ 组成")
CLASS_SENTENCE = (
    "kind and four digits, class and subclass of GB/T 30428.2, such as event:0102; neither pair is 00",
    "性质加四位数字,即 GB/T 30428.2 的大类和小类各两位,如 event:0102,均不为 00",
)
KEY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "class": CLASS_SENTENCE,
    "rule": (f"{CLASS_SENTENCE[0]}, then : and the number of the rule, 1 to 99", f"{CLASS_SENTENCE[1]},后接冒号和条件序号(1 至 99)"),
    "stage": ("an open state of the loop", "须为流程中的未结状态"),
    "tier": ("2 to 15 digits of a division code", "须为 2 至 15 位区划代码前缀"),
    "hours": ("'city', or the number of a unit", "须为 city 或单位编号"),
    "calendar": ("calendar and year, such as cn:2027", "须为日历和年份,如 cn:2027"),
    "route": ("priority:kind:class prefix:area, such as 100:event:01:3502", "须为 优先级:性质:类别前缀:区域,如 100:event:01:3502"),
    **dict.fromkeys(("ladder", "template", "return", "refusal", "suspend"), CODE_SENTENCE),
}  # fmt: skip
BY_NAME: Mapping[str, Table] = {one.name: one for one in TABLES}


def table_named(name: str) -> Table:
    """The table of this name; raises NotFound."""
    found = BY_NAME.get(name)
    if found is None:
        raise NotFound(
            f"there is no master table '{name[:40]}'; there are: {', '.join(BY_NAME)}",
            zh=f"没有基础表“{name[:40]}”;可用:{'、'.join(BY_NAME)}",
        )
    return found


def four_eyes(table: Table, before: Mapping[str, Any] | None, values: Mapping[str, Any], *, ends: bool) -> bool:
    """Whether a second person has to confirm: where deadlines move, where time stops, or where people are told sooner or later."""
    moving = [one.name for one in table.fields if one.moves]
    if table.moves:
        return True
    if ends or before is None:
        return bool(moving)
    return any(before.get(name) != values.get(name) for name in moving)
