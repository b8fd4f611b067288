"""A learnt model: what it weighs, what it answers, why, and how it is kept (npz with JSON inside, no pickle)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gridloop.engines.text_classes.grams import Spelling, counted, spans, tidy

FORMAT = 1
BYTES_MAX = 512 * 1024 * 1024  # a file that unpacks to more is no model of ours
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A piece of a text and what it added to a class's score."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over hashed runs; it never changes, so any number of threads may ask it.

    columns: int32 (runs,), sorted; idf: float32 (runs,); weights: float32 (runs, labels); bias: float32 (labels,).
    `temperature` divides the scores, so that the probabilities say how often the answer is right.
    """

    labels: tuple[str, ...]
    columns: npt.NDArray[np.int32]
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float
    spelling: Spelling

    def scores(self, texts: Sequence[str]) -> Floats:
        """float32 (texts, labels); texts need not be tidied."""
        counts = counted([tidy(text) for text in texts], self.spelling)
        return self.scores_of(self.rows(counts))

    def scores_of(self, rows: sparse.csr_matrix) -> Floats:
        """The same for rows that are already weighted."""
        return np.asarray(rows @ self.weights, dtype=np.float32) + self.bias

    def rows(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Counts (texts, 2**22) as weighted rows (texts, runs) of length one."""
        return weighted(counts, self.columns, self.idf)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """float32 (texts, labels), each row adding up to 1."""
        return softmax(self.scores(texts) / np.float32(self.temperature))

    def why(self, text: str, label: int, limit: int = 3) -> list[Weighed]:
        """The pieces of the text that spoke most for a label rather than for the labels on average, strongest first, none within another."""
        plain = tidy(text)
        columns, starts, ends = spans(plain, self.spelling)
        at = np.searchsorted(self.columns, columns)
        known = (at < len(self.columns)) & (self.columns[np.minimum(at, len(self.columns) - 1)] == columns)
        at, starts, ends = at[known], starts[known], ends[known]
        pull = self.idf[at] * (self.weights[at, label] - self.weights[at].mean(axis=1))
        said: list[Weighed] = []
        taken = np.zeros(len(plain) + 1, dtype=bool)
        for one in np.argsort(-_by_piece(pull, starts, ends), kind="stable"):
            first, last = max(0, int(starts[one])), min(len(plain), int(ends[one]))
            piece = plain[first:last].strip()
            if len(said) == limit or pull[one] <= 0:
                break
            if len(piece) > 1 and not taken[first:last].any():
                taken[first:last] = True
                said.append(Weighed(piece, round(float(pull[one]), 3)))
        return said

    def to_bytes(self, about: Mapping[str, Any]) -> bytes:
        """The model and what is known about it as one file; weights keep three digits (float16)."""
        told = {
            "format": FORMAT,
            "labels": self.labels,
            "temperature": self.temperature,
            "spelling": asdict(self.spelling),
            "about": dict(about),
        }
        target = io.BytesIO()
        np.savez_compressed(
            target, columns=self.columns, idf=self.idf, weights=self.weights.astype(np.float16), bias=self.bias,
            told=np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), dtype=np.uint8),
        )  # fmt: skip
        return target.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> tuple[Model, dict[str, Any]]:
        """What `to_bytes` made; ValueError for anything else."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                if sum(member.file_size for member in packed.infolist()) > BYTES_MAX:
                    raise ValueError("too large for a model")
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                told = json.loads(kept["told"].tobytes())
                arrays = {name: kept[name] for name in ("columns", "idf", "weights", "bias")}
            if told["format"] != FORMAT:
                raise ValueError(f"format {told['format']}")
            model = cls(
                tuple(told["labels"]), arrays["columns"], arrays["idf"], arrays["weights"].astype(np.float32), arrays["bias"],
                float(told["temperature"]), Spelling(**told["spelling"]),
            )  # fmt: skip
        except (KeyError, TypeError, OSError, zipfile.BadZipFile, json.JSONDecodeError) as wrong:
            raise ValueError(f"no model: {wrong}") from wrong
        if model.weights.shape != (len(model.columns), len(model.labels)):
            raise ValueError("the weights do not fit the labels")
        return model, told["about"]


def weighted(counts: sparse.csr_matrix, columns: npt.NDArray[np.int32], idf: Floats) -> sparse.csr_matrix:
    """Counts to (1 + ln count) * idf over the chosen columns, each row of length one."""
    at = np.searchsorted(columns, counts.indices)
    known = (at < len(columns)) & (columns[np.minimum(at, len(columns) - 1)] == counts.indices)
    ends = np.concatenate([[0], np.cumsum(known)])[counts.indptr]
    at = at[known]
    values = (1 + np.log(counts.data[known])) * idf[at]
    lengths = np.repeat(np.arange(counts.shape[0]), np.diff(ends))
    norms = np.sqrt(np.bincount(lengths, weights=values**2, minlength=counts.shape[0]))
    norms[norms == 0] = 1
    values = (values / norms[lengths]).astype(np.float32)
    return sparse.csr_matrix((values, at.astype(np.int32), ends), shape=(counts.shape[0], len(columns)))


def softmax(scores: Floats) -> Floats:
    """Rows of scores as rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _by_piece(pull: Floats, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Longer pieces first among equals: three signs say more to a reader than two of them."""
    return np.asarray(pull * np.sqrt(np.maximum(ends - starts, 1)), dtype=np.float64)
