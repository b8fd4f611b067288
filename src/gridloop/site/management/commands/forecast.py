"""`forecast`: train the late-forecast, tell the cases in hand anew, show how good it is and what it says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.cases.evaluation.queries.scope import EVERYWHERE
from gridloop.cases.forecast import actions, queries
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import GridloopError

SHOWN = 20


class Command(BaseCommand):
    """Sub-commands of `./gridloop forecast`."""

    help = "train the late-forecast on the past, refresh the probabilities of cases in hand, show marks and worst cases"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=["train", "refresh", "show"])

    def handle(self, *_args: object, **options: Any) -> None:
        """Do it; refusals are told in one sentence."""
        try:
            {"train": self._train, "refresh": self._refresh, "show": self._show}[options["what"]]()
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused

    def _train(self) -> None:
        done = actions.train(by=system("forecast"), now=clock.now())
        stands = "forecasts from now on / 即日起使用" if done.current else "does not forecast / 不启用"
        self.stdout.write(f"model {done.model_id}: {done.samples} rows, {done.tested} of them held back; {stands}")
        self.stdout.write(
            f"Brier {done.brier:.4f}; class's base rate {done.brier_base:.4f}; of class and share of the limit {done.brier_stage:.4f}"
        )
        self.stdout.write(done.reason)

    def _refresh(self) -> None:
        told = actions.refresh(now=clock.now())
        self.stdout.write(f"{told} cases in hand have a probability / 已更新 {told} 件在办案件")

    def _show(self) -> None:
        found = queries.model()
        one = found["current"] or found["last"]
        if one is None:
            raise CommandError("there is no training yet; run: forecast train / 尚未训练,请运行 forecast train")
        stands = "stands" if one["current"] else f"does not stand: {one['reason']}"
        self.stdout.write(f"model {one['id']} of {one['trained_at']:%Y-%m-%d %H:%M} UTC {stands}")
        self.stdout.write(
            f"Brier {one['brier']:.4f}; class's base rate {one['brier_base']:.4f}; of class and share of the limit {one['brier_stage']:.4f}; {one['tested']} held-back rows"
        )
        self.stdout.write("said    late    rows")
        for line in one["reliability"]:
            self.stdout.write(f"{line['said']:.3f}   {line['late']:.3f}   {line['rows']}")
        page = queries.cases(queries.Wanted(limit=SHOWN), EVERYWHERE, now=clock.now())
        for item in page["items"]:
            why = "; ".join(reason["en"] for reason in item["why"])
            self.stdout.write(
                f"{item['number']}  {item['late_probability']:.2f}  due {item['due_at']:%m-%d %H:%M}  {why}"
            )
