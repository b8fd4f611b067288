"""The 24 indicators, once, as data: which cases are counted below, which of them above, and who answers for it.

Names: CJ/T 292 and GB/T 30428.4, from memory; the exact conditions are ours and stand in `TERMS`. All of them follow the cases that were
*reported* in the period up to the moment of the answer. A condition here is a name; its SQL stands in `queries/terms.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

RULES_VERSION = 2
"""Raised whenever the meaning of a condition or an indicator changes; part of every answer's query version."""
HIGH, LOW, NEITHER = "high", "low", "informational"
PUBLIC_SOURCES = ("citizen", "hotline", "open311", "media", "letter")
"""Sources that are the public's."""


@dataclass(frozen=True, slots=True)
class Term:
    """One named condition on a case, in words."""

    zh: str
    en: str


TERMS: dict[str, Term] = {
    "all": Term("周期内上报的案件", "reported in the period"),
    "by_collector": Term("采集员上报", "reported by a collector"),
    "by_public": Term("公众上报(市民、热线、Open311、媒体、信访)", "reported by the public (app, hotline, Open311, media, letters)"),
    "valid": Term("有效:已受理过或现场自行处置", "valid: was registered once, or fixed on the spot"),
    "component": Term("部件类", "about a component, which a patrol must see"),
    "registered": Term("已受理过", "was registered"),
    "filed": Term("已立案", "was filed"),
    "filed_once": Term("只立案一次且从未被单位回退", "filed once, and no unit returned it"),
    "verify_due": Term("核实应完成:已完成或时限已过", "verification done, or its time over"),
    "verify_ontime": Term("最后一次核实在时限内完成", "the last verification was done in time"),
    "check_due": Term("核查应完成:已完成或时限已过", "check done, or its time over"),
    "check_ontime": Term("最后一次核查在时限内完成", "the last check was done in time"),
    "filing_timed": Term("已立案且留有立案时限", "filed, and its filing deadline is kept"),
    "filing_ontime": Term("在立案时限内立案", "filed within the deadline of that step"),
    "dispatch_due": Term("应派遣:已立案且已派遣,或派遣时限已过", "filed, and dispatched or past the time for it"),
    "dispatch_timed": Term("应派遣且留有派遣时限", "due for dispatch, and that deadline is kept"),
    "dispatched": Term("已派遣", "was dispatched"),
    "dispatch_ontime": Term("在派遣时限内派遣", "dispatched within the deadline of that step"),
    "never_returned": Term("单位未回退", "no unit returned it"),
    "wrongly_returned": Term("回退后仍由同一单位承办", "returned by the unit that has it again"),
    "handle_due": Term("应处置:已派遣,且已办结或时限已过(停表不计,并案、作废、撤回除外)",
                       "due for handling: dispatched, and finished or past the limit (not while the clock stands; without merged, voided, withdrawn)"),
    "accepted": Term("办结且核查通过", "finished, and the check passed"),
    "finished_ontime": Term("在处置时限内办结(扣除停表)", "finished within the limit, pauses taken off"),
    "finished_late": Term("超过处置时限后办结", "finished after the limit"),
    "unfinished": Term("时限已过仍未办结", "past the limit and not finished"),
    "replied": Term("单位反馈过办结", "the unit said once that it was done"),
    "reworked": Term("核查不通过、被退回或经异议重办", "failed a check, was sent back, or reopened after a dispute"),
    "delayed": Term("批准过延期", "a delay was granted"),
    "was_suspended": Term("批准过挂账", "a suspension was granted"),
    "close_due": Term("应结案:已立案,且已结案或时限已过(挂账中、并案、作废、撤回除外)",
                      "due for closing: filed, and closed or past the limit (without suspended, merged, voided, withdrawn)"),
    "closed": Term("已结案", "closed"),
    "self_handled": Term("采集员现场自行处置", "fixed by the collector on the spot"),
    "rated": Term("有评价", "rated by who reported it"),
    "satisfied": Term("评价四星及以上", "rated four stars or five"),
    "repeated": Term("同一单元网格同一小类在周期内立案三件及以上", "in a cell and class with three or more filed in the period"),
}  # fmt: skip
"""Every condition, in words, as the documentation and the screens show it."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. `actor` names the person who answers for a case, or is empty where a unit or the whole city does.

    `unclocked` counts cases that cannot be judged because their history was written before each step kept its deadline.
    """

    id: str
    zh: str
    en: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    direction: str
    scored: str
    actor: str = ""
    unclocked: tuple[str, ...] = ()


INDICATORS: tuple[Indicator, ...] = (
    Indicator("report_valid_rate", "有效上报率", "valid reports", ("valid",), ("by_collector",), HIGH, "collector", "reporter"),
    Indicator("public_report_rate", "公众举报率", "share reported by the public", ("by_public",), ("valid",), NEITHER, "region"),
    Indicator("verify_ontime_rate", "按时核实率", "verified in time", ("verify_ontime",), ("verify_due",), HIGH, "collector", "verifier",
              ("verify_unclocked",)),
    Indicator("check_ontime_rate", "按时核查率", "checked in time", ("check_ontime",), ("check_due",), HIGH, "collector", "checker",
              ("check_unclocked",)),
    Indicator("missed_rate", "漏报率", "missed by patrols", ("by_public", "component"), ("valid",), LOW, "collector"),
    Indicator("filing_rate", "立案率", "filed", ("filed",), ("registered",), NEITHER, "acceptor", "registrar"),
    Indicator("filing_accurate_rate", "准确立案率", "filed rightly", ("filed_once",), ("filed",), HIGH, "acceptor", "filer"),
    Indicator("filing_ontime_rate", "按时立案率", "filed in time", ("filing_ontime",), ("filing_timed",), HIGH, "acceptor", "filer",
              ("filing_unclocked",)),
    Indicator("dispatch_rate", "派遣率", "dispatched", ("dispatched",), ("dispatch_due",), HIGH, "dispatcher", "dispatcher"),
    Indicator("dispatch_accurate_rate", "准确派遣率", "dispatched rightly", ("never_returned",), ("dispatched",), HIGH, "dispatcher", "dispatcher"),
    Indicator("dispatch_ontime_rate", "按时派遣率", "dispatched in time", ("dispatch_ontime",), ("dispatch_timed",), HIGH, "dispatcher",
              "dispatcher", ("dispatch_unclocked",)),
    Indicator("handle_rate", "处置率", "handled", ("accepted",), ("handle_due",), HIGH, "unit"),
    Indicator("handle_ontime_rate", "按期处置率", "handled in time", ("finished_ontime",), ("handle_due",), HIGH, "unit"),
    Indicator("overdue_rate", "超期处置率", "handled late", ("finished_late",), ("handle_due",), LOW, "unit"),
    Indicator("not_handled_rate", "超期未处置率", "late and not handled", ("unfinished",), ("handle_due",), LOW, "unit"),
    Indicator("rework_rate", "返工率", "reworked", ("reworked",), ("replied",), LOW, "unit"),
    Indicator("return_rate", "推诿/回退率", "wrongly returned", ("wrongly_returned",), ("dispatched",), LOW, "unit"),
    Indicator("delay_rate", "缓办率", "delayed", ("delayed",), ("handle_due",), LOW, "unit"),
    Indicator("suspend_rate", "挂账率", "suspended", ("was_suspended",), ("filed",), LOW, "unit"),
    Indicator("close_rate", "结案率", "closed", ("closed",), ("close_due",), HIGH, "all"),
    Indicator("close_ontime_rate", "按期结案率", "closed in time", ("closed", "finished_ontime"), ("close_due",), HIGH, "all"),
    Indicator("self_handle_rate", "自行处置率", "fixed on the spot", ("self_handled",), ("by_collector", "valid"), HIGH, "collector", "reporter"),
    Indicator("satisfaction_rate", "公众满意率", "satisfied", ("satisfied",), ("rated",), HIGH, "all"),
    Indicator("repeat_rate", "复发率", "came back", ("repeated",), ("filed",), LOW, "region"),
)  # fmt: skip
"""In the order of the standard's table (`data/standards/indicators.csv`; a test keeps both together)."""
BY_ID = {one.id: one for one in INDICATORS}
ROLES: dict[str, tuple[str, str]] = {
    "reporter": ("上报人", "who reported"),
    "verifier": ("核实人", "who verified"),
    "checker": ("核查人", "who checked"),
    "registrar": ("受理人", "who registered"),
    "filer": ("立案人", "who filed"),
    "dispatcher": ("派遣人", "who dispatched"),
}
"""In which part a person answers for a case."""
HEADLINES = ("close_rate", "handle_ontime_rate", "rework_rate", "satisfaction_rate", "overdue_rate", "repeat_rate")
"""Those that a screen and the monthly report show first."""


def terms_of(indicator: Indicator, part: str) -> tuple[str, ...]:
    """The conditions of `denominator` or `numerator`: what is counted above is always counted below too."""
    if part == "denominator":
        return indicator.denominator
    return tuple(dict.fromkeys((*indicator.denominator, *indicator.numerator)))


def value(numerator: int, denominator: int) -> float | None:
    """The share, rounded to a hundred-thousandth so that it is the same everywhere; None of nothing."""
    return round(numerator / denominator, 5) if denominator else None
