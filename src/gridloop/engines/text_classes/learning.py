"""How a model is learnt: one linear support vector machine a label, scores made honest on rows that were held back."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gridloop.engines.text_classes.grams import COLUMNS, Spelling, counted, tidy
from gridloop.engines.text_classes.model import Floats, Model, softmax, weighted

STRENGTH = 1.0  # C of the machine; 0.3 was 1.5 % worse on two sets of reviews and addresses
ROUNDS = 8  # as good as a full convergence on the same sets, in half the time
WEIGHTS_MAX = 16_000_000  # runs x labels: 64 MB while it is in use
RUNS_MAX, RUNS_MIN = 1_000_000, 40_000
COUNTS_MAX = 40_000_000  # counts held at a time, about 1.5 GB while a machine is fitted
WORK_MAX = 800_000_000  # counts x labels of one training; beyond, shorter runs are read, then fewer rows
NEW_RUNS = 0.8  # runs a sign and order that are new in their text
RARE_FROM_ROWS = 2_000  # with fewer rows than this a run that occurs once still counts
HELD_BACK = 0.15
HELD_BACK_MAX = 5_000
REFIT_BELOW_ROWS = 60_000  # a small set cannot spare the rows that were held back
COLDEST, WARMEST = 0.02, 3.0
DIGITS_SHARE = 0.9
SMOOTHING = 0.02  # of 0.01 to 0.1 the best on the class tables


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts and labels to learn from, tidied, with how they are read."""

    texts: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    names: tuple[str, ...]
    spelling: Spelling

    @classmethod
    def of(cls, texts: Sequence[str], labels: Sequence[str], *, tokens: bool = False) -> Lesson:
        """From texts as they were written; ValueError unless there are two labels at least."""
        names, numbers = np.unique(np.asarray(labels, dtype=object).astype(str), return_inverse=True)
        if len(names) < 2:
            raise ValueError("at least two labels are needed")
        plain = tuple(tidy(text) for text in texts)
        return cls(plain, numbers.astype(np.int64).ravel(), tuple(names.tolist()), spelling_for(plain, tokens=tokens))

    def part(self, rows: npt.NDArray[np.int64]) -> Lesson:
        """Only these rows, with every name."""
        return Lesson(tuple(self.texts[row] for row in rows), self.labels[rows], self.names, self.spelling)


def spelling_for(texts: Sequence[str], *, tokens: bool) -> Spelling:
    """How such texts are best read; numbers that stand for words are tokens even where nobody said so."""
    sample = "".join(texts[:: max(1, len(texts) // 500)])
    bare = sample.replace(" ", "")
    numbers = bool(bare) and sum(sign.isdigit() for sign in bare) > DIGITS_SHARE * len(bare)
    if numbers:
        return Spelling(signs=0, words=3, tokens=True)
    if tokens:
        return Spelling(signs=3, words=2, tokens=True)
    return Spelling()


def learnt(lesson: Lesson, *, seed: int = 0, apart: npt.NDArray[np.int64] | None = None) -> Model:
    """A model of all the lesson's labels; labels without a row keep a score that never wins.

    `apart` are the rows by which the confidence is made honest, by default a part of each label: rows that do not say the same as others.
    """
    counts, spelling, kept = _counts(lesson, seed)
    labels = lesson.labels[kept]
    present, numbers = np.unique(labels, return_inverse=True)
    if len(present) < 2:
        return _only(lesson, spelling)
    held, rest = held_back(numbers, HELD_BACK, seed, most=HELD_BACK_MAX)
    if apart is not None and len(kept) == len(lesson.texts):
        held, rest = apart, np.setdiff1d(np.arange(len(numbers)), apart)
    columns, idf = _chosen(counts, len(present))
    rows = weighted(counts, columns, idf)
    del counts
    first = rest if len(held) and len(np.unique(numbers[rest])) == len(present) else np.arange(len(numbers))
    weights, bias = _fitted(rows[first], numbers[first], seed)
    tried = held if len(held) else first
    temperature = _temperature(np.asarray(rows[tried] @ weights) + bias, numbers[tried])
    if len(numbers) < REFIT_BELOW_ROWS and len(first) < len(numbers):
        weights, bias = _fitted(rows, numbers, seed)
    everywhere = np.full(len(lesson.names), -10.0, dtype=np.float32)
    everywhere[present] = bias
    spread = np.zeros((len(columns), len(lesson.names)), dtype=np.float32)
    spread[:, present] = weights
    return Model(lesson.names, columns, idf, spread, everywhere, temperature, spelling)


def sketched(lesson: Lesson, apart: npt.NDArray[np.int64]) -> Model:
    """A naive Bayes model, made in a tenth of a second: good enough for small tables until a better one was learnt."""
    spelling = Spelling(signs=2, words=2)
    counts = counted(lesson.texts, spelling)
    columns, idf = _chosen(counts, len(lesson.names))
    rows = weighted(counts, columns, idf)
    rest = np.setdiff1d(np.arange(len(lesson.texts)), apart)
    bias = np.zeros(len(lesson.names), dtype=np.float32)
    scores = np.asarray(rows[apart] @ _shares(rows[rest], lesson.labels[rest], len(lesson.names)))
    temperature = _temperature(scores, lesson.labels[apart]) if len(apart) else 1.0
    weights = _shares(rows, lesson.labels, len(lesson.names))
    return Model(lesson.names, columns, idf, weights, bias, temperature, spelling)


def _shares(rows: sparse.csr_matrix, labels: npt.NDArray[np.int64], count: int) -> Floats:
    """Logarithm of each run's share in each label's texts, smoothed: float32 (runs, labels)."""
    belongs = sparse.csr_matrix(
        (np.ones(len(labels), np.float32), (np.arange(len(labels)), labels)), shape=(len(labels), count)
    )
    sums = np.asarray((rows.T @ belongs).todense()) + SMOOTHING
    return np.asarray(np.log(sums / sums.sum(axis=0)), dtype=np.float32)


def held_back(
    labels: npt.NDArray[np.int64], share: float, seed: int, *, most: int = 2**62
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows (held back, rest): this share of each label, at most `most` in all; a label always keeps a row in the rest."""
    chance = np.random.default_rng(seed)
    share = min(share, most / max(1, len(labels)))
    order = chance.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    sizes = np.bincount(labels)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    quota = np.minimum(np.floor(sizes * share + chance.random(len(sizes))), sizes - 1)
    back = rank < np.repeat(quota, sizes)
    return np.sort(order[back]), np.sort(order[~back])


def _counts(lesson: Lesson, seed: int) -> tuple[sparse.csr_matrix, Spelling, npt.NDArray[np.int64]]:
    """Counts of all rows, or of as many and as short runs as the work allows."""
    most = min(COUNTS_MAX, WORK_MAX / len(lesson.names))
    spelling = lesson.spelling
    signs = sum(len(text) for text in lesson.texts)
    while spelling.signs > 2 and NEW_RUNS * signs * spelling.signs > most:
        spelling = Spelling(spelling.signs - 1, spelling.words, spelling.tokens)
    kept = np.arange(len(lesson.texts))
    share = most / max(1.0, NEW_RUNS * signs * max(spelling.signs, 1))
    if share < 1:
        kept = held_back(lesson.labels, share, seed)[0]
        kept = np.union1d(kept, np.unique(lesson.labels, return_index=True)[1])
    return counted([lesson.texts[row] for row in kept], spelling), spelling, kept


def _chosen(counts: sparse.csr_matrix, labels: int) -> tuple[npt.NDArray[np.int32], Floats]:
    """The columns that are learnt from, the frequent ones first, and their inverse document frequency."""
    found_in = np.bincount(counts.indices, minlength=COLUMNS)
    least = 2 if counts.shape[0] >= RARE_FROM_ROWS else 1
    most = int(np.clip(WEIGHTS_MAX / labels, RUNS_MIN, RUNS_MAX))
    columns = np.flatnonzero(found_in >= least)
    if not len(columns):
        columns = np.flatnonzero(found_in) if found_in.any() else np.array([0])
    if len(columns) > most:
        columns = np.sort(columns[np.argsort(-found_in[columns], kind="stable")[:most]])
    idf = np.log((1 + counts.shape[0]) / (1 + found_in[columns])) + 1
    return columns.astype(np.int32), idf.astype(np.float32)


def _fitted(rows: sparse.csr_matrix, labels: npt.NDArray[np.int64], seed: int) -> tuple[Floats, Floats]:
    """Weights (runs, labels) and bias (labels,)."""
    from sklearn.exceptions import ConvergenceWarning  # a second and 60 MB that only learning needs, not the web
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=STRENGTH, max_iter=ROUNDS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
        warnings.filterwarnings("ignore", message="The number of unique classes")  # a label may well have two rows
        machine.fit(rows, labels)
    weights, bias = machine.coef_, machine.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)


def _temperature(scores: npt.NDArray[np.floating], labels: npt.NDArray[np.int64]) -> float:
    """What the scores are divided by, so that the held-back rows are likeliest."""
    from scipy.optimize import minimize_scalar  # like the machine itself: only for learning

    scores = scores.astype(np.float32)

    def surprise(log_temperature: float) -> float:
        right = softmax(scores / np.float32(np.exp(log_temperature)))[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(right, 1e-9)).mean())

    found = minimize_scalar(surprise, bounds=(np.log(COLDEST), np.log(WARMEST)), method="bounded")
    return float(np.exp(found.x))


def _only(lesson: Lesson, spelling: Spelling) -> Model:
    """Where all rows bear one label, that label."""
    bias = np.full(len(lesson.names), -10.0, dtype=np.float32)
    bias[lesson.labels[0]] = 0
    none = np.zeros((1, len(lesson.names)), dtype=np.float32)
    return Model(lesson.names, np.zeros(1, np.int32), np.ones(1, np.float32), none, bias, 1.0, spelling)
