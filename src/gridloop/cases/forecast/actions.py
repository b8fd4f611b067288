"""Training on the past, and telling anew how likely each case in hand will be late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.conf import settings
from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.forecast import queries, sql
from gridloop.cases.forecast.models import ForecastModel
from gridloop.cases.forecast.rules import features, training
from gridloop.cases.forecast.rules.features import FEATURES, Asked, Records
from gridloop.cases.forecast.rules.reasons import OVERDUE, reasons
from gridloop.cases.forecast.rules.training import Judged, Samples
from gridloop.engines.lateness import Chances
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused
from gridloop.kernel.statements import run

MODELS_KEPT = 60
ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('cases.forecast'))"
FORGET = "delete from cases_forecast"


@dataclass(frozen=True, slots=True)
class Training:
    """What a training came to."""

    model_id: int
    current: bool
    reason: str
    samples: int
    tested: int
    brier: float
    brier_base: float
    brier_stage: float


def train(*, by: Caller, now: dt.datetime) -> Training:
    """Learn from the older 70 % of the past, judge on the newest 30 % beside the base rates and the standing model, keep the better.

    Refused while too few cases have come to their deadline.
    """
    past = queries.past(now, days=queries.LEARN_DAYS, most=queries.LEARN_CASES)
    demo = bool(getattr(settings, "GRIDLOOP_DEMO", False))
    rows = training.samples(past, queries.working_time(now), now_s=now.timestamp(), with_made_up=demo)
    cut = training.split(rows) if training.enough(rows) else None
    if cut is None or not cut.older.late.any() or not len(cut.newer.late):
        raise Refused(
            f"too few cases have come to their deadline to learn from; {training.RUNS_LEAST} with {training.LATE_LEAST} late ones are needed",
            zh=f"到期案件太少,至少需要 {training.RUNS_LEAST} 件,其中超期 {training.LATE_LEAST} 件",
        )
    standing = queries.standing()
    fresh = training.learnt_from(cut)
    found = training.judged(fresh, cut)
    former = read(standing) if standing is not None else None
    better, reason = _verdict(found, training.judged(former, cut) if former is not None else None)
    weights = fresh.written() | {"features": list(FEATURES), "records": Records(past).kept(now.timestamp())}
    return _record(rows, found, weights, tested=len(cut.newer.late), current=better, reason=reason, by=by, now=now)


def read(model: ForecastModel) -> Chances | None:
    """The weights of a kept model; None when they were made for other features than ours."""
    return Chances.read(model.weights) if model.weights["features"] == list(FEATURES) else None


def _verdict(fresh: Judged, former: Judged | None) -> tuple[bool, str]:
    """Whether the new model stands from now on, and why."""
    said = f"Brier score {fresh.brier:.4f} on the newest cases"
    if fresh.brier >= fresh.brier_base:
        return False, f"{said}, no better than {fresh.brier_base:.4f} of the class's base rate"
    if former is not None and former.brier < fresh.brier:
        return False, f"{said}, the standing model has {former.brier:.4f}"
    beside = f", {former.brier:.4f} of the model before" if former is not None else ""
    return True, f"{said}, against {fresh.brier_base:.4f} of the class's base rate{beside}"


def _record(
    rows: Samples, found: Judged, weights: dict[str, Any], *, tested: int, current: bool, reason: str, by: Caller, now: dt.datetime
) -> Training:  # fmt: skip
    first, last = float(rows.start_s.min()), float(rows.known_s.max())
    with transaction.atomic():
        run(ONE_AT_A_TIME)
        if current:
            ForecastModel.objects.filter(current=True).update(current=False)
        made = ForecastModel.objects.create(
            trained_at=now, since=dt.datetime.fromtimestamp(first, dt.UTC), until=dt.datetime.fromtimestamp(last, dt.UTC),
            samples=len(rows.late), tested=tested, brier=found.brier, brier_base=found.brier_base, brier_stage=found.brier_stage,
            reliability=found.reliability, stages=found.stages, weights=weights, current=current, reason=reason,
        )  # fmt: skip
        kept = ForecastModel.objects.order_by("-current", "-id").values_list("id", flat=True)[:MODELS_KEPT]
        used = list(kept)
        ForecastModel.objects.exclude(id__in=used).delete()
        detail = {"samples": len(rows.late), "brier": f"{found.brier:.5f}", "brier_base": f"{found.brier_base:.5f}"}
        ledger.record(by, "forecast.trained", f"forecast:{made.pk}", at=now, detail=detail | {"current": current})
    return Training(made.pk, current, reason, len(rows.late), tested, found.brier, found.brier_base, found.brier_stage)


def refresh(*, now: dt.datetime) -> int:
    """Tell anew how likely each case in hand will be late; returns how many were told. Five statements, one of which writes.

    Without a model that stands nothing is told, and what was told before is forgotten.
    """
    model = queries.standing()
    chances = read(model) if model is not None else None
    with transaction.atomic():
        run(ONE_AT_A_TIME)
        if model is None or chances is None:
            run(FORGET)
            return 0
        told = _told(model, chances, now)
        run(sql.text("refresh"), told | {"at": now, "model": model.pk})
    return len(told["ids"])


def _told(model: ForecastModel, chances: Chances, now: dt.datetime) -> dict[str, Any]:
    """(ids, late, why) of every case in hand; what is overdue already is certain."""
    past = queries.past(now, days=queries.QUEUE_DAYS, most=queries.QUEUE_CASES)
    stay = np.flatnonzero(~np.isfinite(past.stays.end_s))
    asked = Asked(stay, np.full(len(stay), now.timestamp()))
    record = features.kept_record(model.weights["records"], past, asked)
    known = features.known_at(past, asked, queries.working_time(now), record)
    said = chances.probabilities(known.table)
    why = reasons(chances, known)
    overdue = past.stays.due_s[stay] < now.timestamp()
    return {
        "ids": past.case_ids[past.stays.case[stay]].tolist(),
        "late": np.where(overdue, 1.0, said).tolist(),
        "why": [
            orjson.dumps([[OVERDUE]] if gone else one).decode() for one, gone in zip(why, overdue.tolist(), strict=True)
        ],
    }
