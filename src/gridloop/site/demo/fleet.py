"""The demo city's supervised vehicles with terminals, fences, rules, permits, declared routes and one event; all invented and marked so.

Plates begin with 示, which no authority issues; terminals have numbers beginning with 100, which no operator gives to anybody.
"""

from __future__ import annotations

import datetime as dt
import json
from random import Random
from typing import Any

import shapely

from gridloop.fleet import actions
from gridloop.fleet.actions import NewFence, NewPermit, NewRoute, NewRule, NewTerminal, NewVehicle
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.fleet.rules.plates import SYNTHETIC_SIGN
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.site.demo.organisation import FOLDER

VEHICLES: dict[str, int] = {"tiny": 12, "small": 240, "tenth": 2_400, "city": 24_000, "triple": 24_000}
"""How many vehicles each size of the demo city has."""
MIX: tuple[tuple[VehicleKind, int, str, int], ...] = (
    (VehicleKind.HAZMAT, 36, "危运", 2), (VehicleKind.EXPLOSIVES, 6, "民爆物流", 2), (VehicleKind.COACH, 24, "客运", 2),
    (VehicleKind.SCHOOL_BUS, 18, "校车服务", 2), (VehicleKind.BUS, 40, "公交", 5), (VehicleKind.TAXI, 30, "出租", 1),
    (VehicleKind.RIDE_HAILING, 12, "网约出行", 5), (VehicleKind.TRUCK, 24, "货运", 2), (VehicleKind.CONSTRUCTION, 26, "土方", 2),
    (VehicleKind.SANITATION, 12, "环卫", 2), (VehicleKind.POLICE, 4, "交警支队", 4), (VehicleKind.FIRE, 3, "消防救援支队", 4),
    (VehicleKind.AMBULANCE, 3, "急救中心", 4), (VehicleKind.OTHER, 2, "其他", 1),
)  # fmt: skip
"""Kind, share in 240, what its firms are called, colour of the plate."""
AREAS = ("350203", "350206", "350203", "350206", "350205", "350211")
FIRMS = "甲乙丙丁"
CITY = "3502"
SINCE = dt.timedelta(days=90)
VEHICLE_RULES = FOLDER.parent / "standards" / "vehicle_rules.json"
NIGHT = [[day, "22:00", "06:00"] for day in range(1, 8)]
SCHOOL_HOURS = [
    [day, start, end]
    for day in range(1, 6)
    for start, end in (("07:00", "08:30"), ("11:30", "14:30"), ("16:30", "18:00"))
]
DAYTIME = [[day, "06:00", "23:00"] for day in range(1, 8)]
ROUTES = (
    ((118.0700, 24.4990), (118.0905, 24.5000), (118.1120, 24.5070), (118.1330, 24.5120)),
    ((118.1330, 24.5120), (118.1410, 24.4950), (118.1490, 24.4790), (118.1550, 24.4640)),
    ((118.0240, 24.4650), (118.0480, 24.4790), (118.0700, 24.4990), (118.0905, 24.5000)),
    ((118.1020, 24.4760), (118.1180, 24.4795), (118.1330, 24.4830), (118.1500, 24.4870)),
)


def add(size_name: str, *, seed: int, by: Caller, now: dt.datetime) -> dict[str, int]:
    """Put the fleet of this size into the city; returns how many of what were made."""
    random, since = Random(seed), now - SINCE
    actions.put_list("key-firms", "重点监管企业", "closely watched firms", "示范数据 / synthetic", by=by, now=since)
    actions.put_list(
        "congress-cleared", "大会放行车辆", "cleared for the congress", "示范数据 / synthetic", by=by, now=since
    )
    vehicles = _vehicles(VEHICLES[size_name])
    actions.register_vehicles(vehicles, by=by, now=since)
    actions.bind_terminals([_terminal(number, one) for number, one in enumerate(vehicles, start=1)], by=by, now=since)
    actions.draw_fences(_fences(), by=by, now=since)
    actions.put_occasion("demo-congress", "示范经贸洽谈会", "Demo trade congress", _congress(now), by=by, now=since)
    rules = _rules()
    actions.write_rules(rules, by=by, now=since)
    permits = actions.issue_permits(_permits(vehicles, random, now), by=by, now=since)
    actions.revoke_permit(_permit_number(1), "超出许可载运品类(示范)", by=by, now=now - dt.timedelta(days=3))
    routes = _routes(vehicles, now)
    for route in routes:
        actions.declare_route(route, by=by, now=since)
    return {
        "vehicles": len(vehicles),
        "fences": len(_fences()),
        "rules": len(rules),
        "permits": permits,
        "routes": len(routes),
    }


def plate(number: int) -> str:
    """The plate of the n-th invented vehicle."""
    return f"{SYNTHETIC_SIGN}D{number:05d}"


def _vehicles(count: int) -> list[NewVehicle]:
    """Kinds in their shares, at least one of each where there is room; each kind has some firms, and the areas take turns."""
    whole = sum(share for _, share, _, _ in MIX)
    made: list[NewVehicle] = []
    for kind, share, firm, colour in MIX:
        for at in range(max(1, round(share * count / whole))):
            if len(made) == count:
                return made
            number = len(made) + 1
            single = kind in {VehicleKind.POLICE, VehicleKind.FIRE, VehicleKind.AMBULANCE}
            name = f"示范{firm}" if single else f"示范{firm}{FIRMS[at % len(FIRMS)]}公司"
            lists = ("key-firms",) if kind is VehicleKind.HAZMAT and at % 4 == 0 else ()
            lists = ("congress-cleared", *lists) if kind is VehicleKind.BUS and at % 8 == 0 else lists
            made.append(
                NewVehicle(
                    plate(number),
                    kind.value,
                    colour,
                    firm=name,
                    area=AREAS[number % len(AREAS)],
                    lists=lists,
                    note="示范数据 / synthetic",
                    synthetic=True,
                )
            )
    return made


def _terminal(number: int, vehicle: NewVehicle) -> NewTerminal:
    edition = 2019 if number % 2 else 2013
    return NewTerminal(
        "jt808",
        f"100{number:08d}",
        vehicle.plate,
        maker="DEMO",
        model="DEMO-1",
        device=f"D{number:06d}",
        edition=edition,
    )


def _area(
    code: str,
    zh: str,
    en: str,
    *corners: tuple[float, float],
    hole: tuple[tuple[float, float], ...] = (),
    area: str = CITY,
) -> NewFence:
    shape = shapely.Polygon(corners, [hole] if hole else [])
    return NewFence(code, zh, "area", shape, name_en=en, area=area, note="示范数据 / synthetic", synthetic=True)


def _circle(code: str, zh: str, en: str, lon: float, lat: float, radius_m: float, *, area: str = "350203") -> NewFence:
    return NewFence(
        code,
        zh,
        "circle",
        shapely.Point(lon, lat),
        name_en=en,
        radius_m=radius_m,
        area=area,
        note="示范数据 / synthetic",
        synthetic=True,
    )


def _corridor(code: str, zh: str, en: str, width_m: float, *points: tuple[float, float]) -> NewFence:
    return NewFence(
        code,
        zh,
        "corridor",
        shapely.LineString(points),
        name_en=en,
        width_m=width_m,
        area=CITY,
        note="示范数据 / synthetic",
        synthetic=True,
    )


def _fences() -> list[NewFence]:
    """Twelve: places of the island by their rough position, borders invented."""
    return [
        _area("old-town", "老城区危货禁行区(示范)", "Old town, no hazardous goods (demo)", (118.0735, 24.4490), (118.0870, 24.4470), (118.0930, 24.4560),
              (118.0880, 24.4640), (118.0760, 24.4625)),
        _area("lake-quarter", "筼筜湖片区(示范)", "Yundang lake quarter (demo)", (118.0840, 24.4700), (118.1090, 24.4680), (118.1120, 24.4790),
              (118.0900, 24.4830), hole=((118.0930, 24.4730), (118.1040, 24.4725), (118.1045, 24.4765), (118.0940, 24.4775))),
        _area("port-east", "东渡港区(示范)", "Dongdu port area (demo)", (118.0640, 24.4830), (118.0760, 24.4840), (118.0790, 24.5010), (118.0680, 24.5050)),
        _area("airport", "机场保护区(示范)", "Airport area (demo)", (118.1130, 24.5340), (118.1420, 24.5360), (118.1440, 24.5520), (118.1150, 24.5500), area="350206"),
        _area("congress-zone", "会展活动区(示范)", "Congress zone (demo)", (118.1760, 24.4640), (118.1930, 24.4640), (118.1930, 24.4780), (118.1760, 24.4780)),
        _area("island", "厦门岛(示范)", "Xiamen island (demo)", (118.0560, 24.4200), (118.2050, 24.4200), (118.2050, 24.5680), (118.0560, 24.5680)),
        _circle("school-1", "第一示范小学学校区", "School zone 1 (demo)", 118.0985, 24.4655, 200),
        _circle("school-2", "第二示范小学学校区", "School zone 2 (demo)", 118.1205, 24.4745, 200),
        _circle("school-3", "第三示范中学学校区", "School zone 3 (demo)", 118.1300, 24.4885, 250, area="350206"),
        _circle("hospital", "示范医院静音区", "Hospital (demo)", 118.1090, 24.4830, 180),
        _corridor("tunnel", "翔安隧道走廊(示范)", "Xiang'an tunnel corridor (demo)", 120, (118.1760, 24.5200), (118.2000, 24.5310), (118.2380, 24.5480)),
        _corridor("lake-road", "湖滨南路通道(示范)", "Hubin South Road corridor (demo)", 90, (118.0830, 24.4690), (118.0990, 24.4680), (118.1190, 24.4700)),
    ]  # fmt: skip


def _clauses() -> dict[str, dict[str, str]]:
    items: list[dict[str, str]] = json.loads(VEHICLE_RULES.read_text("utf-8"))["items"]
    return {one["id"]: one for one in items}


def _rules() -> list[NewRule]:
    """Fifteen, with clause and confidence of the table of vehicle rules where they stand on one; the others are constructed and say so."""
    clauses = _clauses()

    def rule(code: str, kind: str, zh: str, en: str, clause: str = "", **said: Any) -> NewRule:
        known = clauses.get(clause)
        source = f"{known['rule']} - {known['source']}" if known else "示范 / constructed"
        return NewRule(
            code,
            kind,
            zh,
            en,
            source=source,
            confidence=known["confidence"] if known else "constructed",
            area=CITY,
            synthetic=True,
            **said,
        )

    schools = ("school-1", "school-2", "school-3")
    return [
        rule("hazmat-old-town", "no_go", "危货车禁入老城区", "No hazardous goods in the old town", "hazmat_zone", fences=("old-town", "lake-quarter"),
             kinds=("hazmat",), permit_kinds=("hazmat_zone",), severity="critical"),
        rule("explosives-built-up", "no_go", "民爆车禁入城区", "No explosives in town", "explosives", fences=("old-town", "lake-quarter", "hospital"),
             kinds=("explosives",), permit_kinds=("explosives_transport",), severity="critical"),
        rule("hazmat-ahead", "breach_ahead", "危货车即将驶入老城区", "Hazardous goods about to enter", "hazmat_zone", fences=("old-town",),
             kinds=("hazmat", "explosives"), params={"horizon_s": 90}, severity="medium"),
        rule("hazmat-long-stop", "dwell", "危货车长时间停留", "Hazardous goods standing long", "hazmat_zone", fences=("island",), kinds=("hazmat",),
             params={"limit_s": 3_600}, severity="high"),
        rule("hazmat-speed", "speed", "危货车限速", "Speed of hazardous goods", "hazmat_speed", kinds=("hazmat", "explosives"), params={"limit_kmh": 60}),
        rule("hazmat-gathering", "gathering", "危货车聚集", "Hazardous goods gathering", fences=("island",), kinds=("hazmat", "explosives"),
             params={"within_m": 100, "for_s": 600}),
        rule("coach-rest", "rest", "客运驾驶员休息", "Rest times of coaches", "day_continuous", kinds=("coach",), severity="high",
             params={"clauses": ["continuous", "night_continuous", "day_total", "week_total", "night_stop"]}),
        rule("coach-night-speed", "speed", "客车夜间限速", "Coaches at night", "night_speed", kinds=("coach",), params={"limit_kmh": 80, "night_share": 0.8}),
        rule("school-bus-speed", "speed", "校车限速", "Speed of school buses", "school_bus_speed", kinds=("school_bus",), params={"limit_kmh": 60}),
        rule("muck-schools", "no_go", "上下学时段渣土车禁入学校区", "No muck lorries at school times", fences=schools, kinds=("construction", "truck"),
             weekly=tuple(SCHOOL_HOURS), holidays="never", permit_kinds=("waste_transport",), severity="high"),
        rule("muck-daytime", "no_go", "渣土车白天禁入老城区", "No muck lorries in the old town by day", fences=("old-town", "lake-road"),
             kinds=("construction",), weekly=tuple(DAYTIME), permit_kinds=("waste_transport",), severity="medium", case_class="event:0308"),
        rule("tunnel-hazmat", "no_go", "危货车禁入海底隧道", "No hazardous goods in the tunnel", "hazmat_zone", fences=("tunnel",),
             kinds=("hazmat", "explosives"), severity="critical"),
        rule("hazmat-silent", "silence", "危货车禁行区内失联", "Hazardous goods silent inside", "report_interval", fences=("old-town", "port-east"),
             kinds=("hazmat", "explosives"), params={"limit_s": 180}),
        rule("congress-trucks", "no_go", "活动期间货车禁入会展区", "No lorries at the congress", fences=("congress-zone",), kinds=("truck", "construction"),
             occasion="demo-congress", permit_kinds=("event_access",), severity="high"),
        rule("explosives-route", "off_route", "民爆车偏离许可路线", "Explosives off the permitted route", "explosives", kinds=("explosives",), severity="critical"),
    ]  # fmt: skip


def _permit_number(at: int) -> str:
    return f"DEMO-P{at:04d}"


def _permits(vehicles: list[NewVehicle], random: Random, now: dt.datetime) -> list[NewPermit]:
    """Forty in the small city: most of them valid, some over, some at night only; a tenth of the vehicles that a rule concerns have one."""
    wanted = (
        (VehicleKind.HAZMAT, "hazmat_zone", ("old-town", "lake-quarter"), 18),
        (VehicleKind.CONSTRUCTION, "waste_transport", ("old-town", "lake-road"), 12),
        (VehicleKind.EXPLOSIVES, "explosives_transport", (), 4),
        (VehicleKind.TRUCK, "event_access", ("congress-zone",), 6),
    )
    made: list[NewPermit] = []
    for kind, permit, fences, share in wanted:
        of_kind = [one for one in vehicles if one.kind == kind]
        for one in of_kind[: max(1, round(share * len(vehicles) / 240))]:
            over = random.random() < 0.2
            begins = now - dt.timedelta(days=random.randint(40, 80))
            until = (
                now - dt.timedelta(days=random.randint(1, 20))
                if over and made
                else now + dt.timedelta(days=random.randint(20, 200))
            )
            made.append(
                NewPermit(
                    _permit_number(len(made) + 1), permit, one.plate, begins, until, fences=fences, weekly=tuple(NIGHT) if len(made) % 5 == 3 else (),
                    issuer="示范公安局交警支队", synthetic=True,
                )
            )  # fmt: skip
    return made


def _routes(vehicles: list[NewVehicle], now: dt.datetime) -> list[NewRoute]:
    """Today's declared ways of explosives and of some hazardous goods."""
    drivers = [one for one in vehicles if one.kind in {VehicleKind.EXPLOSIVES, VehicleKind.HAZMAT}][-2 * len(ROUTES) :]
    midnight = clock.in_city(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        NewRoute(
            f"DEMO-W{at + 1:04d}", one.plate, shapely.LineString(ROUTES[at % len(ROUTES)]), midnight + dt.timedelta(hours=5), midnight + dt.timedelta(hours=23),
            width_m=400, document=f"示范电子运单 {at + 1:04d}", synthetic=True,
        )
        for at, one in enumerate(drivers)
    ]  # fmt: skip


def _congress(now: dt.datetime) -> list[list[str]]:
    """Three days from tomorrow on, from eight to ten in the evening."""
    tomorrow = clock.in_city(now).replace(hour=8, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
    days = [tomorrow + dt.timedelta(days=day) for day in range(3)]
    return [[day.isoformat(), day.replace(hour=22).isoformat()] for day in days]
