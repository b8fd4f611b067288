"""The monthly report as a workbook, with the office program's own charts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from gridloop.cases.evaluation.report import content
from gridloop.cases.evaluation.report.content import Report
from gridloop.cases.evaluation.rules.indicators import BY_ID, INDICATORS

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TREND = ("handle_ontime_rate", "close_rate", "rework_rate")
WIDTHS = (34, 16, 14, 14, 14, 14, 14)


def written(report: Report) -> bytes:
    """The whole workbook; figures are numbers, so that they can be reckoned with."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "author": "Gridloop"})
    formats = {"head": book.add_format({"bold": True, "bottom": 1}), "share": book.add_format({"num_format": "0.00%"}),
               "title": book.add_format({"bold": True, "font_size": 16})}  # fmt: skip
    _cover(report, book, formats)
    _indicators(report, book, formats)
    _league(report, book, formats)
    _trend(report, book, formats)
    _lists(report, book, formats)
    book.close()
    return target.getvalue()


def _sheet(
    book: Any,
    formats: dict[str, Any],
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    shares: Sequence[int] = (),
) -> Any:
    sheet = book.add_worksheet(name)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width, formats["share"] if at in shares else None)
    sheet.write_row(0, 0, heads, formats["head"])
    for at, row in enumerate(rows, start=1):
        sheet.write_row(at, 0, row)
    sheet.freeze_panes(1, 0)
    return sheet


def _cover(report: Report, book: Any, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(report.pick("摘要", "Summary"))
    sheet.set_column(0, 0, 110)
    sheet.write(0, 0, report.title, formats["title"])
    for at, said in enumerate([*content.summary(report), "", content.held_to(report)], start=2):
        sheet.write(at, 0, said)


def _indicators(report: Report, book: Any, formats: dict[str, Any]) -> None:
    rows = []
    for one in INDICATORS:
        now, before = content.figure(report.now, one.id), content.figure(report.before, one.id)
        rows.append(
            [report.pick(one.zh, one.en), one.id, now["numerator"], now["denominator"], now["value"], before["value"]]
        )
    heads = report.pick("指标,代码,分子,分母,数值,上月", "indicator,code,counted,of,share,month before").split(",")
    _sheet(book, formats, report.pick("指标", "Indicators"), heads, rows, (4, 5))


def _league(report: Report, book: Any, formats: dict[str, Any]) -> None:
    """Units with a bar chart of the raw and the corrected share."""
    rows = [
        [
            report.name(report.league, row["group"]),
            row["rank"],
            row["denominator"],
            row["raw"],
            row["corrected"] if row["rank"] else None,
            row["rank_best"],
            row["rank_worst"],
        ]
        for row in report.league["figures"]["rows"]
    ]
    heads = report.pick(
        "单位,名次,应处置,按期处置率,校正后,最好名次,最差名次", "unit,rank,due,in time,corrected,best rank,worst rank"
    ).split(",")
    name = report.pick("单位", "Units")
    sheet = _sheet(book, formats, name, heads, rows, (3, 4))
    if rows:
        chart = book.add_chart({"type": "bar"})
        for column in (3, 4):
            chart.add_series(
                {
                    "name": [name, 0, column],
                    "categories": [name, 1, 0, len(rows), 0],
                    "values": [name, 1, column, len(rows), column],
                }
            )
        chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 640, "height": 120 + 28 * len(rows)})
        sheet.insert_chart("I2", chart)


def _trend(report: Report, book: Any, formats: dict[str, Any]) -> None:
    series = {one: content.weekly(report, one) for one in TREND}
    steps = [step for step, _ in series[TREND[0]]]
    rows = [[step, *(series[one][at][1] for one in TREND)] for at, step in enumerate(steps)]
    heads = [report.pick("周(起始日)", "week from"), *(report.pick(BY_ID[one].zh, BY_ID[one].en) for one in TREND)]
    name = report.pick("走势", "Trend")
    sheet = _sheet(book, formats, name, heads, rows, (1, 2, 3))
    if rows:
        chart = book.add_chart({"type": "line"})
        for column in range(1, len(TREND) + 1):
            chart.add_series(
                {
                    "name": [name, 0, column],
                    "categories": [name, 1, 0, len(rows), 0],
                    "values": [name, 1, column, len(rows), column],
                }
            )
        chart.set_y_axis({"num_format": "0%", "max": 1})
        sheet.insert_chart("F2", chart)


def _lists(report: Report, book: Any, formats: dict[str, Any]) -> None:
    classes = report.pick("类别,应处置,未按期,按期处置率", "class,due,not in time,in time").split(",")
    _sheet(book, formats, report.pick("超期类别", "Late classes"), classes, content.worst_classes(report))
    clocks = [
        [
            report.name(report.stopclock, row["group"]),
            report.name(report.stopclock, row["reason"]),
            row["cases"],
            row["pauses"],
            row["hours"],
        ]
        for row in report.stopclock["figures"]["rows"]
    ]
    heads = report.pick("单位,原因,案件,次数,小时", "unit,why,cases,pauses,hours").split(",")
    _sheet(book, formats, report.pick("停表", "Stop-clock"), heads, clocks)
    heat = [
        [report.name(report.heat, row["group"]), row["group"], row["cases"], row["late"]]
        for row in report.heat["figures"]["rows"]
    ]
    _sheet(
        book,
        formats,
        report.pick("分布", "Places"),
        report.pick("社区(村),代码,案件,未按期", "village,code,cases,not in time").split(","),
        heat,
    )
