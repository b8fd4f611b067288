"""What is done with announcements: write, change, publish or have a second person look, end, withdraw; and who follows the areas is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.db import IntegrityError, connection, transaction

from gridloop.audit import actions as ledger
from gridloop.cases.announcements import queries
from gridloop.cases.announcements.models import Announcement
from gridloop.cases.announcements.rules.steps import (
    NOTE_CHARS_MAX,
    OWN,
    WRITERS,
    State,
    Step,
    Verb,
    needs_second,
    shared_lead,
    step_for,
)
from gridloop.cases.announcements.rules.words import Said, checked
from gridloop.cases.queries import names
from gridloop.cases.rules import intake
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, Refused
from gridloop.notices import actions as notices
from gridloop.notices import queries as templates
from gridloop.places import queries as places

DEFER = """
select procrastinate_defer_jobs_v1(array[
    row('notices', 'cases.announcements.tell', 0, null, null, jsonb_build_object('announcement_id', %s::bigint, 'mark', %s::int), null)::procrastinate_job_to_defer_v1
])
"""
OUT, OVER = 1, 2
"""What goes out: the announcement, and that it is over or withdrawn."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One step: the verb, a reason, the version that was looked at (None: any), and the key that makes a repeat harmless."""

    verb: Verb
    note: str = ""
    version: int | None = None
    key: str = ""
    said: Said | None = field(default=None)


def write(said: Said, *, by: Caller, now: datetime, key: str = "") -> int:
    """Keep a draft; the same key again is the same one. Returns its id."""
    intake.check_key(key)
    person_id = identity.require_person(by)
    kept = checked(said)
    grant = _grant(by, kept.areas, WRITERS)
    before = Announcement.objects.filter(by_id=person_id, made_key=key).first() if key else None
    if before is not None:
        return _same(before, kept)
    row = Announcement(unit_id=grant.unit_id, by_id=person_id, by_name=by.name, made_at=now, made_key=key)
    _put(row, kept)
    try:
        with transaction.atomic():
            row.save()
            _record(by, "announcement.written", row, now)
    except IntegrityError:  # the same key came twice in this moment
        return _same(Announcement.objects.get(by_id=person_id, made_key=key), kept)
    return int(row.pk)


def take(announcement_id: int, step: Taken, *, by: Caller, now: datetime) -> None:
    """Take one step of the table; a repeat under the same key changes nothing.

    Raises NotFound, NotAllowed, Malformed, or Refused where the step is not open, the text has changed meanwhile, or a second person has to look.
    """
    intake.check_key(step.key)
    person_id = identity.require_person(by)
    with transaction.atomic():
        row = Announcement.objects.select_for_update().filter(pk=announcement_id).first()
        if row is None:
            raise queries.missing(announcement_id)
        mark = f"{person_id}:{step.verb}:{step.key}" if step.key else ""
        if mark and row.said_key == mark:
            return
        rule = step_for(State(row.state), step.verb, step.note)
        _grant(by, row.areas, rule.duties)
        _check_turn(row, rule, step, person_id)
        row.said_key = mark
        row.version += 1
        if step.said is not None and step.verb is Verb.CHANGE:
            _change(row, step.said, by=by)
        else:
            _move(row, rule, step, by=by, now=now)
        row.save()
        _record(by, _named(row, step.verb), row, now, {"note": row.note} if rule.note else {})


def tell(announcement_id: int, mark: int, *, now: datetime) -> int:
    """Tell whoever follows an area or circle that it is about, each once for each mark; returns how many. A repeat tells nobody twice."""
    row = Announcement.objects.filter(pk=announcement_id, mark__gte=mark).first()
    if row is None:
        return 0
    people = queries.followers(announcement_id)
    named = names.places_named(row.areas)
    facts = {
        "title_zh": row.title_zh, "title_en": row.title_en, "text_zh": row.text_zh, "text_en": row.text_en,
        "areas_zh": "、".join(named[one][0] for one in row.areas), "areas_en": "; ".join(named[one][1] for one in row.areas),
        "from": f"{in_city(row.starts_at):%m-%d %H:%M}", "until": f"{in_city(row.ends_at):%m-%d %H:%M}",
        "over_zh": "已撤回" if row.withdrawn_at else "提前结束", "over_en": "withdrawn" if row.withdrawn_at else "over early",
        "note": row.note,
    }  # fmt: skip
    words = templates.words("announcement" if mark == OUT else "announcement_over", facts, in_city(now).date())
    if people:
        subject = f"announcement:{announcement_id}"
        notices.tell_words(people, words, subject=subject, key=f"{subject}:{mark}")
    return len(people)


def _check_turn(row: Announcement, rule: Step, step: Taken, person_id: int) -> None:
    if rule.second and person_id in {row.by_id, row.asked_by_id}:
        raise OWN
    if step.version is not None and step.version != row.version:
        raise Refused(
            f"announcement {row.pk} was changed meanwhile (version {row.version}, you saw {step.version}); look at it again",
            zh=f"通告 {row.pk} 已被修改(当前版本 {row.version},您看到的是 {step.version}),请重新查看",
            fields={"version": str(row.version)},
        )
    if len(step.note) > NOTE_CHARS_MAX:
        raise Malformed(
            f"the reason has at most {NOTE_CHARS_MAX} characters",
            zh=f"说明最多 {NOTE_CHARS_MAX} 字",
            fields={"note": "too long"},
        )
    if (step.verb is Verb.CHANGE) != (step.said is not None):
        raise ValueError("a change, and nothing else, says the whole announcement anew")


def _change(row: Announcement, said: Said, *, by: Caller) -> None:
    kept = checked(said)
    _grant(by, kept.areas, WRITERS)
    _put(row, kept)


def _move(row: Announcement, rule: Step, step: Taken, *, by: Caller, now: datetime) -> None:
    """The step itself; what goes out is told by a job that is queued in the same transaction."""
    row.note = " ".join(step.note.split())
    if step.verb is Verb.PUBLISH and needs_second(row.areas):
        row.state, row.asked_by_id, row.asked_at = State.WAITING, by.person_id, now
        return
    row.state = rule.to
    if step.verb in {Verb.PUBLISH, Verb.APPROVE}:
        if row.ends_at <= now:
            raise Refused(
                "its time is over already; change its end first",
                zh="结束时间已过,请先修改结束时间",
                fields={"ends_at": "over"},
            )
        row.published_at = now
        if step.verb is Verb.APPROVE:
            row.approved_by_id, row.approved_name = by.person_id, by.name
        _queue(row, OUT)
    elif step.verb is Verb.END:
        _end(row, now)
    elif row.state == State.WITHDRAWN:
        row.withdrawn_at = now
        if row.published_at is not None:
            _queue(row, OVER)


def _end(row: Announcement, now: datetime) -> None:
    if row.ends_at <= now:
        raise Refused("it is over already", zh="通告已经结束")
    if row.starts_at >= now:
        raise Refused("it has not begun; withdraw it instead", zh="通告尚未开始,请改为撤回")
    row.ends_at = row.ended_at = now
    _queue(row, OVER)


def _queue(row: Announcement, mark: int) -> None:
    row.mark = mark
    with connection.cursor() as cursor:
        cursor.execute(DEFER, [row.pk, mark])


def _grant(by: Caller, areas: Sequence[str], duties: tuple[Duty, ...]) -> GrantView:
    """The grant under which the caller acts; NotAllowed where one of the areas is not covered by any."""
    grants = [queries.grant_at(by, one, duties) for one in areas]
    for area, grant in zip(areas, grants, strict=True):
        if grant is None:
            identity.require_grant(by, *duties, area=area)
    if grants[0] is None:
        raise NotAllowed(
            "the platform itself announces nothing; ask a unit or supervisor of the area",
            zh="平台本身不发布通告,请由该区域的单位或督查员发布",
        )
    return grants[0]


def _same(before: Announcement, said: Said) -> int:
    words = ("category", "title_zh", "title_en", "text_zh", "text_en", "starts_at", "ends_at")
    if before.version == 1 and any(getattr(before, name) != getattr(said, name) for name in words):
        raise Refused(
            f"this Idempotency-Key was used for announcement {before.pk} with other words; use a fresh key for a new one",
            zh=f"该 Idempotency-Key 已用于内容不同的通告 {before.pk},新的通告请使用新的键",
        )
    return int(before.pk)


def _put(row: Announcement, said: Said) -> None:
    """What is said, into the row; NotFound for an area that is no division."""
    divisions = [places.division(area) for area in said.areas]
    for name in (
        "category",
        "severity",
        "title_zh",
        "title_en",
        "text_zh",
        "text_en",
        "starts_at",
        "ends_at",
        "radius_m",
    ):
        setattr(row, name, getattr(said, name))
    row.areas = list(said.areas)
    geom: GEOSGeometry | None = None
    if said.ring:
        geom = Polygon((*said.ring, said.ring[0]), srid=4326)
    elif said.lon is not None and said.lat is not None:
        geom = Point(said.lon, said.lat, srid=4326)
    row.geom = geom
    row.lon, row.lat = (geom.centroid.x, geom.centroid.y) if geom is not None else (divisions[0].lon, divisions[0].lat)


def _named(row: Announcement, verb: Verb) -> str:
    if verb is Verb.PUBLISH:
        return "announcement.published" if row.published_at else "announcement.sent_to_second"
    return {
        Verb.CHANGE: "announcement.changed", Verb.APPROVE: "announcement.approved", Verb.REFUSE: "announcement.sent_back",
        Verb.END: "announcement.ended", Verb.WITHDRAW: "announcement.withdrawn",
    }[verb]  # fmt: skip


def _record(by: Caller, action: str, row: Announcement, now: datetime, detail: Mapping[str, Any] | None = None) -> None:
    said = {"version": row.version, "title": row.title_zh, "areas": row.areas, **(detail or {})}
    ledger.record(
        by, action, f"announcement:{row.pk}", at=now, area=shared_lead(row.areas), unit=row.unit_id, detail=said
    )
