"""How the web asks the ledger: pages within one's area, what was seen of oneself, and proofs for anyone."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.audit import queries
from gridloop.kernel.asked import Asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed, NotFound, NotSignedIn
from gridloop.kernel.permits import Permits, in_area, own, public

router = Router(tags=["ledger"])
READERS = (Duty.AUDITOR, Duty.SUPERVISOR, Duty.ADMIN)
PERMITS: Permits = {
    ("GET", "/ledger"): in_area(*READERS, api_scope="ledger:read"),
    ("GET", "/ledger/about-me"): own(),
    ("GET", "/ledger/checkpoint"): public(),
    ("GET", "/ledger/consistency"): public(),
    ("GET", "/ledger/{position}"): in_area(*READERS, api_scope="ledger:read"),
    ("GET", "/ledger/{position}/proof"): public(),
}
POSITION_MAX = 2**62


class EntryOut(Schema):
    """One entry."""

    position: int
    at: dt.datetime
    sequenced_at: dt.datetime
    actor_id: int | None
    actor_name: str
    via: str
    purpose: str
    action: str
    subject: str
    area: str
    unit_id: int | None
    looked: bool
    detail: dict[str, Any]


class EntryPage(Schema):
    """Entries newest first; `next` goes into `before` for the next page."""

    items: list[EntryOut]
    next: int | None


class LedgerQuery(Schema):
    """What to list."""

    subject: str = Field("", max_length=200, description='exactly this subject, such as "case:20261122-000731"')
    action: str = Field("", max_length=100)
    actor: int | None = Field(None, ge=0, le=POSITION_MAX)
    looked: bool | None = None
    before: int | None = Field(None, ge=0, le=POSITION_MAX)
    after: int | None = Field(None, ge=-1, le=POSITION_MAX)
    limit: int = Field(50, ge=1, le=200)


class MineQuery(Schema):
    """Which page."""

    before: int | None = Field(None, ge=0, le=POSITION_MAX)
    limit: int = Field(50, ge=1, le=200)


class SizeQuery(Schema):
    """In a tree of which size; the newest by default."""

    size: int | None = Field(None, ge=1, le=POSITION_MAX)


class ConsistencyQuery(Schema):
    """From which size to which; the second is the newest by default."""

    first: int = Field(ge=1, le=POSITION_MAX)
    second: int | None = Field(None, ge=1, le=POSITION_MAX)


class CheckpointOut(Schema):
    """The signed statement; `note` and the witnesses' lines are C2SP text."""

    size: int
    root: str
    algorithm: str
    at: dt.datetime
    note: str
    witnesses: list[str]


class ProofOut(Schema):
    """An inclusion proof (RFC 9162, 2.1.3), hashes in base64, lowest first."""

    position: int
    size: int
    leaf: str
    root: str
    hashes: list[str]
    algorithm: str


class ConsistencyOut(Schema):
    """A consistency proof (RFC 9162, 2.1.4), hashes in base64."""

    first: int
    second: int
    first_root: str
    second_root: str
    hashes: list[str]
    algorithm: str


@router.get("/ledger", response=EntryPage)
def ledger(request: Asked, wanted: Query[LedgerQuery]) -> EntryPage:
    """The ledger within one's area, newest first; a filter by subject or actor uses an index."""
    listed = queries.entries(
        queries.EntryFilter(
            subject=wanted.subject,
            action=wanted.action,
            actor_id=wanted.actor,
            looked=wanted.looked,
            areas=areas_of(request.caller),
            before=wanted.before,
            after=wanted.after,
            limit=wanted.limit,
        )
    )
    return _page(listed, wanted.limit)


@router.get("/ledger/about-me", response=EntryPage)
def about_me(request: Asked, wanted: Query[MineQuery]) -> EntryPage:
    """Who looked at or changed the caller's own data."""
    if request.caller.person_id is None:
        raise NotSignedIn("please sign in first", zh="请先登录")
    return _page(queries.looks_at(request.caller.person_id, limit=wanted.limit, before=wanted.before), wanted.limit)


@router.get("/ledger/checkpoint", response=CheckpointOut)
def checkpoint(request: Asked, wanted: Query[SizeQuery]) -> CheckpointOut:  # noqa: ARG001 - Ninja's signature
    """The newest signed checkpoint, or that of one size; public, so that anyone can keep it."""
    found = queries.checkpoint(wanted.size)
    if found is None:
        raise NotFound("the ledger is still empty", zh="台账尚无条目")
    return CheckpointOut(
        size=found.size,
        root=_text(found.root),
        algorithm=found.algorithm,
        at=found.at,
        note=found.note,
        witnesses=list(found.witnesses),
    )


@router.get("/ledger/consistency", response=ConsistencyOut)
def consistency(request: Asked, wanted: Query[ConsistencyQuery]) -> ConsistencyOut:  # noqa: ARG001
    """The proof that the ledger only grew from one size to another."""
    proof = queries.consistency_proof(wanted.first, wanted.second)
    return ConsistencyOut(
        first=proof.first,
        second=proof.second,
        first_root=_text(proof.first_root),
        second_root=_text(proof.second_root),
        hashes=[_text(one) for one in proof.hashes],
        algorithm=proof.algorithm,
    )


@router.get("/ledger/{int:position}", response=EntryOut)
def entry(request: Asked, position: int) -> EntryOut:
    """One entry, if it lies within the caller's area."""
    found = queries.entry(position)
    if not any(found.area.startswith(area) for area in areas_of(request.caller)):
        raise NotAllowed(
            f"entry {position} belongs to area '{found.area or 'everywhere'}', which your grant does not cover",
            zh=f"条目 {position} 属于区域“{found.area or '全域'}”,不在您的授权范围内",
        )
    return EntryOut.from_orm(found)


@router.get("/ledger/{int:position}/proof", response=ProofOut)
def proof(request: Asked, position: int, wanted: Query[SizeQuery]) -> ProofOut:  # noqa: ARG001
    """The proof that an entry stands in the ledger; it shows hashes only, nothing of the entry."""
    found = queries.inclusion_proof(position, wanted.size)
    return ProofOut(
        position=found.position,
        size=found.size,
        leaf=_text(found.leaf),
        root=_text(found.root),
        hashes=[_text(one) for one in found.hashes],
        algorithm=found.algorithm,
    )


def areas_of(caller: Caller) -> tuple[str, ...]:
    """The areas whose entries this caller may read, by the duties that read the ledger."""
    return tuple(sorted({grant.area for grant in caller.grants if grant.duty in READERS}))


def _page(listed: list[queries.EntryView], limit: int) -> EntryPage:
    """A page and where the next begins."""
    items = [EntryOut.from_orm(one) for one in listed]
    return EntryPage(items=items, next=items[-1].position if len(items) == limit else None)


def _text(raw: bytes) -> str:
    """A hash in base64."""
    return base64.b64encode(raw).decode()
