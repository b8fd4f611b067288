"""A city edits its masters: every change is a new version from a day on, with who and why in the ledger; nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from gridloop.audit import actions as ledger
from gridloop.cases import models
from gridloop.cases.actions.masters import LOCAL
from gridloop.cases.actions.report import home_area
from gridloop.cases.rules.clock import UNIT_NAMES
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused

TEMPLATE_DUTIES = (Duty.SHIFT_LEADER, Duty.SUPERVISOR, Duty.ADMIN)
SET_HERE = "set by the city"
TIERS = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """Words for reporters after a verb of the loop, in both languages."""

    code: str
    verb: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str


TEMPLATE_FIELDS = tuple(one.name for one in fields(NewTemplate))


@dataclass(frozen=True, slots=True)
class NewLimit:
    """What a filing rule shall say from a day on; a tier that is not named gets the limit itself."""

    valid_from: date
    limit: float
    unit: str
    why: str
    tiers: Mapping[str, float] = field(default_factory=dict)


def add_template(new: NewTemplate, *, by: Caller, now: datetime) -> models.AnswerTemplate:
    """An answer template from today on; Refused when one of this code is in force."""
    identity.require_grant(by, *TEMPLATE_DUTIES, area=home_area())
    taken = Refused(
        f"there is a template '{new.code}' already; change it, or take another code",
        zh=f"模板“{new.code}”已存在,请修改它或换用其他代码",
        fields={"code": "taken"},
    )
    with one_in_force(taken), transaction.atomic():
        # the versions of one code are numbered on, also after an end
        versions = models.AnswerTemplate.objects.select_for_update().filter(code=new.code)
        if any(one.valid_to is None for one in versions):
            raise taken
        row = _template(asdict(new), max((one.version for one in versions), default=0) + 1, in_city(now).date())
        _wrote(by, "masters.template_added", row, now, {"verb": row.verb})
    return row


def change_template(code: str, changes: Mapping[str, str], *, by: Caller, now: datetime) -> models.AnswerTemplate:
    """A new version of a template from today on, with these fields changed; the old one ends. Raises NotFound."""
    identity.require_grant(by, *TEMPLATE_DUTIES, area=home_area())
    with transaction.atomic():
        old = _in_force(code)
        words = {name: getattr(old, name) for name in TEMPLATE_FIELDS}
        changed = {name: value for name, value in changes.items() if words[name] != value}
        if not changed:
            return old
        today = in_city(now).date()
        old.valid_to = max(today, old.valid_from)
        old.save(update_fields=["valid_to"])
        row = _template(words | changed, old.version + 1, today)
        _wrote(by, "masters.template_changed", row, now, {"changed": sorted(changed)})
    return row


def end_template(code: str, *, by: Caller, now: datetime) -> None:
    """A template holds no more from today on; it stays readable as a former version. Raises NotFound."""
    identity.require_grant(by, *TEMPLATE_DUTIES, area=home_area())
    with transaction.atomic():
        row = _in_force(code)
        row.valid_to = max(in_city(now).date(), row.valid_from)
        row.save(update_fields=["valid_to"])
        _wrote(by, "masters.template_ended", row, now, {})


@contextmanager
def one_in_force(taken: Refused) -> Iterator[None]:
    """Tell who came second in the same moment what they would have been told a moment later."""
    try:
        yield
    except IntegrityError as second:
        raise taken from second


def _template(words: Mapping[str, str], version: int, today: date) -> models.AnswerTemplate:
    return models.AnswerTemplate.objects.create(
        **words, version=version, valid_from=today, source=SET_HERE, confidence=LOCAL
    )


def _in_force(code: str) -> models.AnswerTemplate:
    row = models.AnswerTemplate.objects.select_for_update().filter(code=code, valid_to__isnull=True).first()
    if row is None:
        raise NotFound(f"there is no template '{code}' in force", zh=f"没有正在生效的模板“{code}”")
    return row


def _wrote(by: Caller, action: str, row: models.AnswerTemplate, now: datetime, detail: Mapping[str, Any]) -> None:
    ledger.record(
        by, action, f"template:{row.code}", at=now, area=home_area(), detail={"version": row.version, **detail}
    )


def change_limit(kind: str, code: str, rule_no: int, new: NewLimit, *, by: Caller, now: datetime) -> models.FilingRule:
    """A filing rule's new limits from a later day on; cases opened before that day keep theirs.

    A change that has not come into force yet is replaced. Raises NotFound, and Malformed for limits or a day that cannot be.
    """
    identity.require_grant(by, Duty.ADMIN, area=home_area())
    today = in_city(now).date()
    _check(new, today)
    with transaction.atomic():
        rows = models.FilingRule.objects.select_for_update().filter(kind=kind, code=code, rule_no=rule_no)
        last = rows.filter(valid_to__isnull=True).first()
        if last is None:
            raise NotFound(
                f"there is no filing rule {rule_no} for {kind}:{code}", zh=f"{kind}:{code} 没有第 {rule_no} 条立案条件"
            )
        before = {"limit": last.limit_value, "unit": last.limit_unit}
        if last.valid_from > today:  # announced, but not in force yet: it never will be
            rows.filter(valid_to=last.valid_from).exclude(pk=last.pk).exclude(valid_from=last.valid_from).update(
                valid_to=new.valid_from
            )
            last.valid_to = last.valid_from
        else:
            last.valid_to = new.valid_from
        last.save(update_fields=["valid_to"])
        row = _next(last, new, (rows.aggregate(top=Max("version"))["top"] or 0) + 1)
        detail = {
            "version": row.version, "from": new.valid_from.isoformat(), "before": before, "limit": row.limit_value, "unit": row.limit_unit,
            "tiers": {"A": row.tier_a, "B": row.tier_b, "C": row.tier_c}, "why": new.why,
        }  # fmt: skip
        ledger.record(
            by, "masters.limit_changed", f"rule:{kind}:{code}:{rule_no}", at=now, area=home_area(), detail=detail
        )
    return row


def _check(new: NewLimit, today: date) -> None:
    fields = {}
    if new.valid_from <= today:
        fields["valid_from"] = f"a day after {today}, so that no case of today is changed"
    if new.unit not in UNIT_NAMES:
        fields["unit"] = "one of " + ", ".join(UNIT_NAMES)
    if not set(new.tiers) <= set(TIERS):
        fields["tiers"] = "of " + ", ".join(TIERS)
    if new.limit <= 0 or any(value <= 0 for value in new.tiers.values()):
        fields["limit"] = "more than nothing"
    if not new.why.strip():
        fields["why"] = "say why, for the ledger"
    if fields:
        listed = "; ".join(f"{name}: {reason}" for name, reason in fields.items())
        raise Malformed(f"the limit cannot be set: {listed}", zh=f"时限设置有误:{'、'.join(fields)}", fields=fields)


def _next(last: models.FilingRule, new: NewLimit, version: int) -> models.FilingRule:
    """The following version: the same rule with the new limits."""
    tiers = {tier: new.tiers.get(tier, new.limit) for tier in TIERS}
    return models.FilingRule.objects.create(
        kind=last.kind,
        code=last.code,
        rule_no=last.rule_no,
        condition_zh=last.condition_zh,
        condition_en=last.condition_en,
        limit_value=new.limit,
        limit_unit=new.unit,
        tier_a=tiers["A"],
        tier_b=tiers["B"],
        tier_c=tiers["C"],
        urgency=last.urgency,
        closing_zh=last.closing_zh,
        closing_en=last.closing_en,
        version=version,
        valid_from=new.valid_from,
        confidence=LOCAL,
        source=f"{SET_HERE}: {new.why.strip()}",
    )
