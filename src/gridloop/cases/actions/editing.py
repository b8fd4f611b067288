"""A city edits its masters: every change is a new version from a day on, with who and why in the ledger; nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import models
from gridloop.cases.actions.masters import LOCAL
from gridloop.cases.actions.report import home_area
from gridloop.cases.proposals.rules import placeholders
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused

TEMPLATE_DUTIES = (Duty.SHIFT_LEADER, Duty.SUPERVISOR, Duty.ADMIN)
SET_HERE = "set by the city"


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


def add_template(new: NewTemplate, *, by: Caller, now: datetime) -> models.AnswerTemplate:
    """An answer template from today on; Refused when one of this code is in force."""
    identity.require_grant(by, *TEMPLATE_DUTIES, area=home_area())
    _check_words(asdict(new))
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
    _check_words(changes)
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


def _check_words(words: Mapping[str, str]) -> None:
    """Malformed where the words name a placeholder that nothing can fill in."""
    faults = {name: wrong for name, text in words.items() if (wrong := placeholders.fault(text)) is not None}
    if faults:
        listed = "; ".join(f"{name}: {en}" for name, (en, _) in faults.items())
        raise Malformed(
            f"the template cannot be used: {listed}",
            zh=";".join(f"{name}:{zh}" for name, (_, zh) in faults.items()),
            fields={name: en for name, (en, _) in faults.items()},
        )


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
