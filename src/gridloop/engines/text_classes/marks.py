"""How good answers are: accuracy, macro-F1, the confusion table, and whether the confidence can be believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 10
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one set of answers. `f1`, `precision`, `recall` and `rows` by label; macro-F1 counts labels that occur or are answered."""

    rows_total: int
    accuracy: float
    macro_f1: float
    top5: float | None
    calibration_error: float | None
    rows: Numbers
    precision: npt.NDArray[np.float64]
    recall: npt.NDArray[np.float64]
    f1: npt.NDArray[np.float64]


def confusion(truth: Numbers, answered: Numbers, labels: int) -> Numbers:
    """int64 (labels, labels): rows are the truth, columns the answers."""
    return np.bincount(truth * labels + answered, minlength=labels * labels).reshape(labels, labels)


def marks_of(
    truth: Numbers, answered: Numbers, labels: int, probabilities: npt.NDArray[np.floating] | None = None
) -> Marks:
    """Marks of answers, both int64 (rows,) in 0..labels-1; `probabilities` (rows, labels) adds top 5 and calibration. Empty sets score 0."""
    hits = np.bincount(truth[truth == answered], minlength=labels).astype(np.float64)
    of_truth = np.bincount(truth, minlength=labels)
    of_answers = np.bincount(answered, minlength=labels)
    precision = hits / np.maximum(of_answers, 1)
    recall = hits / np.maximum(of_truth, 1)
    f1 = 2 * hits / np.maximum(of_truth + of_answers, 1)
    seen = (of_truth + of_answers) > 0
    top5 = error = None
    if probabilities is not None and len(truth):
        most = min(5, labels)
        best = np.argpartition(-probabilities, most - 1, axis=1)[:, :most]
        top5 = float((best == truth[:, None]).any(axis=1).mean())
        error = calibration_error(probabilities.max(axis=1), truth == answered)
    return Marks(
        len(truth), float(hits.sum() / max(1, len(truth))), float(f1[seen].mean()) if seen.any() else 0.0,
        top5, error, of_truth, precision, recall, f1,
    )  # fmt: skip


def calibration_error(confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_]) -> float:
    """Mean distance between confidence and share of right answers over ten equal bins, weighted by rows."""
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    rows = np.bincount(bins, minlength=BINS)
    sure = np.bincount(bins, weights=confidence, minlength=BINS)
    good = np.bincount(bins, weights=right.astype(np.float64), minlength=BINS)
    return float(np.abs(sure - good).sum() / max(1, rows.sum()))
