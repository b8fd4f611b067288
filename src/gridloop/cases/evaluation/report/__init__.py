"""The monthly report: gathered once, then drawn as PDF or written as XLSX."""

from __future__ import annotations

from gridloop.cases.evaluation.report.content import Report


def made_as(kind: str, report: Report) -> tuple[bytes, str]:
    """The report as `pdf` or `xlsx`, and its content type."""
    if kind == "pdf":
        # read when the first report is asked for: the library of drawings takes half a second of every process's start
        from gridloop.cases.evaluation.report import pdf

        return pdf.drawn(report), pdf.CONTENT_TYPE
    from gridloop.cases.evaluation.report import xlsx

    return xlsx.written(report), xlsx.CONTENT_TYPE
