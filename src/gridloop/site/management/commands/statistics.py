"""`statistics`: export the month's figures, verify a saved answer, write the monthly report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.cases.evaluation.queries import answers
from gridloop.cases.evaluation.queries.scope import EVERYWHERE
from gridloop.cases.evaluation.queries.verify import verify
from gridloop.cases.evaluation.report import content, made_as
from gridloop.cases.evaluation.rules import question as questions
from gridloop.cases.evaluation.rules.question import Question
from gridloop.kernel import clock
from gridloop.kernel.errors import GridloopError


class Command(BaseCommand):
    """Sub-commands of `./gridloop statistics`."""

    help = "Export, verify and report the city's figures."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command each."""
        parts = parser.add_subparsers(dest="what", required=True)
        export = parts.add_parser("export", help="every answer of a month as JSON, with what it can be held to")
        export.add_argument("--month", required=True, help="such as 2026-10")
        checked = parts.add_parser("verify", help="recompute a saved file from the history; exit code 1 on a mismatch")
        checked.add_argument("file", type=Path)
        report = parts.add_parser("report", help="the monthly report")
        report.add_argument("--month", required=True, help="such as 2026-10")
        report.add_argument("--language", choices=("zh", "en"), default="zh")
        report.add_argument("--format", choices=("pdf", "xlsx"), default="pdf")
        report.add_argument(
            "--output", type=Path, default=None, help="where to write; report-MONTH-LANGUAGE.FORMAT here"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Do the sub-command; refusals are told in one sentence."""
        try:
            {"export": self._export, "verify": self._verify, "report": self._report}[options["what"]](options)
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused

    def _export(self, options: dict[str, Any]) -> None:
        first, last = questions.month(options["month"])
        whole, now = questions.checked(Question(first, last)), clock.now()
        asked = [
            *(("indicators", replace(whole, by=by), {}) for by in questions.GROUPS),
            ("trend", replace(whole, step="day"), {}),
            ("league", replace(whole, by="unit"), {"indicator_id": "handle_ontime_rate", "least": 1}),
            ("stopclock", replace(whole, by="unit"), {}),
            ("punctuality", replace(whole, by="unit"), {}),
        ]
        made = [answers.answer(kind, question, at=now, more=more) for kind, question, more in asked]
        self.stdout.write(
            orjson.dumps({"month": options["month"], "answers": made}, option=orjson.OPT_INDENT_2).decode()
        )

    def _verify(self, options: dict[str, Any]) -> None:
        try:
            document = orjson.loads(options["file"].read_bytes())
        except (OSError, orjson.JSONDecodeError) as wrong:
            raise CommandError(f"{options['file']} cannot be read: {wrong} / 文件无法读取") from wrong
        found = verify(document if isinstance(document, dict) else {})
        for one in found:
            self.stdout.write(
                f"{one.where}: saved {one.saved!r}, recomputed {one.found!r} / 保存值 {one.saved!r},重算值 {one.found!r}"
            )
        if found:
            raise CommandError(f"{len(found)} mismatches / {len(found)} 处不一致")
        count = len(document.get("answers", [document]))
        self.stdout.write(
            self.style.SUCCESS(
                f"{count} answers recomputed from the history to the same figures / {count} 项结果重算一致"
            )
        )

    def _report(self, options: dict[str, Any]) -> None:
        made = content.gathered(options["month"], EVERYWHERE, language=options["language"], at=clock.now())
        kind = options["format"]
        target = options["output"] or Path(f"report-{options['month']}-{options['language']}.{kind}")
        target.write_bytes(made_as(kind, made)[0])
        self.stdout.write(f"{target} written / 已生成 {target}")
