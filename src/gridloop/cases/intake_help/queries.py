"""What a text may be about, by the model that stands, and which models there were."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db.models.functions import Length

from gridloop.cases import sql
from gridloop.cases.intake_help.models import ClassifierModel
from gridloop.cases.intake_help.rules import (
    LEAST,
    NONE,
    SUGGESTED_MAX,
    SURE,
    SURE_OF_NONE,
    Key,
    Suggested,
    everyday_words,
    label_of,
    taught_by_tables,
)
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.masters import Masters
from gridloop.engines.text_classes import Lesson, Model, sketched

CURRENT_SQL = "select id from cases_classifier_model where current"
HISTORY_SQL = """
select id, text, class_kind || ':' || class_code from cases_case
where state = 'closed' and class_code is not null and text <> '' and (not synthetic or %(demo)s)
order by id desc limit %(most)s
"""
CASES_MAX = 100_000  # the newest closed cases: what a city said ten years ago it says otherwise today
MODELS_SHOWN = 100
APART_OF_CASES = 7


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Classes, best first; `none` says that the text is likely about none of them. `model_id` is empty for the model of the tables."""

    items: tuple[Suggested, ...]
    none: bool
    origin: str
    model_id: int | None


class Kept:
    """The model that this process has read; one reader at a time, any number of askers."""

    def __init__(self) -> None:
        self.key: tuple[str, int] | None = None
        self.model: Model | None = None
        self.lock = Lock()


KEPT = Kept()


def suggest(text: str, *, now: dt.datetime) -> Suggestions:
    """Up to five classes that a text may be about; two statements while masters and model stand."""
    masters = masters_now.current(now)
    if not masters.classes or not text.strip():
        return Suggestions((), none=True, origin="tables", model_id=None)
    model, origin, model_id = standing(masters)
    return _suggested(model, text, masters, origin, model_id)


def standing(masters: Masters) -> tuple[Model, str, int | None]:
    """The current model; where none was trained yet, one of the class tables, learnt once in this process."""
    rows = sql.run(CURRENT_SQL)
    key = ("kept", int(rows[0][0])) if rows else ("tables", masters.version)
    with KEPT.lock:
        if KEPT.model is None or key != KEPT.key:
            KEPT.model = read_model(key[1]) if rows else table_model(masters)
            KEPT.key = key
        return KEPT.model, "stored" if rows else "tables", key[1] if rows else None


def standing_now(now: dt.datetime) -> tuple[Model, str]:
    """The model that answers now, and its name."""
    model, origin, model_id = standing(masters_now.current(now))
    return model, f"{origin} {model_id or ''}".strip()


def read_model(model_id: int) -> Model:
    """A stored model."""
    kept = ClassifierModel.objects.only("data").get(pk=model_id)
    return Model.from_bytes(bytes(kept.data or b""))[0]


def table_lesson(masters: Masters, more: Iterable[tuple[str, str]] = ()) -> tuple[Lesson, npt.NDArray[np.int64]]:
    """What the tables teach and `more` (text, label) pairs, with the rows by which confidence is made honest."""
    taught = taught_by_tables(masters, everyday(), nothing())
    extra = tuple(more)
    step = max(APART_OF_CASES, len(extra) // len(taught.apart))  # the tables' hard rows keep half of the say
    apart = np.array([*taught.apart, *range(len(taught.texts), len(taught.texts) + len(extra), step)], dtype=np.int64)
    texts = [*taught.texts, *(text for text, _ in extra)]
    return Lesson.of(texts, [*taught.labels, *(label for _, label in extra)]), apart


def table_model(masters: Masters) -> Model:
    """A model of the class tables alone, made at once; the nightly training makes a better one."""
    return sketched(*table_lesson(masters))


def closed_cases() -> list[tuple[int, str, str]]:
    """(id, text, label) of the newest closed cases; made-up cases only in the demo."""
    demo = bool(getattr(settings, "GRIDLOOP_DEMO", False))
    return [(int(row[0]), str(row[1]), str(row[2])) for row in sql.run(HISTORY_SQL, {"demo": demo, "most": CASES_MAX})]


def trained(limit: int = MODELS_SHOWN) -> list[dict[str, Any]]:
    """The trainings, newest first; one statement."""
    shown = ClassifierModel.objects.order_by("-id").annotate(size_bytes=Length("data"))
    columns = (
        "id",
        "made_at",
        "origin",
        "current",
        "reason",
        "masters_version",
        "rows",
        "labels",
        "marks",
        "size_bytes",
    )
    return [dict(row) for row in shown.values(*columns)[:limit]]


@cache
def everyday() -> dict[Key, list[str]]:
    """Everyday words of each class, from the project's table."""
    with _file("everyday_words.csv").open(encoding="utf-8", newline="") as source:
        return everyday_words(csv.DictReader(source))


@cache
def nothing() -> tuple[str, ...]:
    """Lines that name no problem."""
    return tuple(line for line in _file("nothing.csv").read_text("utf-8").splitlines()[1:] if line)


def _file(name: str) -> Path:
    return Path(settings.ROOT) / "data" / "intake_help" / name


def _suggested(model: Model, text: str, masters: Masters, origin: str, model_id: int | None) -> Suggestions:
    chances = model.probabilities([text])[0]
    by_label = {label_of(*key): one for key, one in masters.classes.items()}
    found: list[Suggested] = []
    for at in np.argsort(-chances, kind="stable"):
        one = by_label.get(model.labels[at])
        if chances[at] < LEAST or len(found) == SUGGESTED_MAX:
            break
        if one is not None:
            why = tuple(piece.text for piece in model.why(text, int(at)))
            found.append(Suggested(one.kind, one.code, one.zh, one.en, round(float(chances[at]), 3), why))
    about_none = model.labels.index(NONE) if NONE in model.labels else None
    none = not found or found[0].confidence < SURE or (about_none is not None and chances[about_none] > SURE_OF_NONE)
    return Suggestions(tuple(found), bool(none), origin, model_id)
