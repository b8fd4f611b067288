"""`classifier`: train and evaluate the intake help on labelled texts, or on the class tables and the closed cases."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gridloop.cases.intake_help import actions, csvfiles, evaluation, queries
from gridloop.engines.text_classes import Model, learnt
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import GridloopError

STANDING = "standing"


class Command(BaseCommand):
    """Prints accuracy, macro-F1 and a confusion table; `--json FILE` writes everything that was measured."""

    help = "train [FILE.csv] or evaluate FILE.csv; columns text,label or tokens,label (tokens separated by blanks)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, on which file."""
        parser.add_argument("what", choices=["train", "evaluate"])
        parser.add_argument(
            "file", nargs="?", type=Path, help="CSV in UTF-8 or GB18030; without it, train on tables and closed cases"
        )
        parser.add_argument(
            "--model", nargs="?", const=STANDING, default=None, metavar="FILE.npz",
            help="evaluate: ask a stored model (the standing one, or a file) instead of learning from a part of the CSV",
        )  # fmt: skip
        parser.add_argument(
            "--out", type=Path, default=None, metavar="FILE.npz", help="train: write the model here, and nowhere else"
        )
        parser.add_argument(
            "--json", type=Path, default=None, metavar="FILE", help="write all figures as JSON; - is standard output"
        )
        parser.add_argument(
            "--folds", type=int, default=None, help="folds to test (1: one split of 80 to 20); by size of the file"
        )
        parser.add_argument("--seed", type=int, default=0, help="which rows are held back (default 0)")

    def handle(self, *_args: object, **options: Any) -> None:
        """Trains or evaluates; refusals are sentences."""
        try:
            if options["what"] == "evaluate":
                self._evaluate(options)
            elif options["file"]:
                self._train_file(options)
            else:
                self._train(options)
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused

    def _evaluate(self, options: dict[str, Any]) -> None:
        if options["file"] is None:
            raise CommandError("evaluate needs a file: classifier evaluate FILE.csv / 请指定文件")
        if options["folds"] is not None and not 1 <= options["folds"] <= 50:
            raise CommandError("--folds is a number from 1 to 50 / --folds 应为 1 到 50")
        file = csvfiles.read(options["file"], seed=options["seed"])
        if options["model"] is None:
            found = evaluation.evaluated(file, seed=options["seed"], folds=options["folds"])
        else:
            model, name = _model(options["model"])
            found = evaluation.evaluated_by(model, file, name)
        self._tell(evaluation.as_words(found, file), evaluation.as_json(found, file), options["json"])

    def _train_file(self, options: dict[str, Any]) -> None:
        file = csvfiles.read(options["file"], seed=options["seed"])
        if options["out"] is not None:
            model = learnt(evaluation.lesson_of(file), seed=options["seed"])
            options["out"].write_bytes(
                model.to_bytes({"origin": "file", "file": options["file"].name, "rows": len(file.texts)})
            )
            words = f"learnt {len(model.labels)} labels from {len(file.texts)} rows; written to {options['out']}"
            self._tell(
                words,
                {"rows": len(file.texts), "labels": len(model.labels), "rows_wrong": file.wrong_total},
                options["json"],
            )
            return
        found = evaluation.evaluated(file, seed=options["seed"], folds=1)
        figures = evaluation.as_json(found, file)
        marks = {
            name: figures[name]
            for name in ("method", "accuracy", "macro_f1", "top5_accuracy", "calibration_error", "tested")
        }
        done, _ = actions.train_from_file(file, marks, by=system("classifier"), now=clock.now())
        words = evaluation.as_words(found, file)
        self._tell(
            f"{words}\n\n{_told(done)}", figures | {"model_id": done.model_id, "current": done.current}, options["json"]
        )

    def _train(self, options: dict[str, Any]) -> None:
        done = actions.retrain(by=system("classifier"), now=clock.now())
        told = {
            "model_id": done.model_id,
            "current": done.current,
            "reason": done.reason,
            "rows": done.rows,
            "marks": done.marks,
        }
        self._tell(_told(done), told, options["json"])

    def _tell(self, words: str, figures: dict[str, Any], target: Path | None) -> None:
        if target == Path("-"):
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1))
            return
        self.stdout.write(words)
        if target is not None:
            target.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _told(done: actions.Training) -> str:
    standing = "answers at intake from now on" if done.current else "does not answer at intake"
    return f"model {done.model_id}: {done.labels} labels from {done.rows} rows; {standing}: {done.reason}"


def _model(named: str) -> tuple[Model, str]:
    """A model by file, or the standing one of this city."""
    if named == STANDING:
        return queries.standing_now(clock.now())
    path = Path(named)
    if not path.is_file():
        raise CommandError(f"there is no model file {path} / 找不到模型文件 {path}")
    try:
        return Model.from_bytes(path.read_bytes())[0], path.name
    except ValueError as wrong:
        raise CommandError(f"{path} holds no model: {wrong} / {path} 不是模型文件") from wrong
