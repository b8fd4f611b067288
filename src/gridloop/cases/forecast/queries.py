# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""The history as arrays, the model that stands, and the list of cases that can still be saved."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from gridloop.cases.evaluation.queries import scope
from gridloop.cases.forecast import sql
from gridloop.cases.forecast.models import ForecastModel
from gridloop.cases.forecast.rules.features import WorkTime, work_time
from gridloop.cases.forecast.rules.past import IN_HAND, Line, Past, past_of
from gridloop.cases.forecast.rules.reasons import in_words
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import subtree
from gridloop.cases.queries.rows import SELECTED, shown
from gridloop.kernel.errors import Malformed
from gridloop.kernel.statements import run

LEARN_DAYS, LEARN_CASES = 180, 40_000
"""The newest cases that are learnt from: what units did a year ago they do otherwise today."""
QUEUE_DAYS, QUEUE_CASES = 21, 100_000
"""The window in which the present queues, arrivals and finishes are counted."""
QUIET = ("comment", "urge", "escalate", "split", "join")
CALENDAR_MARGIN_DAYS = 400
SAVEABLE = (0.3, 0.95)
"""Below, most cases come right by themselves; above, hardly any can be saved."""
LIMIT_MAX = 200
IN_HAND_STATES = sorted(str(state) for state in IN_HAND)
MODEL_COLUMNS = (
    "id", "trained_at", "since", "until", "samples", "tested", "brier", "brier_base", "brier_stage", "reliability", "stages", "current",
    "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: in an area, of a unit and those under it, with a probability between two thresholds; a page after `cursor`."""

    place: str = ""
    unit: int | None = None
    from_share: float = SAVEABLE[0]
    to_share: float = SAVEABLE[1]
    limit: int = 50
    cursor: str = ""


def past(now: dt.datetime, *, days: int, most: int) -> Past:
    """Every case in hand and the newest ones that are over, at most `most` of the last `days` days; one statement."""
    rows = run(sql.text("past"), {
        "since": now - dt.timedelta(days=days), "most": most, "now": now, "in_hand": IN_HAND_STATES, "quiet": list(QUIET),
    })  # fmt: skip
    return past_of(_lines(rows), now_s=now.timestamp())


def _lines(rows: list[tuple[Any, ...]]) -> Iterator[Line]:
    for case_id, at_s, verb, state, unit_id, due_s, *about in rows:
        label, urgency, tier, limit_unit, source, made_up = about
        yield Line(case_id, at_s, verb, state, unit_id, due_s, (label, urgency, tier, limit_unit, source, made_up))


def working_time(now: dt.datetime) -> WorkTime:
    """The city's working time round now; one statement while the masters stand."""
    day, margin = now.date(), dt.timedelta(days=CALENDAR_MARGIN_DAYS)
    return work_time(masters_now.current(now).clock, day - margin, day + margin)


def standing() -> ForecastModel | None:
    """The model that forecasts now, or None; one statement."""
    return ForecastModel.objects.filter(current=True).first()


def model() -> dict[str, Any]:
    """The model that stands and the newest training with their honest marks, without weights; one statement."""
    newest = list(ForecastModel.objects.order_by("-current", "-id").values(*MODEL_COLUMNS)[:2])
    current = next((one for one in newest if one["current"]), None)
    last = max(newest, key=lambda one: int(one["id"]), default=None)
    return {"current": current, "last": last, "saveable": list(SAVEABLE)}


def cases(wanted: Wanted, reach: scope.Reach, *, now: dt.datetime) -> dict[str, Any]:
    """A page of cases in hand that are not late yet, the likeliest to be late first; two statements while the masters stand."""
    params: dict[str, Any] = {
        "now": now, "low": wanted.from_share, "high": wanted.to_share, "in_hand": IN_HAND_STATES,
        "limit": max(1, min(wanted.limit, LIMIT_MAX)) + 1,
    }  # fmt: skip
    terms = [scope.terms(reach, params), scope.place_bounds(reach, wanted.place, params)]
    if wanted.unit is not None:
        params["unit_ids"] = subtree(wanted.unit)
        terms.append("c.unit_id = any(%(unit_ids)s::bigint[])")
    if wanted.cursor:
        params["after_p"], params["after_id"] = _after(wanted.cursor)
        terms.append("(-w.p, w.case_id) > (-%(after_p)s::float8, %(after_id)s)")
    rows = run(
        f"""select {SELECTED}, w.p, w.why, w.at from cases_forecast w join cases_case_open c on c.id = w.case_id
cross join lateral (select c.place, c.unit_id) f
where w.p between %(low)s and %(high)s and c.state = any(%(in_hand)s) and c.due_at > %(now)s and c.paused_at is null
    and {" and ".join(terms)}
order by w.p desc, w.case_id limit %(limit)s""",
        params,
    )
    page = rows[: params["limit"] - 1]
    items = shown((row[:-3] for row in page), masters_now.current(now), now)
    for item, (*_, p, why, at) in zip(items, page, strict=True):
        item |= {
            "late_probability": round(p, 4),
            "why": [{"code": one.code, "zh": one.zh, "en": one.en} for one in in_words(why)],
            "forecast_at": at,
        }
    following = _cursor(page[-1][-3], page[-1][0]) if len(rows) > len(page) else None
    return {"items": items, "next": following}


def _cursor(p: float, case_id: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([p, case_id])).decode().rstrip("=")


def _after(cursor: str) -> tuple[float, int]:
    try:
        p, case_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, UnicodeError):
        p, case_id = None, None
    if not isinstance(p, float | int) or not isinstance(case_id, int) or not 0 <= p <= 1 or not 0 <= case_id < 2**63:
        raise Malformed(
            "this cursor is not ours; begin again without it",
            zh="游标无效,请从第一页开始",
            fields={"cursor": "invalid"},
        )
    return float(p), case_id
