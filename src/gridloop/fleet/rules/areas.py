"""What a fence, a rule, a permit, a declared route and an occasion must say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from gridloop.fleet.rules.kinds import RULE_KINDS, RuleKind, Severity, VehicleKind
from gridloop.fleet.rules.params import SHAPES, checked_params
from gridloop.fleet.rules.plates import plate_of
from gridloop.fleet.rules.register import checked_area, checked_code, checked_text
from gridloop.fleet.rules.spans import HOLIDAYS, checked_weekly
from gridloop.kernel.errors import Malformed

NAMED_MAX = 200
PERMIT_KINDS: dict[str, tuple[str, str]] = {
    "hazmat_zone": ("危险货物限行区域通行证", "hazardous-goods zone permit"),
    "explosives_transport": ("民用爆炸物品运输许可证", "explosives transport permit"),
    "waste_transport": ("建筑垃圾准运证", "construction-waste permit"),
    "night_unloading": ("夜间装卸通行证", "night unloading permit"),
    "event_access": ("活动通行证", "event access permit"),
}
"""Kinds of permit that this city issues; a city that issues others names them by their code."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as somebody writes it; see the model. `valid_to` ends it by itself."""

    code: str
    kind: str
    name_zh: str
    name_en: str = ""
    fences: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    weekly: tuple[Any, ...] = ()
    holidays: str = ""
    occasion: str = ""
    permit_kinds: tuple[str, ...] = ()
    severity: str = "high"
    case_class: str = ""
    source: str = ""
    confidence: str = "local"
    area: str = ""
    valid_to: datetime | None = None
    synthetic: bool = False

    def said(self) -> dict[str, Any]:
        """The same as plain values, for a proposal and for the ledger."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return plain | {"valid_to": self.valid_to.isoformat() if self.valid_to else None}


@dataclass(frozen=True, slots=True)
class NewPermit:
    """A permit as somebody issues it."""

    number: str
    kind: str
    plate: str
    valid_from: datetime
    valid_to: datetime
    fences: tuple[str, ...] = ()
    weekly: tuple[Any, ...] = ()
    issuer: str = ""
    synthetic: bool = False


def checked_rule(said: NewRule) -> NewRule:
    """The rule as it will be kept, with the usual numbers filled in; Malformed for the first thing that is wrong. Names of fences and lists are looked up elsewhere."""
    kind = _kind(said.kind)
    needs = SHAPES[kind].fences
    if needs == "needed" and not said.fences:
        raise _wrong(
            "fences", f"a rule of kind {kind} names at least one fence", f"“{RULE_KINDS[kind][0]}”规则须指定围栏"
        )
    if needs == "none" and said.fences:
        raise _wrong(
            "fences",
            f"a rule of kind {kind} holds everywhere and names no fence",
            f"“{RULE_KINDS[kind][0]}”规则不指定围栏",
        )
    if said.severity not in set(Severity):
        raise _wrong("severity", f"severity is one of {', '.join(Severity)}", f"级别须为 {'、'.join(Severity)} 之一")
    if said.holidays not in HOLIDAYS:
        raise _wrong("holidays", "holidays are '' (any day), 'only' or 'never'", "节假日须为空、only 或 never")
    if said.case_class and said.case_class.partition(":")[0] not in {"event", "component"}:
        raise _wrong("case_class", "a class is written as event:0116", "类别写作 event:0116")
    for one in said.kinds:
        if one not in set(VehicleKind):
            raise _wrong("kinds", f"'{one[:30]}' is no kind of vehicle", f"没有车辆类别“{one[:30]}”")
    return replace(
        said, code=checked_code("code", said.code), name_zh=checked_text("name_zh", said.name_zh, needed=True), name_en=checked_text("name_en", said.name_en),
        fences=_codes("fences", said.fences), kinds=tuple(sorted(set(said.kinds))), firms=_texts("firms", said.firms), lists=_codes("lists", said.lists),
        plates=tuple(sorted({plate_of(one) for one in _texts("plates", said.plates)})), params=checked_params(kind, said.params),
        weekly=tuple(checked_weekly(said.weekly)), occasion=checked_code("occasion", said.occasion) if said.occasion else "",
        permit_kinds=_codes("permit_kinds", said.permit_kinds), case_class=checked_text("case_class", said.case_class, chars_max=20),
        source=checked_text("source", said.source, chars_max=500), confidence=checked_text("confidence", said.confidence, chars_max=60),
        area=checked_area(said.area),
    )  # fmt: skip


def checked_permit(said: NewPermit) -> NewPermit:
    """The permit as it will be kept; Malformed for the first thing that is wrong."""
    if said.valid_from >= said.valid_to:
        raise _wrong("valid_to", "a permit ends after it begins", "许可的截止时间须晚于起始时间")
    return replace(
        said, number=checked_code("number", said.number), kind=checked_code("kind", said.kind), plate=plate_of(said.plate),
        fences=_codes("fences", said.fences), weekly=tuple(checked_weekly(said.weekly)), issuer=checked_text("issuer", said.issuer),
    )  # fmt: skip


def is_critical(severity: str) -> bool:
    """Whether a rule of this severity is changed by two people only."""
    return severity == Severity.CRITICAL


def _kind(kind: str) -> RuleKind:
    try:
        return RuleKind(kind)
    except ValueError:
        raise _wrong(
            "kind",
            f"'{kind[:30]}' is no kind of rule; there are {', '.join(RuleKind)}",
            f"没有规则类型“{kind[:30]}”;可用:{'、'.join(RuleKind)}",
        ) from None


def _codes(name: str, said: tuple[str, ...]) -> tuple[str, ...]:
    _few(name, said)
    return tuple(sorted({checked_code(name, one) for one in said}))


def _texts(name: str, said: tuple[str, ...]) -> tuple[str, ...]:
    _few(name, said)
    return tuple(sorted({checked_text(name, one, needed=True) for one in said}))


def _few(name: str, said: tuple[str, ...]) -> None:
    if len(said) > NAMED_MAX:
        raise _wrong(
            name, f"at most {NAMED_MAX} can be named; make a list of vehicles", f"最多 {NAMED_MAX} 项,请改用名单"
        )


def _wrong(name: str, en: str, zh: str) -> Malformed:
    return Malformed(en, zh=zh, fields={name: en})
