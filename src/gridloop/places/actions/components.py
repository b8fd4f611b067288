"""Registers components, changes their state and moves them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.gis.geos import Point
from django.db import connection, transaction

from gridloop.audit import actions as ledger
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, Refused
from gridloop.kernel.units import SRID_WGS84
from gridloop.places.actions.loading import copy_rows
from gridloop.places.models import Component
from gridloop.places.queries.components import component as look_up
from gridloop.places.queries.components import view
from gridloop.places.queries.points import at, check_point
from gridloop.places.queries.statements import statement
from gridloop.places.queries.views import ComponentView
from gridloop.places.rules.codes import digits
from gridloop.places.rules.components import SOURCES, STATES, Change

KEEPERS = (Duty.COLLECTOR, Duty.ADMIN)
COLUMNS = (
    "at", "lon", "lat", "subclass", "name", "state", "owner_unit_id", "maintain_unit_id", "authority_unit_id",
    "surveyed_on", "source", "accuracy", "note", "attributes", "synthetic", "installed_on", "warranty_contractor", "warranty_until",
)  # fmt: skip
CREATE_NEW = """
create temporary table places_new (
    at int, lon float8, lat float8, subclass text, name text, state text, owner_unit_id bigint, maintain_unit_id bigint,
    authority_unit_id bigint, surveyed_on date, source text, accuracy text, note text, attributes text, synthetic boolean,
    installed_on date, warranty_contractor text, warranty_until date
) on commit drop
"""


@dataclass(frozen=True, slots=True)
class NewComponent:
    """A component to be registered, WGS-84; its code, cell and place follow from position and subclass."""

    lon: float
    lat: float
    subclass: str
    name: str
    owner_unit_id: int | None = None
    maintain_unit_id: int | None = None
    authority_unit_id: int | None = None
    state: str = "intact"
    surveyed_on: dt.date | None = None
    source: str = "other"
    accuracy: str = ""
    note: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    synthetic: bool = False
    installed_on: dt.date | None = None
    warranty_contractor: str = ""
    warranty_until: dt.date | None = None


def register_component(new: NewComponent, *, by: Caller, now: dt.datetime) -> ComponentView:
    """Registers one component under the next code of its county and subclass; NotAllowed outside one's area."""
    place = at(new.lon, new.lat).place
    _allowed(by, place)
    with transaction.atomic():
        (code,) = _insert([new])
        ledger.record(by, "component.registered", f"component:{code}", at=now, area=place, unit=new.owner_unit_id)
    return look_up(code)


def register_components(new: Iterable[NewComponent], *, by: Caller, now: dt.datetime) -> list[str]:
    """Registers many at once and returns their codes in order; all or, if one lies in no county, none (Refused)."""
    if by.via != "system":
        _allowed(by, "")
    with transaction.atomic():
        added = _insert(list(new))
        detail = {"components": len(added), "first": added[0] if added else "", "last": added[-1] if added else ""}
        ledger.record(by, "components.registered", "places:components", at=now, detail=detail)
    return added


def change_component(code: str, change: Change, *, by: Caller, now: dt.datetime) -> ComponentView:
    """Changes state, name, units or note of a component; what is not said stays. NotAllowed outside one's area."""
    said = change.said()
    with transaction.atomic():
        component = _locked(code, by)
        before = {name: getattr(component, name) for name in said}
        for name, value in said.items():
            setattr(component, name, value)
        component.changed_on = clock.in_city(now).date()
        component.save(update_fields=[*said, "changed_on"])
        ledger.record(
            by, "component.changed", f"component:{component.code}", at=now, area=component.place,
            unit=component.owner_unit_id, detail={"before": before, "after": said},
        )  # fmt: skip
    return view(component)


def move_component(code: str, lon: float, lat: float, *, by: Caller, now: dt.datetime) -> ComponentView:
    """Puts a component elsewhere in its county; its code stays. Refused across a county line, where a new code is due."""
    spot = at(lon, lat)
    with transaction.atomic():
        component = _locked(code, by)
        if spot.place[:6] != component.code[:6]:
            raise Refused(
                f"component {component.code} belongs to county {component.code[:6]} and cannot be moved to {spot.place[:6] or 'nowhere'}; "
                "mark it abandoned here and register it there",
                zh=f"部件 {component.code} 属于 {component.code[:6]},不能移到 {spot.place[:6] or '界外'};请在此处报废并在新址登记",
            )
        before = [component.geom.x, component.geom.y]
        component.geom = Point(lon, lat, srid=SRID_WGS84)
        component.cell, component.place = spot.cell.code if spot.cell else "", spot.place
        component.changed_on = clock.in_city(now).date()
        component.save(update_fields=["geom", "cell", "place", "changed_on"])
        ledger.record(
            by, "component.moved", f"component:{component.code}", at=now, area=component.place,
            unit=component.owner_unit_id, detail={"before": before, "after": [lon, lat]},
        )  # fmt: skip
    return view(component)


def _locked(code: str, by: Caller) -> Component:
    wanted = look_up(code).code
    component = Component.objects.select_for_update().get(pk=wanted)
    _allowed(by, component.place)
    return component


def _allowed(by: Caller, place: str) -> None:
    if by.via != "system" and not any(by.grant_for(duty, area=place) for duty in KEEPERS):
        raise NotAllowed(
            f"the component register of area {place or 'everywhere'} is kept by its collectors and administrators; ask for that grant",
            zh=f"区域 {place or '全市'} 的部件库由该区域的信息采集员和管理员维护;请申请相应授权",
        )


def _insert(new: list[NewComponent]) -> list[str]:
    """Copies, places and numbers the components; one lock keeps two loads from giving the same number."""
    for component in new:
        _check(component)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('places_component_codes'))")
        cursor.execute("drop table if exists places_new")
        cursor.execute(CREATE_NEW)
        copy_rows("places_new", COLUMNS, (_row(at_row, component) for at_row, component in enumerate(new)))
        cursor.execute("analyze places_new")
        cursor.execute("set local jit = off")  # compiling takes a second and saves nothing here
        cursor.execute(statement("register_components"))
        added = [row[0] for row in cursor.fetchall()]
    if len(added) != len(new):
        raise Refused(
            f"{len(new) - len(added)} of {len(new)} components lie in no known county; check longitude and latitude (WGS-84)",
            zh=f"{len(new)} 个部件中有 {len(new) - len(added)} 个不在任何已知县区内;请核对 WGS-84 经纬度",
        )
    return added


def _check(new: NewComponent) -> None:
    check_point(new.lon, new.lat)
    if not (digits(new.subclass) and len(new.subclass) == 4):
        raise Malformed(
            f"'{new.subclass}' is not a subclass; it has four digits, such as 0101",
            zh=f"“{new.subclass}”不是部件小类;应为四位数字,例如 0101",
        )
    if new.state not in STATES or new.source not in SOURCES:
        raise Malformed(
            f"state is one of {', '.join(STATES)} and source one of {', '.join(SOURCES)}, not '{new.state}' and '{new.source}'",
            zh=f"状态应为 {'、'.join(STATES)} 之一,来源应为 {'、'.join(SOURCES)} 之一",
        )


def _row(at_row: int, new: NewComponent) -> tuple[object, ...]:
    return (
        at_row, new.lon, new.lat, new.subclass, new.name, new.state, new.owner_unit_id, new.maintain_unit_id,
        new.authority_unit_id, new.surveyed_on, new.source, new.accuracy, new.note,
        json.dumps(dict(new.attributes), ensure_ascii=False), new.synthetic, new.installed_on, new.warranty_contractor,
        new.warranty_until,
    )  # fmt: skip
