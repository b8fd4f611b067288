"""What the monthly report says, before it is drawn: answers of the statistics and a summary in plain words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from gridloop.cases.evaluation.queries import answers
from gridloop.cases.evaluation.queries.scope import Reach
from gridloop.cases.evaluation.rules import question as questions
from gridloop.cases.evaluation.rules.indicators import BY_ID, HEADLINES, INDICATORS
from gridloop.cases.evaluation.rules.question import Question

LEAGUE_LEAST = 20
"""Units with fewer cases due are not ranked: chance would rank them."""
WORST = 8
"""Lines of the shorter tables, so that they share a page."""
HEAT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Report:
    """All answers of one month, and those of the month before where the report compares."""

    language: str
    first: dt.date
    last: dt.date
    now: dict[str, Any]
    before: dict[str, Any]
    league: dict[str, Any]
    trend: dict[str, Any]
    classes: dict[str, Any]
    stopclock: dict[str, Any]
    heat: dict[str, Any]

    @property
    def chinese(self) -> bool:
        """Whether it is written in Chinese."""
        return self.language == "zh"

    def pick(self, zh: str, en: str) -> str:
        """The words of the report's language."""
        return zh if self.chinese else en

    def name(self, answer: dict[str, Any], group: str) -> str:
        """The name of a group of an answer, or its code."""
        pair = answer["names"].get(group)
        return (pair[0] if self.chinese else pair[1]) or group if pair else group

    @property
    def title(self) -> str:
        """Its heading."""
        return self.pick(
            f"{self.first.year}年{self.first.month}月城市管理综合评价报告",
            f"City management: report for {self.first:%B %Y}",
        )

    @property
    def cite(self) -> dict[str, Any]:
        """What the figures of the month can be held to."""
        found: dict[str, Any] = self.now["cite"]
        return found


def gathered(month: str, reach: Reach, *, language: str, at: dt.datetime) -> Report:
    """Everything that the report of a month needs; about fifteen statements."""
    first, last = questions.month(month)
    whole = questions.checked(Question(first, last, areas=reach.areas, units=reach.units))
    first_before, last_before = questions.month_before(first)
    before = replace(whole, first=first_before, last=last_before)
    weeks = replace(whole, first=first - dt.timedelta(days=first.weekday() + 7 * 8), step="week")
    league = {"indicator_id": "handle_ontime_rate", "least": LEAGUE_LEAST}
    return Report(
        language, first, last,
        now=answers.answer("indicators", whole, at=at),
        before=answers.answer("indicators", before, at=at),
        league=answers.answer("league", replace(whole, by="unit"), at=at, more=league),
        trend=answers.answer("trend", weeks, at=at),
        classes=answers.answer("indicators", replace(whole, by="class"), at=at),
        stopclock=answers.answer("stopclock", replace(whole, by="unit"), at=at),
        heat=answers.answer("heat", replace(whole, by="area", level=HEAT_DIGITS), at=at),
    )  # fmt: skip


def cases(answer: dict[str, Any]) -> int:
    """How many cases an ungrouped answer counted."""
    rows = answer["figures"]["rows"]
    return int(rows[0]["cases"]) if rows else 0


def figure(answer: dict[str, Any], indicator: str) -> dict[str, Any]:
    """One figure of an ungrouped answer; one of nothing where there were no cases."""
    rows = answer["figures"]["rows"]
    return rows[0]["indicators"][indicator] if rows else {"numerator": 0, "denominator": 0, "value": None}


def percent(value: float | None, digits: int = 2) -> str:
    """A share for people."""
    return "—" if value is None else f"{100 * value:.{digits}f} %"


def change(now: float | None, before: float | None) -> str:
    """The change in percentage points."""
    return "—" if now is None or before is None else f"{100 * (now - before):+.2f}"


def table_of_indicators(report: Report) -> list[list[str]]:
    """Rows of name, counted above, counted below, share, change against the month before."""
    rows = []
    for one in INDICATORS:
        now, before = figure(report.now, one.id), figure(report.before, one.id)
        rows.append([
            report.pick(one.zh, one.en), f"{now['numerator']:,}", f"{now['denominator']:,}", percent(now["value"]),
            change(now["value"], before["value"]),
        ])  # fmt: skip
    return rows


def worst_classes(report: Report) -> list[list[str]]:
    """Classes with the most cases that were not finished in time: name, due, late, share in time."""
    rows = []
    for row in report.classes["figures"]["rows"]:
        one = row["indicators"]["handle_ontime_rate"]
        late = one["denominator"] - one["numerator"]
        if late:
            rows.append(
                (
                    late,
                    [
                        report.name(report.classes, row["group"]),
                        f"{one['denominator']:,}",
                        f"{late:,}",
                        percent(one["value"]),
                    ],
                )
            )
    rows.sort(key=lambda pair: (-pair[0], pair[1][0]))
    return [cells for _, cells in rows[:WORST]]


def stopped(report: Report) -> list[list[str]]:
    """Where the clock stood longest: unit, reason, cases, hours."""
    rows = sorted(report.stopclock["figures"]["rows"], key=lambda row: (-row["hours"], row["group"], row["reason"]))
    return [
        [
            report.name(report.stopclock, row["group"]),
            report.name(report.stopclock, row["reason"]),
            f"{row['cases']:,}",
            f"{row['hours']:,.1f}",
        ]
        for row in rows[:WORST]
    ]


def hottest(report: Report) -> list[list[str]]:
    """Villages with the most cases: name, cases, overdue."""
    rows = sorted(report.heat["figures"]["rows"], key=lambda row: (-row["cases"], row["group"]))
    return [[report.name(report.heat, row["group"]), f"{row['cases']:,}", f"{row['late']:,}"] for row in rows[:WORST]]


def league_table(report: Report) -> list[list[str]]:
    """Units: rank, name, due, raw share, corrected share, between which ranks."""
    return [
        [str(row["rank"] or "–"), report.name(report.league, row["group"]), f"{row['denominator']:,}", percent(row["raw"]), percent(row["corrected"] if row["rank"] else None),
         f"{row['rank_best']}–{row['rank_worst']}" if row["rank"] else ""]
        for row in report.league["figures"]["rows"]
    ]  # fmt: skip


def weekly(report: Report, indicator: str) -> list[tuple[str, float | None]]:
    """(first day of the week, share) of one indicator."""
    rows = sorted(report.trend["figures"]["rows"], key=lambda row: row["step"])
    return [(row["step"], row["indicators"][indicator]["value"]) for row in rows]


def summary(report: Report) -> list[str]:
    """The month in a few sentences that need no table."""
    total, before = cases(report.now), cases(report.before)
    if not total:
        return [report.pick("本月没有上报案件。", "No case was reported in this month.")]
    day = total / ((report.last - report.first).days + 1)
    said = [report.pick(f"本月共上报案件 {total:,} 件,日均 {day:,.0f} 件,上月 {before:,} 件。",
                        f"{total:,} cases were reported, {day:,.0f} a day; the month before had {before:,}.")]  # fmt: skip
    for indicator in HEADLINES[:3]:
        one, now, then = BY_ID[indicator], figure(report.now, indicator), figure(report.before, indicator)
        moved = change(now["value"], then["value"])
        said.append(report.pick(
            f"{one.zh}为 {percent(now['value'])}({now['numerator']:,} / {now['denominator']:,} 件),较上月变化 {moved} 个百分点。",
            f"{one.en.capitalize()}: {percent(now['value'])} ({now['numerator']:,} of {now['denominator']:,}), {moved} points against the month before.",
        ))  # fmt: skip
    worst = worst_classes(report)
    if worst:
        said.append(report.pick(f"超期最多的类别是“{worst[0][0]}”,{worst[0][2]} 件;", f"Most late cases: {worst[0][0]}, {worst[0][2]};")
                    + report.pick("各单位对比已按案件类别构成校正。", " units are compared with their mix of classes taken out."))  # fmt: skip
    return said


def held_to(report: Report) -> str:
    """The sentence under every page: what the figures can be held to."""
    cite = report.cite
    root = (cite["checkpoint"] or "—")[:16]
    return report.pick(
        f"数据取自台账位置 {cite['ledger_position']:,},检查点 {root},统计口径 {cite['query_version']};统计对象为本月上报的案件。",
        f"From ledger position {cite['ledger_position']:,}, checkpoint {root}, query version {cite['query_version']}; of the cases reported in the month.",
    )
