"""Training: from the class tables and closed cases by itself, or from a file; each is recorded, and the better model stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.intake_help import queries
from gridloop.cases.intake_help.csvfiles import LabelledFile
from gridloop.cases.intake_help.evaluation import lesson_of
from gridloop.cases.intake_help.models import ClassifierModel
from gridloop.cases.intake_help.rules import key_of_label, label_of
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.masters import Masters
from gridloop.engines.text_classes import Marks, Model, learnt, marks_of
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused

HELD_EVERY = 5  # of the closed cases those whose id divides by it are never learnt from, so every model meets them for the first time
JUDGED_FROM = 50  # held-back cases; fewer prove nothing
DATA_KEPT = 3  # models whose weights are kept
BATCH = 4096


@dataclass(frozen=True, slots=True)
class Training:
    """What a training came to."""

    model_id: int
    current: bool
    reason: str
    rows: int
    labels: int
    marks: dict[str, Any]


def retrain(*, by: Caller, now: dt.datetime) -> Training:
    """Learn from the tables and four fifths of the closed cases, compare with the standing model on the other fifth, keep the better."""
    masters = masters_now.current(now)
    if not masters.classes:
        raise Refused("the class tables are empty; run load_masters", zh="类别表为空,请运行 load_masters")
    cases = [(id_, text, label) for id_, text, label in queries.closed_cases() if key_of_label(label, masters)]
    lesson, apart = queries.table_lesson(masters, ((text, label) for id_, text, label in cases if id_ % HELD_EVERY))
    held = [(text, label) for id_, text, label in cases if not id_ % HELD_EVERY]
    model = learnt(lesson, apart=apart)
    standing, origin, standing_id = queries.standing(masters)
    fresh, former = judged(model, held), judged(standing, held)
    marks: dict[str, Any] = {
        "held_back": len(held),
        "cases": len(cases),
        "new": _figures(fresh),
        "standing": _figures(former),
    }
    marks["standing_model"] = standing_id
    changed = standing_id is None or _masters_of(standing_id) != masters.version
    if len(held) < JUDGED_FROM:
        better, reason = changed, "too few closed cases to compare; made from the class tables as they are now"
    elif fresh.accuracy >= former.accuracy:
        better, reason = (
            True,
            f"accuracy {fresh.accuracy:.4f} on held-back cases, the model before had {former.accuracy:.4f}",
        )
    else:
        better, reason = (
            False,
            f"accuracy {fresh.accuracy:.4f} on held-back cases, the standing model has {former.accuracy:.4f}",
        )
    source = "cases" if len(cases) > len(held) else "tables"
    return _record(
        model, source, len(lesson.texts), marks, masters, current=better, reason=f"{reason} ({origin})", by=by, now=now
    )


def train_from_file(
    file: LabelledFile, marks: dict[str, Any], *, by: Caller, now: dt.datetime
) -> tuple[Training, Model]:
    """Learn from a file. Its model answers at intake if all labels are classes; the class tables are then taught along."""
    masters = masters_now.current(now)
    keys = {label: key_of_label(label, masters) for label in set(file.labels)}
    strangers = sorted(label for label, key in keys.items() if key is None)
    if strangers:
        lesson, apart = lesson_of(file), None
        reason = f"kept beside: {len(strangers)} of {len(keys)} labels are no classes of this city, such as {strangers[0][:60]}"
    else:
        pairs = (
            (text, label_of(*key)) for text, label in zip(file.texts, file.labels, strict=True) if (key := keys[label])
        )
        lesson, apart = queries.table_lesson(masters, pairs)
        reason = "all labels are classes of this city"
    model = learnt(lesson, apart=apart)
    done = _record(model, "file", len(file.texts), marks, masters, current=not strangers, reason=reason, by=by, now=now)
    return done, model


def judged(model: Model, held: list[tuple[str, str]]) -> Marks:
    """Marks of a model on cases that it has not seen; a class that it does not know is wrong."""
    number = {label: at for at, label in enumerate(model.labels)}
    labels = len(model.labels) + 1
    truth = np.array([number.get(label, labels - 1) for _, label in held], dtype=np.int64)
    texts = [text for text, _ in held]
    pieces = [model.probabilities(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    chances = np.concatenate([*pieces, np.zeros((0, labels - 1), np.float32)])
    chances = np.hstack([chances, np.zeros((len(chances), 1), np.float32)])
    return marks_of(truth, chances.argmax(axis=1), labels, chances)


def _figures(marks: Marks) -> dict[str, Any]:
    return {
        "accuracy": round(marks.accuracy, 5),
        "macro_f1": round(marks.macro_f1, 5),
        "top5": None if marks.top5 is None else round(marks.top5, 5),
        "calibration_error": None if marks.calibration_error is None else round(marks.calibration_error, 5),
    }


def _masters_of(model_id: int) -> int:
    return ClassifierModel.objects.values_list("masters_version", flat=True).get(pk=model_id)


def _record(
    model: Model, origin: str, rows: int, marks: dict[str, Any], masters: Masters, *, current: bool, reason: str, by: Caller,
    now: dt.datetime,
) -> Training:  # fmt: skip
    about = {"origin": origin, "made_at": now.isoformat(), "rows": rows, "marks": marks}
    with transaction.atomic():
        if current:
            ClassifierModel.objects.filter(current=True).update(current=False)
        made = ClassifierModel.objects.create(
            made_at=now, origin=origin, current=current, reason=reason, masters_version=masters.version, rows=rows,
            labels=len(model.labels), marks=marks, data=model.to_bytes(about) if current or origin == "file" else None,
        )  # fmt: skip
        kept = (
            ClassifierModel.objects.filter(data__isnull=False).order_by("-current", "-id").values_list("id", flat=True)
        )
        ClassifierModel.objects.filter(data__isnull=False).exclude(id__in=list(kept[:DATA_KEPT])).update(data=None)
        detail = {"origin": origin, "rows": rows, "labels": len(model.labels), "current": current}
        ledger.record(by, "classifier.trained", f"classifier:{made.pk}", at=now, detail=detail)
    return Training(made.pk, current, reason, rows, len(model.labels), marks)
