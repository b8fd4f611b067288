"""How good a classifier is on labelled texts: held-back rows or a stored model, as figures, as words and as JSON."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.cases.intake_help.csvfiles import LabelledFile
from gridloop.engines.text_classes import Lesson, Marks, Model, confusion, held_back, learnt, marks_of
from gridloop.kernel.errors import Refused

FOLDS = 5
FOLDS_UP_TO_ROWS = 6_000  # longer files are split once, 80 to 20
HELD_BACK = 0.2
TABLE_LABELS_MAX = 20
PAIRS_SHOWN = 25
WORST_SHOWN = 15
JSON_TABLE_MAX = 300
BATCH = 4096
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of one evaluation; `table` is (labels, labels), truth by answer."""

    names: tuple[str, ...]
    marks: Marks
    table: Numbers
    method: str
    unseen: tuple[int, float] | None
    once: tuple[str, ...]
    strangers: tuple[str, ...] = field(default=())


def evaluated(file: LabelledFile, *, seed: int = 0, folds: int | None = None) -> Evaluation:
    """Learns from a part of the file and answers the rest: five stratified folds, or for a long file one split of 80 to 20."""
    lesson = lesson_of(file)
    sizes = np.bincount(lesson.labels)
    once = tuple(name for name, size in zip(lesson.names, sizes, strict=True) if size == 1)
    folds = folds if folds is not None else (FOLDS if len(lesson.labels) <= FOLDS_UP_TO_ROWS else 1)
    if folds == 1:
        held, rest = held_back(lesson.labels, HELD_BACK, seed)
        parts = [(held, rest)]
        method = f"80/20 split, stratified, seed {seed}"
    else:
        parts = folded(lesson.labels, folds, seed)
        method = f"{folds} folds, stratified, seed {seed}"
    answered: list[tuple[Numbers, npt.NDArray[np.float32]]] = []
    for held, rest in parts:
        if len(held):
            answered.append((held, _answers(learnt(lesson.part(rest), seed=seed), [lesson.texts[row] for row in held])))
    if not answered:
        raise Refused(
            "every label occurs only once, so nothing can be held back; give each label two rows at least",
            zh="每个标签只有一行,无法留出测试;请保证每个标签至少两行",
        )
    return _told(lesson, parts, answered, method, once)


def evaluated_by(model: Model, file: LabelledFile, name: str) -> Evaluation:
    """Answers of a model that was learnt before; labels that it does not know are counted as wrong, and named."""
    known = {label: number for number, label in enumerate(model.labels)}
    strangers = tuple(sorted({label for label in file.labels if label not in known}))
    names = (*model.labels, *strangers)
    number = {label: at for at, label in enumerate(names)}
    truth = np.array([number[label] for label in file.labels], dtype=np.int64)
    chances = np.hstack([_answers(model, file.texts), np.zeros((len(truth), len(strangers)), np.float32)])
    return Evaluation(
        names, marks_of(truth, chances.argmax(axis=1), len(names), chances), confusion(truth, chances.argmax(axis=1), len(names)),
        f"stored model {name}", None, (), strangers,
    )  # fmt: skip


def lesson_of(file: LabelledFile) -> Lesson:
    """The file as a lesson; Refused where there is nothing to tell apart."""
    if len(set(file.labels)) < 2:
        raise Refused(
            f"at least two labels are needed, the file has {len(set(file.labels))} in {len(file.labels)} usable rows",
            zh=f"至少需要两个标签;文件的 {len(file.labels)} 个可用行中只有 {len(set(file.labels))} 个",
        )
    return Lesson.of(file.texts, file.labels, tokens=file.tokens)


def folded(labels: Numbers, folds: int, seed: int) -> list[tuple[Numbers, Numbers]]:
    """Rows (held back, rest) of each fold; a label's rows are spread evenly, and a label that occurs once is never held back."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    sizes = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    fold = np.empty(len(labels), dtype=np.int64)
    fold[order] = (rank + np.repeat(chance.integers(0, folds, len(sizes)), sizes)) % folds
    fold[sizes[labels] == 1] = -1
    return [(np.flatnonzero(fold == one), np.flatnonzero(fold != one)) for one in range(folds)]


def _answers(model: Model, texts: list[str]) -> npt.NDArray[np.float32]:
    """Probabilities (texts, labels), a batch at a time."""
    pieces = [model.probabilities(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    return np.concatenate(pieces) if pieces else np.zeros((0, len(model.labels)), np.float32)


def _told(
    lesson: Lesson,
    parts: list[tuple[Numbers, Numbers]],
    answered: list[tuple[Numbers, npt.NDArray[np.float32]]],
    method: str,
    once: tuple[str, ...],
) -> Evaluation:
    rows = np.concatenate([held for held, _ in answered])
    chances = np.concatenate([found for _, found in answered])
    truth, best = lesson.labels[rows], chances.argmax(axis=1)
    learnt_from = [{hash(lesson.texts[row]) for row in rest} for held, rest in parts if len(held)]
    new = np.concatenate(
        [
            np.array([hash(lesson.texts[row]) not in seen for row in held], dtype=bool)
            for (held, _), seen in zip(answered, learnt_from, strict=True)
        ]
    )
    unseen = (int(new.sum()), float((truth == best)[new].mean())) if new.any() else (0, 0.0)
    count = len(lesson.names)
    return Evaluation(
        lesson.names, marks_of(truth, best, count, chances), confusion(truth, best, count), method, unseen, once
    )


def as_json(found: Evaluation, file: LabelledFile) -> dict[str, Any]:
    """Everything that was measured."""
    marks = found.marks
    told: dict[str, Any] = {
        "method": found.method,
        "rows": file.rows_total,
        "rows_used": len(file.texts),
        "rows_wrong": file.wrong_total,
        "wrong": [{"line": line, "reason": reason} for line, reason in file.wrong],
        "encoding": file.encoding,
        "column": "tokens" if file.tokens else "text",
        "repeated_rows": file.same_twice,
        "contradicting_texts": file.contradicting,
        "labels": len(found.names),
        "tested": marks.rows_total,
        "accuracy": marks.accuracy,
        "macro_f1": marks.macro_f1,
        "top5_accuracy": marks.top5,
        "calibration_error": marks.calibration_error,
        "labels_once": list(found.once),
        "labels_unknown_to_model": list(found.strangers),
        "by_label": [
            {
                "label": name,
                "rows": int(marks.rows[at]),
                "precision": round(float(marks.precision[at]), 4),
                "recall": round(float(marks.recall[at]), 4),
                "f1": round(float(marks.f1[at]), 4),
            }
            for at, name in enumerate(found.names)
        ],
        "confused": [{"truth": a, "answer": b, "rows": n} for a, b, n in confused(found, limit=200)],
    }
    if found.unseen:
        told["tested_new_texts"], told["accuracy_new_texts"] = found.unseen
    if len(found.names) <= JSON_TABLE_MAX:
        told["confusion"] = {"labels": list(found.names), "rows_truth_columns_answer": found.table.tolist()}
    return told


def confused(found: Evaluation, *, limit: int) -> list[tuple[str, str, int]]:
    """(truth, answer, rows) of the commonest mistakes."""
    wrong = found.table.copy()
    np.fill_diagonal(wrong, 0)
    best = np.argsort(-wrong, axis=None, kind="stable")[:limit]
    pairs = [(int(at // len(found.names)), int(at % len(found.names))) for at in best]
    return [(found.names[a], found.names[b], int(wrong[a, b])) for a, b in pairs if wrong[a, b]]


def as_words(found: Evaluation, file: LabelledFile) -> str:
    """The same for a terminal: figures, then the confusion table or the commonest mistakes."""
    marks = found.marks
    lines = [
        f"rows            {file.rows_total} usable, {file.wrong_total} not"
        + (f"; an even sample of {len(file.texts)} is used" if len(file.texts) < file.rows_total else ""),
        *(f"  line {line}: {reason}" for line, reason in file.wrong[:10]),
        *([f"  ... and {file.wrong_total - 10} more"] if file.wrong_total > 10 else []),
        (
            f"read as         {'tokens' if file.tokens else 'text'}, {file.encoding}; {file.same_twice} rows repeat an earlier one,"
            f" {file.contradicting} texts bear several labels"
        ),
        f"labels          {len(found.names)}"
        + (f", {len(found.once)} of them only once (not tested)" if found.once else ""),
        f"method          {found.method}; {marks.rows_total} rows tested",
        f"accuracy        {marks.accuracy:.4f}",
        f"macro-F1        {marks.macro_f1:.4f}",
    ]
    if marks.top5 is not None and len(found.names) > 5:
        lines.append(f"top 5           {marks.top5:.4f}")
    if marks.calibration_error is not None:
        lines.append(
            f"calibration     {marks.calibration_error:.4f} mean distance of confidence from the share that is right"
        )
    if found.unseen and found.unseen[0] < marks.rows_total:
        lines.append(
            f"new texts       {found.unseen[1]:.4f} accuracy on the {found.unseen[0]} tested rows whose text was not learnt from"
        )
    if found.strangers:
        lines.append(f"unknown labels  {len(found.strangers)}: {', '.join(found.strangers[:10])}")
    return "\n".join([*lines, "", *(_table(found) if len(found.names) <= TABLE_LABELS_MAX else _mistakes(found))])


def _table(found: Evaluation) -> list[str]:
    """Every label against every label; columns are numbered, because names are long."""
    name_width = min(28, max(_width(name) for name in found.names) + 4)
    cell = max(4, len(str(int(found.table.max()))) + 1)
    lines = ["confusion (rows: truth, columns: answer)"]
    lines.append(
        " " * (name_width + 4) + "".join(f"{at:>{cell}}" for at in range(1, len(found.names) + 1)) + "      F1"
    )
    for at, name in enumerate(found.names):
        counts = "".join(f"{int(count) or '.':>{cell}}" for count in found.table[at])
        lines.append(f"{at + 1:>3} {_fitted(name, name_width)}{counts}  {found.marks.f1[at]:.4f}")
    return lines


def _mistakes(found: Evaluation) -> list[str]:
    lines = ["commonest mistakes (truth -> answer)"]
    lines += [f"{rows:>7}  {truth} -> {answer}" for truth, answer, rows in confused(found, limit=PAIRS_SHOWN)]
    tested = [at for at in np.argsort(found.marks.f1, kind="stable") if found.marks.rows[at]]
    lines += ["", "weakest labels (F1, rows)"]
    lines += [f" {found.marks.f1[at]:.4f} {found.marks.rows[at]:>6}  {found.names[at]}" for at in tested[:WORST_SHOWN]]
    return lines


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _fitted(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[:-1]
    return text + " " * (width - _width(text))
