"""What Open311 clients ask: services, requests, updates. Who may see what is decided here once.

Without a key one sees the requests that came in by this door, because whoever sends to an Open311 server expects them to be public;
with a key of the scope `open311` also every other case within the grants of its owner. Names and contacts are never shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridloop.cases import sql
from gridloop.cases.models import CaseClass as CaseClassRow
from gridloop.cases.open311 import rules
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.rules.loop import VERBS
from gridloop.cases.rules.scope import Sight, sight
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound

COLUMNS = """c.number, c.state, c.class_kind, c.class_code, c.text, c.address, c.place, c.lon, c.lat, c.opened_at, c.changed_at, c.due_at, c.unit_id,
       c.source, (select e.fields from cases_event e where e.case_id = c.id and e.seq = 1)"""
SEEN = """(
    c.source = 'open311' or %(everywhere)s
    or exists (select from unnest(%(areas)s::text[]) a where c.place >= a and c.place < a || '~')
    or (c.unit_id is not null and exists (
        select from unnest(%(units)s::bigint[], %(unit_areas)s::text[]) g(unit_id, area)
        join identity_unit mine on mine.id = g.unit_id
        join identity_unit its on its.id = c.unit_id
        where its.path like mine.path || '%%' and c.place like g.area || '%%'))
)"""
BY_IDS = f"select {COLUMNS} from cases_case c where c.number = any(%(ids)s) and {SEEN} order by c.id desc limit 1000"  # noqa: S608 - constants only
LISTED = f"""
select {COLUMNS} from cases_case c
where c.opened_at >= %(start)s and c.opened_at <= %(end)s and c.opened_at <= %(updated_end)s
  and c.changed_at >= %(updated_start)s and c.changed_at <= %(updated_end)s
  and (%(codes)s::text[] is null or (c.class_kind || ':' || c.class_code) = any(%(codes)s::text[]))
  and (%(closed)s::bool is null or (c.state in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')) = %(closed)s)
  and (%(radius)s::float8 is null or st_dwithin(c.geom, st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 3857), %(radius)s))
  and {SEEN}
order by c.opened_at desc, c.id desc
limit %(limit)s offset %(offset)s
"""  # noqa: S608 - constants only
UPDATES = f"""
select c.number, e.seq, e.at, e.verb, e.to_state, e.note,
       e.by_id is not null and e.by_id = (select first.by_id from cases_event first where first.case_id = c.id and first.seq = 1)
from cases_event e join cases_case c on c.id = e.case_id
where e.at >= %(start)s and e.at <= %(end)s and (%(ids)s::text[] is null or c.number = any(%(ids)s::text[])) and c.changed_at >= %(start)s and {SEEN}
order by e.at, c.id, e.seq
limit %(limit)s offset %(offset)s
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are listed; `closed` None is both, `codes` are kind:code pairs, `radius_m` needs a position."""

    start: dt.datetime
    end: dt.datetime
    updated_start: dt.datetime
    updated_end: dt.datetime
    codes: tuple[str, ...] | None = None
    closed: bool | None = None
    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    page: int = 1
    page_size: int = rules.REQUESTS_MAX


def services(language: str, now: dt.datetime) -> list[dict[str, Any]]:
    """Every class in force; one statement while the masters stand."""
    return [rules.service(one, language) for one in masters_now.current(now).classes.values()]


def definition(code: str, language: str, now: dt.datetime) -> dict[str, Any]:
    """A service's attributes; raises Gone for a class of former years and NotFound for one that never was."""
    key = known_service(code, now)
    return rules.definition(rules.service_code(*key), masters_now.current(now).rules_of(*key), language)


class Gone(NotFound):
    """It was here once (HTTP 410)."""

    status = 410
    kind = "gone"


def known_service(code: str, now: dt.datetime) -> tuple[str, str]:
    """Kind and code of a service in force; one statement while the masters stand."""
    key = rules.class_of(code)
    if key is not None and key in masters_now.current(now).classes:
        return key
    if key is not None and CaseClassRow.objects.filter(kind=key[0], code=key[1]).exists():
        raise Gone(
            f"service_code '{code[:20]}' is not offered any more; GET services lists the present ones",
            zh=f"服务代码“{code[:20]}”已停用,请用 GET services 查询现行代码",
        )
    raise NotFound(
        f"service_code '{code[:20]}' was not found; GET services lists them all",
        zh=f"没有服务代码“{code[:20]}”,请用 GET services 查询",
    )


def _seen(by: Caller) -> dict[str, Any]:
    """Parameters of SEEN: the grants of a key or session, nothing for the public."""
    mine = (
        sight(by)
        if by.via != "api_key" or "open311" in by.scopes
        else Sight(everywhere=False, areas=(), units=(), person_id=None)
    )
    return {
        "everywhere": mine.everywhere,
        "areas": list(mine.areas),
        "units": [unit for unit, _ in mine.units],
        "unit_areas": [area for _, area in mine.units],
    }


def by_ids(ids: Sequence[str], *, by: Caller, now: dt.datetime) -> list[dict[str, Any]]:
    """Requests by their ids, those that are visible; two statements."""
    known = [one for one in ids if rules.REQUEST_ID.fullmatch(one)]
    return _requests(sql.run(BY_IDS, {"ids": known, **_seen(by)}), by.language, now)


def request(request_id: str, *, by: Caller, now: dt.datetime) -> dict[str, Any]:
    """One request; the same sentence for one that is not there and one out of sight."""
    found = by_ids([request_id], by=by, now=now)
    if not found:
        raise NotFound(
            f"service_request_id '{request_id[:40]}' was not found", zh=f"没有编号为“{request_id[:40]}”的服务请求"
        )
    return found[0]


def requests(wanted: Wanted, *, by: Caller, now: dt.datetime) -> list[dict[str, Any]]:
    """A page of requests, newest first; two statements."""
    params = {
        "start": wanted.start,
        "end": wanted.end,
        "updated_start": wanted.updated_start,
        "updated_end": wanted.updated_end,
        "codes": list(wanted.codes) if wanted.codes is not None else None,
        "closed": wanted.closed,
        "lon": wanted.lon or 0.0,
        "lat": wanted.lat or 0.0,
        "radius": wanted.radius_m,
        "limit": wanted.page_size,
        "offset": (wanted.page - 1) * wanted.page_size,
        **_seen(by),
    }
    return _requests(sql.run(LISTED, params), by.language, now)


def _requests(rows: list[tuple[Any, ...]], language: str, now: dt.datetime) -> list[dict[str, Any]]:
    """Rows in the shape of the specification; names of classes, units and places come from what the process keeps."""
    zh = language.startswith("zh")
    units = names.units([row[12] for row in rows])
    classes = masters_now.current(now).classes if rows else {}
    found = []
    for (
        number,
        state,
        kind,
        code,
        text,
        address,
        place,
        lon,
        lat,
        opened,
        changed,
        due,
        unit_id,
        _source,
        first,
    ) in rows:
        one = classes.get((kind, code))
        unit = units.get(unit_id)
        said = (first or {}).get("attributes", {})
        found.append(
            {
                "service_request_id": number,
                "status": rules.status_of(state),
                "status_notes": STATE_NAMES[State(state)][0 if zh else 1],
                "service_name": (one.zh if zh else one.en) if one else None,
                "service_code": rules.service_code(kind, code) if kind and code else None,
                "description": text,
                "agency_responsible": unit.name(language) if unit else None,
                "service_notice": None,
                "requested_datetime": rules.w3c(opened),
                "updated_datetime": rules.w3c(changed),
                "expected_datetime": rules.w3c(due),
                "address": address or None,
                "address_id": place or None,
                "zipcode": None,
                "lat": lat,
                "long": lon,
                "media_url": said.get("media_url"),
            }
        )
    return found


def updates(
    ids: Sequence[str] | None, start: dt.datetime, end: dt.datetime, *, page: int, page_size: int, by: Caller
) -> list[dict[str, Any]]:
    """What happened to requests, oldest first; a note is shown only where a connected system sent it. One statement."""
    zh = by.language.startswith("zh")
    rows = sql.run(
        UPDATES,
        {
            "ids": list(ids) if ids is not None else None,
            "start": start,
            "end": end,
            "limit": page_size,
            "offset": (page - 1) * page_size,
            **_seen(by),
        },
    )
    return [
        {
            "update_id": f"{number}-{seq}",
            "service_request_id": number,
            "status": rules.status_of(state).upper(),
            "updated_datetime": rules.w3c(at),
            "description": note if verb == "comment" and of_sender else VERBS[verb][0 if zh else 1],
            "media_url": None,
        }
        for number, seq, at, verb, state, note, of_sender in rows
    ]
