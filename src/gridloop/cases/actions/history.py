"""Whole lives of cases that happened before they came to us: run through the same rules as live ones, then stored by COPY.

A life is lived in memory with the times of its own moments, so that deadlines, pauses, routing and refusals are those that the rules
give. Used by the demo city; nothing here can touch a case that exists.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from django.conf import settings
from django.db import connection, transaction

from gridloop.cases import sql
from gridloop.cases.actions import beside
from gridloop.cases.actions.report import Found, case_params, facts_of_report, home_area, report_params
from gridloop.cases.actions.step import step_params
from gridloop.cases.photos.models import Photo
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names, suggestions
from gridloop.cases.rules import intake, moves
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.intake import Report
from gridloop.cases.rules.loop import LOOP
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.moves import Move
from gridloop.cases.rules.pictures import kind_of
from gridloop.cases.rules.steps import step_for
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.units import EARTH_RADIUS_MERCATOR_M, SRID_WEB_MERCATOR

SPOTS_SQL = """
select p.place, p.grid, n.code, n.owner_unit
from unnest(%(lon)s::float8[], %(lat)s::float8[], %(subclass)s::text[]) with ordinality as s(lon, lat, subclass, row)
left join lateral places_at(s.lon, s.lat) p on true
left join lateral places_nearest_component(s.lon, s.lat, s.subclass, 50) n on s.subclass <> ''
order by s.row
"""
CHANGED_SQL = f"select {facts_now.SELECTED}, c.changed_at from cases_case c where c.id = any(%s) and c.changed_at >= %s"  # noqa: S608 - constants only
EVENT_COLUMNS = (
    "case_id",
    "seq",
    "at",
    "verb",
    "from_state",
    "to_state",
    "by_id",
    "by_name",
    "duty",
    "grant_id",
    "unit_id",
    "note",
    "photos",
    "fields",
    "due_at",
    "stage_due_at",
    "class_kind",
    "class_code",
)
PENDING_COLUMNS = ("at", "actor_id", "action", "subject", "area", "unit_id", "looked", "body")
PHOTO_COLUMNS = (
    "id",
    "state",
    "case_id",
    "kind",
    "owner_id",
    "uploaded_at",
    "attached_at",
    "lon",
    "lat",
    "taken_at",
    "width_px",
    "height_px",
    "size_bytes",
    "sha256",
    "files",
)
KEPT_COLUMNS = ("text", "address", "lon", "lat", "photo")


@dataclass
class Life:
    """One case as it stands after its last moment, with all that has to be written of it."""

    facts: CaseFacts
    said: Report
    masters: Masters
    kept: dict[str, Any]
    tokens: list[int]
    reporter: tuple[Any, ...] | None
    changed_at: datetime
    events: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    asides: list[beside.Done] = field(default_factory=list)
    photos: list[tuple[str, str, datetime, int | None]] = field(default_factory=list)
    stored: bool = False

    def step(self, verb: str, said: Mapping[str, Any], *, by: Caller, at: datetime, is_reporter: bool = False) -> None:
        """Take one step at that moment; raises what a live step would raise."""
        taken = step_for(self.facts, verb, said, by=by, now=at, masters=self.masters, is_reporter=is_reporter)
        move = Move(taken, at, self.masters, by.person_id, acting_unit=taken.grant.unit_id if taken.grant else None)
        if "unit" in taken.said:
            move = _routed(self.facts, move, self.masters)
        after = moves.moved(self.facts, move)
        params = step_params(self.facts, after, move, by=by)
        self._wrote(params, from_state=str(self.facts.state), at=at, by=by)
        if verb in beside.BESIDE:
            self.asides.append(beside.Done(self.facts, after, move, by))
        self.facts, self.changed_at = after, at

    def _wrote(self, params: Mapping[str, Any], *, from_state: str | None, at: datetime, by: Caller) -> None:
        """Keep the event and the ledger entry of a moment."""
        unit = params.get("event_unit", params["unit_id"])
        self.events.append((
            self.facts.id, params["seq"], at, params["verb"], from_state, params["state"], params["by_id"], params["by_name"],
            params["duty"], params["grant_id"], unit, params["note"], params["photos"], params["fields"],
            params["due_at"], params["stage_due_at"], params["class_kind"], params["class_code"],
        ))  # fmt: skip
        self.entries.append((
            at, params["by_id"], params["ledger_action"], params["ledger_subject"], self.facts.place, unit, False, params["ledger_body"],
        ))  # fmt: skip
        self.photos += [(photo, kind_of(params["verb"]), at, by.person_id) for photo in params["photos"]]


def _routed(facts: CaseFacts, move: Move, masters: Masters) -> Move:
    unit = names.unit(int(move.taken.said["unit"]))
    if unit is None:
        raise LookupError(f"there is no unit {move.taken.said['unit']}")
    grant = move.taken.grant.id if move.taken.grant else None
    routing = suggestions.unit_for(facts, masters).kept(grant=grant, chosen=unit.id)
    return Move(move.taken, move.now, masters, move.person_id, unit.path, routing, None, move.acting_unit)


def suggested_unit(life: Life) -> int | None:
    """The unit that the routing rules name for the case as it stands."""
    return suggestions.unit_for(life.facts, life.masters).unit_id


def reserve_case_ids(count: int) -> list[int]:
    """Ids for so many cases, ascending; one statement."""
    return [row[0] for row in sql.run("select nextval('cases_case_id') from generate_series(1, %s)", [count])]


def begin_history(
    reports: Sequence[tuple[Report, Caller, datetime]], ids: Sequence[int], *, now: datetime
) -> list[Life]:
    """Report each of these at its own moment under a reserved id; one statement for all. Nothing is stored yet."""
    masters = masters_now.current(now)
    spots = sql.run(SPOTS_SQL, {
        "lon": [said.lon for said, _, _ in reports],
        "lat": [said.lat for said, _, _ in reports],
        "subclass": [said.class_code if said.class_kind == "component" and said.class_code else "" for said, _, _ in reports],
    })  # fmt: skip
    return [
        _born(said, Found(case_id, place or home_area(), grid or "", code, owner, masters, None, None), by=by, at=at)
        for (said, by, at), (place, grid, code, owner), case_id in zip(reports, spots, ids, strict=True)
    ]


def _born(said: Report, found: Found, *, by: Caller, at: datetime) -> Life:
    facts = facts_of_report(said, found, by=by, now=at)
    secret = intake.secret_of(facts.number, settings.SECRET_KEY)
    params = case_params(facts, at) | report_params(said, facts, by=by, now=at, body=b"", key="", secret=secret)
    reporter = None
    if params["has_reporter"]:
        reporter = (
            facts.id,
            facts.reporter_id,
            at,
            params["reporter_name"],
            params["contact"],
            params["language"],
            params["secret_hash"],
        )
    kept = {name: params[name] for name in KEPT_COLUMNS}
    life = Life(facts, said, found.masters, kept, params["tokens"], reporter, at)
    life._wrote(params, from_state=None, at=at, by=by)  # noqa: SLF001 - the life's own first moment
    return life


@transaction.atomic
def store_history(lives: Iterable[Life], photos_of: Mapping[str, str]) -> int:
    """Write all of it that is not written yet, in one transaction, and return how many lives; `photos_of` names the stored photo whose files each photo shares.

    A life that goes on after it was stored may be stored again: its row is replaced, and what happened since is added.
    """
    kept = list(lives)
    if not kept:
        return 0
    fresh = [life for life in kept if not life.stored]
    originals = Photo.objects.in_bulk(set(photos_of.values()))
    columns = (*case_params(kept[0].facts, kept[0].changed_at), *KEPT_COLUMNS, "geom")
    columns = tuple("changed_at" if name == "now" else name for name in columns)
    if len(fresh) < len(kept):
        sql.run("delete from cases_case where id = any(%s)", [[life.facts.id for life in kept if life.stored]])
    copy_rows("cases_case", columns, (_case_row(life) for life in kept))
    copy_rows("cases_text", ("case_id", "tokens"), ((life.facts.id, life.tokens) for life in fresh))
    reporter_columns = ("case_id", "person_id", "at", "name", "contact", "language", "secret_hash")
    copy_rows("cases_reporter", reporter_columns, (life.reporter for life in fresh if life.reporter))
    copy_rows("cases_event", EVENT_COLUMNS, (row for life in kept for row in life.events))
    taken = ((life, *photo) for life in kept for photo in life.photos)
    copy_rows(
        "cases_photo",
        PHOTO_COLUMNS,
        (_photo_row(life, originals[photos_of[one]], one, kind, at, owner) for life, one, kind, at, owner in taken),
    )
    entries = sorted((row for life in kept for row in life.entries), key=lambda row: row[0])
    copy_rows("audit_pending", PENDING_COLUMNS, entries)
    for life in kept:
        for done in life.asides:
            beside.BESIDE[done.move.taken.verb](done)
        _forget(life)
    return len(kept)


def _forget(life: Life) -> None:
    """What is written is not written again."""
    life.stored = True
    for written in (life.events, life.entries, life.asides, life.photos):
        written.clear()


def refresh_lives(lives: Iterable[Life], since: datetime) -> int:
    """Take over what others did to stored lives from `since` on: the ladder, the end of a suspension. Returns how many had changed; one statement."""
    by_id = {life.facts.id: life for life in lives if life.stored}
    changed = sql.run(CHANGED_SQL, [list(by_id), since])
    for row in changed:
        facts = facts_now.of_row(row[:-1])
        by_id[facts.id].facts, by_id[facts.id].changed_at = facts, row[-1]
    return len(changed)


def _case_row(life: Life) -> tuple[Any, ...]:
    params = case_params(life.facts, life.changed_at)
    geom = shapely.to_wkb(
        shapely.set_srid(shapely.Point(*mercator_m(life.said.lon, life.said.lat)), SRID_WEB_MERCATOR),
        hex=True,
        include_srid=True,
    )
    return (*params.values(), *(life.kept[name] for name in KEPT_COLUMNS), geom)


def mercator_m(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator metres of a WGS-84 position (EPSG:3857)."""
    return (
        math.radians(lon) * EARTH_RADIUS_MERCATOR_M,
        math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * EARTH_RADIUS_MERCATOR_M,
    )


def _photo_row(
    life: Life, original: Photo, photo_id: str, kind: str, at: datetime, owner: int | None
) -> tuple[Any, ...]:
    """The row of a photo that shares the files of `original`, taken on the spot of the case."""
    return (
        photo_id, "kept", life.facts.id, kind, owner, at, at, life.said.lon, life.said.lat, at,
        original.width_px, original.height_px, original.size_bytes, original.sha256, original.id,
    )  # fmt: skip


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...] | None]) -> None:
    """Write rows into a table by COPY, in the transaction that is open."""
    connection.ensure_connection()
    with connection.connection.cursor().copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def duties_of(life: Life, verb: str) -> tuple[Duty, ...]:
    """Who may take this step from where the case stands."""
    return LOOP[life.facts.state, verb].duties


def leads_on(life: Life, verb: str) -> bool:
    """Whether this step exists where the case stands, whoever may take it."""
    return (life.facts.state, verb) in LOOP


def must_say(life: Life, verb: str) -> tuple[str, ...]:
    """What has to be said with this step, in the order of the form."""
    return tuple(must.name for must in LOOP[life.facts.state, verb].must_say if not must.may)


def codes_for(life: Life, name: str) -> list[str]:
    """The codes that may be chosen for `reason`, `return_rule` or `suspend_reason` without further proof."""
    masters = life.masters
    if name == "suspend_reason":
        return sorted(code for code, clause in masters.suspend_reasons.items() if not clause.proof)
    return sorted(masters.return_rules if name == "return_rule" else masters.refusal_reasons)
