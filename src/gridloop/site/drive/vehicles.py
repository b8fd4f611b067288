"""`simulate fleet`: vehicles of the register, or new synthetic ones, on the demo city's streets or along recorded tracks."""

from __future__ import annotations

import asyncio
import io
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from gridloop.fleet import actions, queries
from gridloop.fleet.actions import NewTerminal, NewVehicle
from gridloop.fleet.drive.drive import Asked, Drive, identities
from gridloop.fleet.drive.roads import Roads
from gridloop.fleet.drive.terminal import Identity
from gridloop.fleet.drive.tracks import Replay, points_of
from gridloop.fleet.jt808 import Edition
from gridloop.fleet.rules.kinds import Protocol, VehicleKind
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Refused
from gridloop.site.basemap.demo_streets import demo_streets

KINDS = tuple(VehicleKind)
PICTURE_PX = (160, 120)
Say = Callable[[str], None]


def add_arguments(parser: ArgumentParser) -> None:
    """How many, how often, where to."""
    parser.add_argument("--vehicles", type=int, default=50, help="how many vehicles drive (default 50)")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two positions (default 10)")
    parser.add_argument("--faults", type=float, default=0.0, help="share of fixes that stand in a fault, 0 to 0.5")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long to drive; 0 is until Ctrl-C (default 0)")
    parser.add_argument("--host", default="127.0.0.1", help="where the gateway listens (default 127.0.0.1)")
    parser.add_argument("--gateway-port", type=int, default=0, help="its port for terminals (default: as configured)")
    parser.add_argument("--udp", action="store_true", help="speak UDP instead of TCP")
    parser.add_argument("--seed", type=int, default=1, help="the same seed drives the same ways (default 1)")
    parser.add_argument("--register", action="store_true", help="register synthetic vehicles where there are too few")
    parser.add_argument("--csv", type=Path, help="drive these tracks instead: time,id,lon,lat[,speed,heading]")
    parser.add_argument("--pace", type=float, default=1.0, help="so many times as fast as recorded (default 1)")
    parser.add_argument("--keep-times", action="store_true", help="report the recorded times instead of now")


def run(options: dict[str, Any], port: int, say: Say) -> None:
    """Drive until the time is over or Ctrl-C; raises Refused or Malformed with a sentence."""
    if options["vehicles"] < 1 or options["every"] <= 0 or not 0 <= options["faults"] <= 0.5 or options["pace"] <= 0:
        raise Refused(
            "at least one vehicle, more than 0 seconds, a share of faults from 0 to 0.5 and a pace above 0 are needed",
            zh="车辆数至少为 1,间隔与倍速须大于 0,故障比例为 0 至 0.5",
        )
    asked = Asked(
        host=options["host"], port=options["gateway_port"] or port, every_s=options["every"],
        faults=options["faults"], udp=options["udp"], picture=picture(options["seed"]),
    )  # fmt: skip
    if options["csv"]:
        _replay(options, asked, say)
        return
    fleet = company(options["vehicles"], register=options["register"], say=say)
    lines, _ = demo_streets(options["seed"])
    drive = Drive(asked, fleet, Roads(lines.points, lines.starts, lines.rank), seed=options["seed"])
    say(f"{len(fleet)} vehicles set out for {asked.host}:{asked.port}, one position every {asked.every_s:g} s each")
    _until_stopped(drive.run(options["seconds"], say, clock.now))


def _replay(options: dict[str, Any], asked: Asked, say: Say) -> None:
    with options["csv"].open(encoding="utf-8-sig", newline="") as file:
        points = points_of(file)
    names = sorted({point.id for point in points})
    fleet = company(len(names), register=options["register"], say=say)
    who = {name: identity for name, (identity, _) in zip(names, fleet, strict=True)}
    replay = Replay.of(asked, points, who, pace=options["pace"], keep_times=options["keep_times"])
    say(", ".join(f"{name} drives as {identity.plate}" for name, identity in list(who.items())[:5]))
    _until_stopped(replay.run(say, clock.now))


def _until_stopped(driving: Any) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(driving)


def company(count: int, *, register: bool, say: Say) -> list[tuple[Identity, VehicleKind]]:
    """So many vehicles with a JT/T 808 terminal, synthetic ones only: registered here already, or new where `register` says so."""
    here = _registered(count)
    if len(here) < count and register:
        known = {identity.phone for identity, _ in here}
        fresh = [one for one in identities(count) if one.phone not in known][: count - len(here)]
        _register(fresh)
        here = _registered(count)
        say(f"registered {len(fresh)} synthetic vehicles")
    if len(here) < count:
        raise Refused(
            f"the register holds {len(here)} synthetic vehicles with a JT/T 808 terminal, {count} are asked for; add --register, or ask for fewer",
            zh=f"登记册中只有 {len(here)} 辆带 JT/T 808 终端的虚构车辆,需要 {count} 辆;请加 --register,或减少数量",
        )
    return here


def _registered(count: int) -> list[tuple[Identity, VehicleKind]]:
    return [
        (
            Identity(
                phone=row.name, plate=row.plate, plate_colour=row.plate_colour, terminal_id=row.device or "SIM",
                edition=Edition.V2019 if row.edition == Edition.V2019 else Edition.V2013,
            ),
            VehicleKind(row.kind),
        )
        for row in queries.synthetic_terminals(Protocol.JT808, count)
    ]  # fmt: skip


def _register(fresh: Sequence[Identity]) -> None:
    by, now = system("simulate"), clock.now()
    actions.register_vehicles(
        [
            NewVehicle(one.plate, KINDS[number % len(KINDS)], one.plate_colour, synthetic=True, note="simulate fleet")
            for number, one in enumerate(fresh)
        ],
        by=by,
        now=now,
    )
    actions.bind_terminals(
        [
            NewTerminal(
                Protocol.JT808, one.phone, one.plate, maker=one.maker, model=one.model, device=one.terminal_id,
                edition=int(one.edition),
            )
            for one in fresh
        ],
        by=by,
        now=now,
    )  # fmt: skip


def picture(seed: int) -> bytes:
    """A small JPEG that nobody took: what the simulated camera sees."""
    rng = np.random.default_rng(Random(seed).randrange(2**32))  # noqa: S311 - a play
    width, height = PICTURE_PX
    grey = rng.integers(0, 255, (height // 8, width // 8), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).resize(PICTURE_PX).convert("RGB").save(out, "JPEG", quality=60)
    return out.getvalue()
