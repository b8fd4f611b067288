"""A proposal from the first word to what becomes of it: one person where no deadline moves, two where one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.actions.editing import one_in_force
from gridloop.cases.actions.report import home_area
from gridloop.cases.proposals.actions import putting
from gridloop.cases.proposals.models import MastersProposal
from gridloop.cases.proposals.queries import effects, rows
from gridloop.cases.proposals.queries.rows import CONFIRMED, WAITS
from gridloop.cases.proposals.rules import checks
from gridloop.cases.proposals.rules.tables import CITY_HOURS, SECOND, Table, four_eyes, table_named
from gridloop.cases.queries import names
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import NotAllowed, NotFound, Refused

REJECTED, WITHDRAWN = "rejected", "withdrawn"
OWN = Refused(
    "four eyes see more: you proposed this yourself, so another administrator or supervisor has to confirm it",
    zh="须由他人复核:这是您本人提交的,请另一位管理员或督查员确认",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to be different: which row of which table, its new values or its end, from when, and why."""

    table: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    valid_from: date | None = None
    why: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A wanted change after it was looked at."""

    table: Table
    values: dict[str, Any]
    before: dict[str, Any] | None
    base_id: int | None
    four_eyes: bool
    valid_from: date


def looked(wanted: Wanted, *, by: Caller, now: datetime) -> Looked:
    """What is wanted, checked by all rules but the reason; raises Malformed, NotFound, NotAllowed or Refused with a sentence."""
    table = table_named(wanted.table)
    parts = table.parts(wanted.key)
    identity.require_grant(by, *table.proposers, area=_area(table, parts))
    today = in_city(now).date()
    base_id, before = rows.present(table, wanted.key, now)
    _check_kind(table, wanted, before)
    if wanted.ends:
        values: dict[str, Any] = {}
    else:
        values = checks.checked(table, parts, wanted.values, today=today)
        _check_there(table, wanted.key, values)
        if before == values:
            raise Refused(
                "nothing would be different; change a value first",
                zh="没有任何改动,请先修改",
                fields={"values": "the same"},
            )
    two = four_eyes(table, before, values, ends=wanted.ends)
    first = date.fromisoformat(values["days"][0]["day"]) if table.name == "calendar" else None
    valid_from = first or wanted.valid_from or today
    return Looked(table, values, before, base_id, two, valid_from)


def preview(wanted: Wanted, *, by: Caller, now: datetime) -> dict[str, Any]:
    """What the change would do, and whether a second person would have to confirm it; nothing is written."""
    one = looked(wanted, by=by, now=now)
    found = effects.preview(one.table, wanted.key, one.before, None if wanted.ends else one.values, now=now)
    return found | {"four_eyes": one.four_eyes, "before": one.before, "values": one.values}


def propose(wanted: Wanted, *, by: Caller, now: datetime) -> MastersProposal:
    """Write a proposal down with its preview. Where no deadline moves it is confirmed in the same moment."""
    one = looked(wanted, by=by, now=now)
    checks.check_words(wanted.why, one.valid_from, today=in_city(now).date(), four_eyes=one.four_eyes)
    proposal = _written(one, wanted, by_id=identity.require_person(by), at=now, now=now)
    with one_in_force(putting.OVERTAKEN), transaction.atomic():
        _refuse_second(proposal)
        proposal.save()
        if one.four_eyes:
            _wrote(by, "masters.proposed", proposal, now)
        else:
            _put(proposal, one.table, by=by, now=now, action="masters.changed")
    return proposal


def agreed(wanted: Wanted, *, asked_by: int, asked_at: datetime, by: Caller, now: datetime) -> MastersProposal:
    """Put at once what one person asked for and another, who calls this, has confirmed elsewhere, as with the simulator's switch."""
    one = looked(wanted, by=by, now=now)
    checks.check_words(wanted.why, one.valid_from, today=in_city(now).date(), four_eyes=True)
    if identity.require_person(by) == asked_by:
        raise OWN
    proposal = _written(one, wanted, by_id=asked_by, at=asked_at, now=now)
    with one_in_force(putting.OVERTAKEN), transaction.atomic():
        _refuse_second(proposal)
        _put(proposal, one.table, by=by, now=now, action="masters.confirmed")
    return proposal


def _written(one: Looked, wanted: Wanted, *, by_id: int, at: datetime, now: datetime) -> MastersProposal:
    """A proposal with its preview, not saved yet."""
    shown = effects.preview(one.table, wanted.key, one.before, None if wanted.ends else one.values, now=now)
    return MastersProposal(
        table=one.table.name, key=wanted.key, ends=wanted.ends, values=one.values, before=one.before, valid_from=one.valid_from, why=wanted.why.strip(),
        four_eyes=one.four_eyes, preview=shown, state=WAITS, base_id=one.base_id, by_id=by_id, at=at,
    )  # fmt: skip


def agreed_limit(
    key: str,
    limits: Mapping[str, Any],
    valid_from: date,
    why: str,
    *,
    asked_by: int,
    asked_at: datetime,
    by: Caller,
    now: datetime,
) -> MastersProposal | None:
    """The same for new limits of a filing rule; None where they hold already."""
    before = _rule(key, now)
    values = {**before, **limits}
    if values == before:
        return None
    return agreed(Wanted("rule", key, values, valid_from, why), asked_by=asked_by, asked_at=asked_at, by=by, now=now)


def propose_limit(
    key: str, limits: Mapping[str, Any], valid_from: date, why: str, *, by: Caller, now: datetime
) -> MastersProposal:
    """New limits of a filing rule, its words as they are; raises NotFound where there is no such rule."""
    return propose(Wanted("rule", key, {**_rule(key, now), **limits}, valid_from, why), by=by, now=now)


def _rule(key: str, now: datetime) -> dict[str, Any]:
    _, before = rows.present(table_named("rule"), key, now)
    if before is None:
        raise NotFound(f"there is no filing rule {key}", zh=f"没有立案条件 {key}")
    return before


def change(proposal_id: int, wanted: Wanted, *, by: Caller, now: datetime) -> MastersProposal:
    """Say something else in one's own proposal that still waits; its preview is made anew."""
    one = looked(wanted, by=by, now=now)
    checks.check_words(wanted.why, one.valid_from, today=in_city(now).date(), four_eyes=True)
    shown = effects.preview(one.table, wanted.key, one.before, None if wanted.ends else one.values, now=now)
    with transaction.atomic():
        proposal = _waiting(proposal_id)
        if proposal.by_id != by.person_id:
            raise NotAllowed(
                "only who proposed it can change it; reject it with a note, or propose something else after that",
                zh="只有提案人可以修改,您可以驳回并说明理由",
            )
        if (proposal.table, proposal.key) != (wanted.table, wanted.key):
            raise Refused(
                "a proposal stays with its row; withdraw it and propose the other one",
                zh="提案不能换到另一行,请撤回后重新提交",
            )
        proposal.values, proposal.before, proposal.ends, proposal.base_id = (
            one.values,
            one.before,
            wanted.ends,
            one.base_id,
        )
        proposal.valid_from, proposal.why, proposal.preview = one.valid_from, wanted.why.strip(), shown
        proposal.four_eyes = proposal.four_eyes or one.four_eyes
        proposal.save()
        _wrote(by, "masters.proposal_changed", proposal, now)
    return proposal


def confirm(proposal_id: int, *, note: str, by: Caller, now: datetime) -> MastersProposal:
    """The second pair of eyes says yes: the change holds from its day. Refused for the proposer, and when the row or the day has moved on."""
    identity.require_grant(by, *SECOND, area=home_area())
    second = identity.require_person(by)
    with one_in_force(putting.OVERTAKEN), transaction.atomic():
        proposal = _waiting(proposal_id)
        table = table_named(proposal.table)
        if proposal.by_id == second:
            raise OWN
        checks.check_words(proposal.why, proposal.valid_from, today=in_city(now).date(), four_eyes=proposal.four_eyes)
        if rows.present(table, proposal.key, now)[0] != proposal.base_id:
            raise Refused(
                "the row has been changed since this was proposed; reject it, and propose it again on what holds now",
                zh="该行在提交之后已被修改,请驳回后按现行内容重新提交",
            )
        proposal.note = note.strip()
        _put(proposal, table, by=by, now=now, action="masters.confirmed")
    return proposal


def reject(proposal_id: int, *, note: str, by: Caller, now: datetime) -> MastersProposal:
    """The second pair of eyes says no, and why."""
    identity.require_grant(by, *SECOND, area=home_area())
    checks.refuse({} if note.strip() else {"note": ("say why not", "请说明驳回理由")})
    with transaction.atomic():
        proposal = _waiting(proposal_id)
        if proposal.by_id == by.person_id:
            raise Refused("this is your own proposal; withdraw it instead", zh="这是您本人的提案,请改用撤回")
        return _decided(proposal, REJECTED, note, by=by, now=now)


def withdraw(proposal_id: int, *, note: str, by: Caller, now: datetime) -> MastersProposal:
    """The proposer takes it back while it waits; who may propose here takes back what is confirmed but does not hold yet."""
    with transaction.atomic():
        proposal = MastersProposal.objects.select_for_update().filter(pk=proposal_id).first()
        if proposal is None:
            raise _unknown(proposal_id)
        table = table_named(proposal.table)
        if proposal.state == WAITS:
            if proposal.by_id != by.person_id:
                raise NotAllowed(
                    "only who proposed it can withdraw it; reject it with a note", zh="只有提案人可以撤回,您可以驳回"
                )
        else:
            _check_not_yet(proposal, table, now)
            identity.require_grant(
                by, *(SECOND if proposal.four_eyes else table.proposers), area=_area(table, table.parts(proposal.key))
            )
            putting.take_back(proposal, table, now=now)
        return _decided(proposal, WITHDRAWN, note, by=by, now=now)


def _check_not_yet(proposal: MastersProposal, table: Table, now: datetime) -> None:
    if proposal.state != CONFIRMED:
        raise Refused(f"the proposal was {proposal.state} already; make a new one", zh="该提案已处理完毕,请重新提交")
    if proposal.valid_from <= in_city(now).date() or table.name == "calendar":
        raise Refused(
            "it is in force already; propose the former values again instead",
            zh="已经生效,不能撤回,请把原来的值重新提交一次",
        )


def _put(proposal: MastersProposal, table: Table, *, by: Caller, now: datetime, action: str) -> None:
    proposal.state, proposal.decided_by_id, proposal.decided_at = CONFIRMED, identity.require_person(by), now
    proposal.row_id = putting.put(proposal, table, now=now)
    proposal.save()
    _wrote(by, action, proposal, now)


def _decided(proposal: MastersProposal, state: str, note: str, *, by: Caller, now: datetime) -> MastersProposal:
    proposal.state, proposal.note = state, note.strip()
    proposal.decided_by_id, proposal.decided_at = identity.require_person(by), now
    proposal.save()
    _wrote(by, f"masters.{state}", proposal, now)
    return proposal


def _waiting(proposal_id: int) -> MastersProposal:
    """The proposal, held; Refused where somebody has decided it already."""
    found = MastersProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if found is None:
        raise _unknown(proposal_id)
    if found.state != WAITS:
        raise Refused(
            f"proposal {proposal_id} was {found.state} already; look again", zh=f"提案 {proposal_id} 已有人处理,请刷新"
        )
    return found


def _unknown(proposal_id: int) -> NotFound:
    return NotFound(f"there is no proposal {proposal_id}", zh=f"没有编号为 {proposal_id} 的提案")


def _refuse_second(proposal: MastersProposal) -> None:
    if MastersProposal.objects.filter(table=proposal.table, key=proposal.key, state=WAITS).exists():
        raise Refused(
            f"a proposal for {proposal.table}:{proposal.key} waits already; it has to be confirmed, rejected or withdrawn first",
            zh="该行已有待复核的提案,请先确认、驳回或撤回",
        )


def _check_kind(table: Table, wanted: Wanted, before: Mapping[str, Any] | None) -> None:
    """New rows and ends where the table knows them; an end needs a row."""
    if before is None and (wanted.ends or not table.may_add):
        raise NotFound(f"there is no row {wanted.key} in force", zh=f"没有正在生效的 {wanted.key}")
    if wanted.ends and (not table.may_end or (table.name, wanted.key) == ("hours", CITY_HOURS)):
        raise Refused("this row cannot be ended, only changed", zh="该行不能停用,只能修改")


def _check_there(table: Table, key: str, values: Mapping[str, Any]) -> None:
    """Units, kinds of departments and classes that a row names have to exist."""
    wrong: checks.Wrong = {}
    unit = values.get("unit_id") or (int(key) if table.name == "hours" and key != CITY_HOURS else None)
    if unit is not None and names.unit(unit) is None:
        wrong["unit_id"] = (f"there is no unit {unit}", f"没有编号为 {unit} 的单位")
    kind = values.get("dept_kind")
    if kind and kind not in identity.unit_kinds():
        wrong["dept_kind"] = (f"there is no kind of department '{kind}'", f"没有部门类型“{kind}”")
    if table.name == "rule" and rows.class_of(key) is None:
        wrong["key"] = (
            f"there is no class {key.rpartition(':')[0]}; propose the class first",
            "没有该类别,请先新增类别",
        )
    checks.refuse(wrong)


def _area(table: Table, parts: Mapping[str, str]) -> str:
    """Where a proposer needs their duty: a route's own area, else the whole city."""
    return parts["area"] if table.name == "route" else home_area()


def _wrote(by: Caller, action: str, proposal: MastersProposal, now: datetime) -> None:
    detail = {
        "proposal": proposal.pk, "from": proposal.valid_from.isoformat(), "why": proposal.why, "note": proposal.note, "before": proposal.before,
        "after": None if proposal.ends else proposal.values, "four_eyes": proposal.four_eyes, "proposed_by": proposal.by_id,
    }  # fmt: skip
    area = _area(table_named(proposal.table), table_named(proposal.table).parts(proposal.key))
    ledger.record(by, action, f"{proposal.table}:{proposal.key}", at=now, area=area, detail=detail)
