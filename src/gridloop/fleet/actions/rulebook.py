"""Writing rules, changing and ending them by versions; a critical rule is changed by two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.actions.vehicles import PARTS
from gridloop.fleet.models import Fence, Occasion, Rule, RuleProposal, VehicleList
from gridloop.fleet.queries.areas import RULE_COLUMNS, in_force, moment_after, rule_now
from gridloop.fleet.queries.scope import require_change
from gridloop.fleet.rules.areas import NewRule, checked_rule, is_critical
from gridloop.fleet.rules.pairs import spread
from gridloop.fleet.rules.register import checked_text
from gridloop.fleet.rules.spans import moment
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused, Stale
from gridloop.kernel.statements import run

LOCK_SQL = "select pg_advisory_xact_lock(hashtext('fleet_rules'))"
LISTED = ("fences", "kinds", "firms", "lists", "plates", "weekly", "permit_kinds")


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a change: the rule in force (None for a new one that waits), and the proposal where it waits for a second person."""

    row: Rule | None
    waits: RuleProposal | None = None


def write_rules(rows: Sequence[NewRule], *, by: Caller, now: datetime) -> int:
    """Put many rules in force at once, for loading a city; codes that are in force already are left alone. Returns how many were new."""
    identity.require_grant(by)
    with transaction.atomic():
        run(LOCK_SQL)
        checked = [checked_rule(row) for row in rows]
        _judged_together(checked)
        _names_exist(checked, now)
        here = set(Rule.objects.filter(code__in=[row.code for row in checked]).values_list("code", flat=True))
        fresh = [_made(row, 1, by, now) for row in checked if row.code not in here]
        Rule.objects.bulk_create(fresh, batch_size=PARTS)
        if fresh:
            detail = {"count": len(fresh), "codes": [row.code for row in fresh]}
            ledger.record(by, "fleet.rules_written", f"rules:{fresh[0].code}", at=now, detail=detail)
            tell_gateway()
    return len(fresh)


def write_rule(said: NewRule, why: str, *, by: Caller, now: datetime) -> Said:
    """A new rule; a critical one waits for a second person. The same words again are the same rule. Refused for a code that is in force."""
    row = _checked(said, by, now)
    with transaction.atomic():
        run(LOCK_SQL)
        known = Rule.objects.filter(in_force(now), code=row.code).first()
        if known is not None:
            if held(known) == row:
                return Said(known)
            raise Refused(
                f"rule {row.code} is in force already; open it and change it there", zh=f"规则 {row.code} 已生效;请打开后修改", fields={"code": "in force"}
            )  # fmt: skip
        if is_critical(row.severity):
            return Said(None, _proposed(row, None, why, by=by, now=now))
        return Said(_begun(row, None, why, by=by, now=now))


def change_rule(
    code: str, said: Mapping[str, Any], why: str, *, by: Caller, now: datetime, version: int | None = None
) -> Said:
    """From now on the rule says something else; what is not said stays. Where it is or becomes critical, the change waits for a second person."""
    with transaction.atomic():
        run(LOCK_SQL)
        now = moment_after(Rule.objects.filter(code=code), now)
        old = rule_now(code, now, lock=True)
        require_change(by, old.area)
        before = held(old)
        row = _checked(replace(before, **dict(said)), by, now)
        _same_rule(row, before)
        if row == before:
            return Said(old)
        _seen(old, version)
        if is_critical(old.severity) or is_critical(row.severity):
            return Said(old, _proposed(row, old, why, by=by, now=now))
        return Said(_begun(row, old, why, by=by, now=now))


def end_rule(code: str, why: str, *, by: Caller, now: datetime, version: int | None = None) -> Said:
    """The rule holds no more from now on; the end of a critical one waits for a second person."""
    reason = checked_text("why", why, chars_max=500, needed=True)
    with transaction.atomic():
        run(LOCK_SQL)
        now = moment_after(Rule.objects.filter(code=code), now)
        old = rule_now(code, now, lock=True)
        require_change(by, old.area)
        _seen(old, version)
        if is_critical(old.severity):
            return Said(old, _proposed(None, old, reason, by=by, now=now))
        _ended(old, now)
        _wrote("fleet.rule_ended", old, {"version": old.version, "why": reason}, by=by, now=now)
        return Said(old)


def decide(proposal_id: int, verdict: str, note: str, *, by: Caller, now: datetime) -> Said:
    """Confirm or reject what waits (another person than the proposer), or withdraw it (the proposer). Raises Refused when the rule moved since."""
    who = identity.require_person(by)
    with transaction.atomic():
        run(LOCK_SQL)
        asked = RuleProposal.objects.select_for_update().filter(pk=proposal_id).first()
        if asked is None:
            raise NotFound(f"there is no proposal {proposal_id}", zh=f"没有编号为 {proposal_id} 的提案")
        require_change(by, asked.area)
        _may_decide(asked, verdict, who)
        if verdict == "reject":
            checked_text("note", note, chars_max=500, needed=True)
        row = None
        if verdict == "confirm":
            row = _put_in_force(asked, by=by, now=now)
        asked.state = {"confirm": "confirmed", "reject": "rejected", "withdraw": "withdrawn"}[verdict]
        asked.decided_by_id, asked.decided_at, asked.note = who, now, checked_text("note", note, chars_max=500)
        asked.save()
        detail = {"proposal": asked.pk, "note": asked.note}
        ledger.record(by, f"fleet.rule_{asked.state}", f"rule:{asked.code}", at=now, area=asked.area, detail=detail)
    return Said(row, asked)


def held(row: Rule) -> NewRule:
    """What is kept of a rule, as somebody would write it."""
    plain = {name: getattr(row, name) for name in RULE_COLUMNS}
    plain |= {name: tuple(plain[name]) for name in LISTED}
    return NewRule(**plain, valid_to=row.valid_to, synthetic=row.synthetic)


def _checked(said: NewRule, by: Caller, now: datetime) -> NewRule:
    row = checked_rule(said)
    require_change(by, row.area)
    if row.valid_to is not None and row.valid_to <= now:
        raise Malformed(
            "a rule ends after now; choose a later moment",
            zh="规则的截止时间须晚于现在,请选择更晚的时间",
            fields={"valid_to": "has passed"},
        )
    _judged_together([row])
    _names_exist([row], now)
    return row


def _judged_together(rows: Sequence[NewRule]) -> None:
    """Where several evaluators share the vehicles, a rule on two of them names only kinds that one evaluator has."""
    config = settings.CONFIG.gateway
    if config.shards > 1:
        for row in rows:
            why = spread(row.code, row.kind, row.kinds, config.pair_kinds)
            if why is not None:
                raise Refused(why[0], zh=why[1], fields={"kinds": "spread over shards"})


def _names_exist(rows: Sequence[NewRule], now: datetime) -> None:
    """Fences in force, lists and occasions that the rules name; two or three statements, however many rules."""
    wanted: tuple[tuple[str, str, str, set[str], Any], ...] = (
        ("fences", "fence", "围栏", {code for row in rows for code in row.fences}, Fence.objects.filter(in_force(now))),
        ("lists", "list", "名单", {code for row in rows for code in row.lists}, VehicleList.objects.all()),
        ("occasion", "occasion", "活动", {row.occasion for row in rows if row.occasion}, Occasion.objects.all()),
    )
    for field, en, zh, codes, there in wanted:
        missing = codes - set(there.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
        if missing:
            code = min(missing)
            raise Malformed(
                f"there is no {en} {code}; make it first", zh=f"没有{zh} {code};请先建立", fields={field: "unknown"}
            )


def _same_rule(row: NewRule, before: NewRule) -> None:
    if row.code != before.code or row.kind != before.kind:
        raise Refused(
            "a rule keeps its code and kind; end it and write another one", zh="规则的代码和类型不可更改;请停用后新建", fields={"kind": "fixed"}
        )  # fmt: skip


def _seen(old: Rule, version: int | None) -> None:
    if version is not None and version != old.version:
        raise Stale(
            f"rule {old.code} is at version {old.version} now; look at it again", zh=f"规则 {old.code} 已更新至第 {old.version} 版,请重新查看"
        )  # fmt: skip


def _proposed(row: NewRule | None, old: Rule | None, why: str, *, by: Caller, now: datetime) -> RuleProposal:
    """Write down what waits for a second person; one waits for each rule."""
    code = row.code if row else old.code if old else ""
    area = row.area if row else old.area if old else ""
    if RuleProposal.objects.filter(code=code, state="proposed").exists():
        raise Refused(
            f"a change of rule {code} waits for a second person already; decide on that first", zh=f"规则 {code} 已有待确认的变更,请先处理"
        )  # fmt: skip
    reason = checked_text("why", why, chars_max=500, needed=True)
    made = RuleProposal.objects.create(
        code=code, base_version=old.version if old else None, ends=row is None, said=row.said() if row else {}, why=reason, area=area,
        state="proposed", by_id=identity.require_person(by), at=now,
    )  # fmt: skip
    detail = {"proposal": made.pk, "ends": made.ends, "why": reason, "after": made.said}
    ledger.record(by, "fleet.rule_proposed", f"rule:{code}", at=now, area=area, detail=detail)
    return made


def _may_decide(asked: RuleProposal, verdict: str, who: int) -> None:
    if verdict not in {"confirm", "reject", "withdraw"}:
        raise Malformed(
            "say confirm, reject or withdraw", zh="须为 confirm、reject 或 withdraw", fields={"verdict": "unknown"}
        )
    if asked.state != "proposed":
        raise Refused(f"this proposal is {asked.state} already", zh="该提案已处理")
    if verdict == "withdraw" and asked.by_id != who:
        raise NotAllowed("only who proposed a change withdraws it; you can reject it", zh="仅提案人可撤回;您可以否决")
    if verdict != "withdraw" and asked.by_id == who:
        raise NotAllowed(
            "a critical rule needs a second pair of eyes: somebody else decides on your proposal", zh="重大规则须由他人确认,提案人不能自行处理"
        )  # fmt: skip


def _put_in_force(asked: RuleProposal, *, by: Caller, now: datetime) -> Rule:
    now = moment_after(Rule.objects.filter(code=asked.code), now)
    old = Rule.objects.select_for_update().filter(in_force(now), code=asked.code).first()
    if (old.version if old else None) != asked.base_version:
        raise Refused(
            f"rule {asked.code} has changed since this was proposed; reject it and propose anew", zh=f"规则 {asked.code} 在提案后已变更;请否决后重新提出"
        )  # fmt: skip
    if asked.ends and old is not None:
        _ended(old, now)
        _wrote("fleet.rule_ended", old, {"version": old.version, "why": asked.why}, by=by, now=now)
        return old
    row = _checked(_read(asked.said), by, now)
    return _begun(row, old, asked.why, by=by, now=now)


def _read(said: Mapping[str, Any]) -> NewRule:
    """A rule from a proposal's plain values."""
    names = {field.name for field in fields(NewRule)}
    plain: dict[str, Any] = {
        name: tuple(value) if name in LISTED else value for name, value in said.items() if name in names
    }
    until = plain.pop("valid_to", None)
    return NewRule(**plain, valid_to=moment(until) if until else None)


def _begun(row: NewRule, old: Rule | None, why: str, *, by: Caller, now: datetime) -> Rule:
    """The new version begins where the old one ends."""
    last = Rule.objects.filter(code=row.code).order_by("-version").values_list("version", flat=True).first() or 0
    if old is not None:
        _ended(old, now)
    made = _made(row, last + 1, by, now)
    made.save()
    detail = {
        "version": made.version,
        "before": held(old).said() if old else None,
        "after": row.said(),
        "why": why.strip()[:500],
    }
    _wrote("fleet.rule_changed" if old else "fleet.rule_written", made, detail, by=by, now=now)
    return made


def _made(row: NewRule, version: int, by: Caller, now: datetime) -> Rule:
    plain = {field.name: getattr(row, field.name) for field in fields(NewRule)}
    plain |= {name: list(plain[name]) for name in LISTED}
    return Rule(**plain, version=version, valid_from=now, made_by_id=by.person_id)


def _ended(old: Rule, now: datetime) -> None:
    old.valid_to = now
    old.save(update_fields=["valid_to"])


def _wrote(action: str, row: Rule, detail: Mapping[str, Any], *, by: Caller, now: datetime) -> None:
    ledger.record(by, action, f"rule:{row.code}", at=now, area=row.area, detail=detail)
    tell_gateway()
