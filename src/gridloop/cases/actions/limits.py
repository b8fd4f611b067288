"""A filing rule gets other limits from a later day on; cases opened before that day keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from gridloop.audit import actions as ledger
from gridloop.cases import models
from gridloop.cases.actions.masters import LOCAL, end_before
from gridloop.cases.actions.report import home_area
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound

TIERS = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class NewLimit:
    """What a filing rule shall say from a day on; a tier that is not named gets the limit itself."""

    valid_from: date
    limit: float
    unit: str
    why: str
    tiers: Mapping[str, float] = field(default_factory=dict)


def set_limit(kind: str, code: str, rule_no: int, new: NewLimit, *, by: Caller, now: datetime) -> models.FilingRule:
    """The rule's next version. One that was announced and does not hold yet is replaced.

    Whoever calls this has seen to the second pair of eyes. Raises NotFound, and Malformed for a day that is not after today.
    """
    identity.require_grant(by, Duty.ADMIN, area=home_area())
    today = in_city(now).date()
    if new.valid_from <= today:
        raise Malformed(
            f"a limit changes on a day after {today}, so that no case of today is changed",
            zh=f"时限变更须自 {today} 之后生效",
            fields={"valid_from": f"after {today}"},
        )
    with transaction.atomic():
        same = models.FilingRule.objects.select_for_update().filter(kind=kind, code=code, rule_no=rule_no)
        last = same.filter(valid_to__isnull=True).first()
        if last is None:
            raise NotFound(
                f"there is no filing rule {rule_no} for {kind}:{code}", zh=f"{kind}:{code} 没有第 {rule_no} 条立案条件"
            )
        end_before(last, same, day=new.valid_from, today=today)
        row = _next(last, new, (same.aggregate(top=Max("version"))["top"] or 0) + 1)
        detail = {
            "version": row.version, "from": new.valid_from.isoformat(), "before": {"limit": last.limit_value, "unit": last.limit_unit},
            "limit": row.limit_value, "unit": row.limit_unit, "tiers": {"A": row.tier_a, "B": row.tier_b, "C": row.tier_c}, "why": new.why,
        }  # fmt: skip
        subject = f"rule:{kind}:{code}:{rule_no}"
        ledger.record(by, "masters.limit_changed", subject, at=now, area=home_area(), detail=detail)
    return row


def _next(last: models.FilingRule, new: NewLimit, version: int) -> models.FilingRule:
    """The following version: the same rule with the new limits."""
    tiers = {tier: new.tiers.get(tier, new.limit) for tier in TIERS}
    return models.FilingRule.objects.create(
        kind=last.kind, code=last.code, rule_no=last.rule_no, condition_zh=last.condition_zh, condition_en=last.condition_en,
        limit_value=new.limit, limit_unit=new.unit, tier_a=tiers["A"], tier_b=tiers["B"], tier_c=tiers["C"], urgency=last.urgency,
        closing_zh=last.closing_zh, closing_en=last.closing_en, version=version, valid_from=new.valid_from, confidence=LOCAL,
        source=f"set by the city: {new.why.strip()}",
    )  # fmt: skip
