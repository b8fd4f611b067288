"""The monthly report as PDF, A4, charts as vectors. Chinese is set in STSong-Light, one of the fonts that every PDF reader has or replaces."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from gridloop.cases.evaluation.report import content
from gridloop.cases.evaluation.report.content import Report
from gridloop.cases.evaluation.rules.indicators import BY_ID, HEADLINES

CONTENT_TYPE = "application/pdf"
FONT = "STSong-Light"
LATIN, LATIN_BOLD = "Helvetica", "Helvetica-Bold"
INK, DIM, LINE, BAR, FAINT = (
    HexColor("#12212D"),
    HexColor("#5A6B78"),
    HexColor("#C9D3DA"),
    HexColor("#2F6F9F"),
    HexColor("#EEF3F6"),
)
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
LABEL = 11.0  # points between the names of two lines
TREND = ("handle_ontime_rate", "close_rate", "rework_rate")


def drawn(report: Report) -> bytes:
    """The whole report."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=16 * mm, bottomMargin=18 * mm,
        title=report.title, author="Gridloop", invariant=1,
    )  # fmt: skip

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFillColor(DIM)
        canvas.setFont(_font(report), 7.5)
        canvas.drawString(MARGIN, 10 * mm, content.held_to(report))
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(page.page))

    document.build(
        [*_cover(report), *_indicators(report), *_league(report), *_rest(report)], onFirstPage=foot, onLaterPages=foot
    )
    return target.getvalue()


def _font(report: Report, *, bold: bool = False) -> str:
    return FONT if report.chinese else (LATIN_BOLD if bold else LATIN)


def _style(report: Report, size: float, *, bold: bool = False, color: Color = INK, after: float = 4) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{color}", fontName=_font(report, bold=bold), fontSize=size, leading=size * 1.5, textColor=color, spaceAfter=after,
        wordWrap="CJK" if report.chinese else None,
    )  # fmt: skip


def _head(report: Report, zh: str, en: str) -> Paragraph:
    return Paragraph(report.pick(zh, en), _style(report, 13, bold=True, after=6))


def _cover(report: Report) -> list[Any]:
    """Title, the month in words, headline figures, trend."""
    period = f"{report.first} – {report.last}"
    parts: list[Any] = [
        Paragraph(report.title, _style(report, 21, bold=True, after=2)),
        Paragraph(period, _style(report, 10, color=DIM, after=10)),
        *(Paragraph(escape(said), _style(report, 11)) for said in content.summary(report)),
        Spacer(0, 8),
        _headlines(report),
        Spacer(0, 14),
        _head(report, "近期走势(按周,%)", "Recent weeks (%)"),
        _trend(report),
    ]
    return parts


def _headlines(report: Report) -> Table:
    """Six figures with their change."""
    cells = []
    for indicator in HEADLINES:
        one, now, before = (
            BY_ID[indicator],
            content.figure(report.now, indicator),
            content.figure(report.before, indicator),
        )
        moved = content.change(now["value"], before["value"])
        cells.append([
            Paragraph(report.pick(one.zh, one.en), _style(report, 9, color=DIM, after=0)),
            Paragraph(content.percent(now["value"]), _style(report, 17, bold=True, after=0)),
            Paragraph(report.pick(f"较上月 {moved}", f"{moved} points"), _style(report, 8.5, color=DIM, after=0)),
        ])  # fmt: skip
    table = Table([cells[:3], cells[3:]], colWidths=[WIDTH / 3] * 3)
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.6, LINE),
                ("INNERGRID", (0, 0), (-1, -1), 0.6, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _trend(report: Report) -> Drawing:
    """One line for each of three indicators; its name stands at its end."""
    drawing = Drawing(WIDTH, 190)
    series = [content.weekly(report, indicator) for indicator in TREND]
    values = [[None if value is None else 100 * value for _, value in one] for one in series]
    steps = [step[5:] for step, _ in series[0]]
    known = [value for one in values for value in one if value is not None]
    if len(steps) < 2 or not known:
        drawing.add(
            String(
                0,
                95,
                report.pick("数据不足两周,暂无走势。", "Less than two weeks of figures."),
                fontName=_font(report),
                fontSize=9,
            )
        )
        return drawing
    chart = HorizontalLineChart()
    chart.x, chart.y, chart.width, chart.height = 30, 22, WIDTH - 130, 155
    chart.data = values
    chart.categoryAxis.categoryNames = steps
    chart.categoryAxis.labels.fontName = chart.valueAxis.labels.fontName = LATIN
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 7.5
    chart.categoryAxis.strokeColor = chart.valueAxis.strokeColor = LINE
    chart.valueAxis.valueMin, chart.valueAxis.valueMax = 0, 100
    chart.valueAxis.valueStep = 20
    chart.valueAxis.visibleGrid, chart.valueAxis.gridStrokeColor = 1, FAINT
    drawing.add(chart)
    latest = [next((value for value in reversed(one) if value is not None), 0.0) for one in values]
    heights = _apart([chart.y + chart.height * value / 100 - 3 for value in latest])
    for at, (indicator, color) in enumerate(zip(TREND, (BAR, INK, HexColor("#B4552D")), strict=True)):
        chart.lines[at].strokeColor, chart.lines[at].strokeWidth = color, 1.6
        chart.lines[at].strokeDashArray = (None, (5, 2), (1.5, 2))[at]
        one = BY_ID[indicator]
        drawing.add(
            String(
                WIDTH - 96,
                heights[at],
                report.pick(one.zh, one.en),
                fontName=_font(report),
                fontSize=8.5,
                fillColor=color,
            )
        )
    return drawing


def _apart(heights: Sequence[float]) -> list[float]:
    """The same heights, from the top down, each at least a line below the one above: names at the ends of lines never overlap."""
    found = list(heights)
    above: float | None = None
    for at in sorted(range(len(found)), key=lambda place: -found[place]):
        if above is not None:
            found[at] = min(found[at], above - LABEL)
        above = found[at]
    return found


def _indicators(report: Report) -> list[Any]:
    heads = (("指标", "分子", "分母", "数值", "较上月"), ("indicator", "counted", "of", "share", "change, points"))
    rows = content.table_of_indicators(report)
    return [
        PageBreak(),
        _head(report, "二十四项指标", "The 24 indicators"),
        _table(report, heads, rows, (0.4, 0.15, 0.15, 0.15, 0.15)),
    ]


def _league(report: Report) -> list[Any]:
    """Units beside each other, raw and corrected, with a bar."""
    heads = (
        ("名次", "单位", "应处置", "按期处置率", "校正后", "名次区间 90 %"),
        ("rank", "unit", "due", "in time", "corrected", "ranks, 90 %"),
    )
    note = report.pick(
        f"校正:按全市各类别的按期率间接标准化,使案件构成不同的单位可比;应处置不足 {content.LEAGUE_LEAST} 件的单位不列出;所办类别无他人可比的单位不排名。",
        f"Corrected: indirectly standardised by class, so that units with different work can be compared; units with fewer than {content.LEAGUE_LEAST} cases due are left out, and those whose work nobody else does are not ranked.",
    )
    rows = content.league_table(report)
    return [
        PageBreak(),
        _head(report, "处置单位", "Units"),
        Paragraph(note, _style(report, 8.5, color=DIM, after=6)),
        _table(report, heads, rows, (0.08, 0.36, 0.12, 0.15, 0.14, 0.15)),
    ]


def _rest(report: Report) -> list[Any]:
    classes = (("类别", "应处置", "未按期", "按期处置率"), ("class", "due", "not in time", "in time"))
    clocks = (("单位", "停表原因", "案件", "小时"), ("unit", "why the clock stood", "cases", "hours"))
    heat = (("社区(村)", "案件", "未按期"), ("village", "cases", "not in time"))
    return [
        PageBreak(),
        _head(report, "超期最多的类别", "Classes with most late cases"),
        _table(report, classes, content.worst_classes(report), (0.52, 0.16, 0.16, 0.16)),
        Spacer(0, 12),
        _head(report, "停表时间", "Where the clock stood still"),
        _table(report, clocks, content.stopped(report), (0.4, 0.32, 0.12, 0.16)),
        Spacer(0, 12),
        _head(report, "案件最多的社区", "Villages with most cases"),
        _bars(report),
        _table(report, heat, content.hottest(report), (0.6, 0.2, 0.2)),
    ]


def _bars(report: Report) -> Drawing:
    """The distribution over all villages, the fullest first: how much of the work lies in how few places."""
    counts = sorted((row["cases"] for row in report.heat["figures"]["rows"]), reverse=True)[:60]
    drawing = Drawing(WIDTH, 60)
    step = WIDTH / max(len(counts), 1)
    for at, count in enumerate(counts):
        drawing.add(Rect(at * step, 4, max(step - 1, 0.5), 52 * count / counts[0], fillColor=BAR, strokeColor=None))
    return drawing


def _table(
    report: Report, heads: tuple[Sequence[str], Sequence[str]], rows: list[list[str]], shares: Sequence[float]
) -> Any:
    """A table with its head on every page; a sentence where it would be empty."""
    if not rows:
        return Paragraph(report.pick("本月没有。", "None in this month."), _style(report, 9.5, color=DIM))
    text = _style(report, 8.5, after=0)
    body = [
        [Paragraph(escape(one), text) if at < 2 and not one[:1].isdigit() else one for at, one in enumerate(row)]
        for row in rows
    ]
    table = Table(
        [list(heads[0] if report.chinese else heads[1]), *body],
        colWidths=[share * WIDTH for share in shares],
        repeatRows=1,
    )
    table.setStyle(TableStyle([
        ("FONT", (0, 0), (-1, 0), _font(report), 8.5), ("FONT", (0, 1), (-1, -1), LATIN, 8.5), ("TEXTCOLOR", (0, 0), (-1, 0), DIM),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]))  # fmt: skip
    return table
