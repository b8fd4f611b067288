"""`simulate`: replay the last days under a proposal and tell what would change; or let vehicles drive against the gateway."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.cases.simulation.actions import running
from gridloop.cases.simulation.models import Simulation
from gridloop.cases.simulation.queries import simulations
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import GridloopError
from gridloop.site.drive import vehicles

UNITS_SHOWN = 40


class Command(BaseCommand):
    """Sub-commands of `./gridloop simulate`."""

    help = "replay the last days under changed routes, limits, boundaries or mergers of units; nothing of the cases is changed"

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command each."""
        parts = parser.add_subparsers(dest="what", required=True)
        routing = parts.add_parser(
            "routing", help="which cases would go elsewhere; prints a table and a last line of JSON"
        )
        routing.add_argument("file", type=Path, help="the proposal, .json or .toml; see docs/how-to/simulation.md")
        fleet = parts.add_parser("fleet", help="vehicles that speak JT/T 808 to the gateway over real sockets")
        vehicles.add_arguments(fleet)
        routing.add_argument("--days", type=int, default=30, help="how many whole days before today, 1 to 92")

    def handle(self, *_args: object, **options: Any) -> None:
        """Do it; refusals are told in one sentence."""
        if options["what"] == "fleet":
            self._drive(options)
        else:
            self._route(options)

    def _drive(self, options: dict[str, Any]) -> None:
        def say(line: str) -> None:
            self.stdout.write(line)
            self.stdout.flush()

        try:
            vehicles.run(options, settings.CONFIG.gateway.port, say)
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused

    def _route(self, options: dict[str, Any]) -> None:
        now = clock.now()
        try:
            made = running.begun(_read(options["file"]), days=options["days"], by=system("simulate"), now=now)
            found = running.reckon(made.pk, now=now)
        except GridloopError as refused:
            raise CommandError(f"{refused.en} / {refused.zh}") from refused
        if found.state != "done":
            raise CommandError(f"{found.error_en} / {found.error_zh}")
        self._table(found)
        line = {
            "simulation": found.pk,
            "days": found.days,
            "position": found.position,
            "totals": found.totals,
            "flows": found.figures["flows"],
        }
        self.stdout.write(orjson.dumps(line).decode())

    def _table(self, found: Simulation) -> None:
        told = simulations.told(found, now=found.at)
        names, totals = told["names"]["units"], found.totals
        self.stdout.write(
            f"simulation {found.pk}: {totals['cases']} cases of {found.days} days, {totals['moved']} change hands,"
            f" {totals['other_limit']} get another limit; ledger position {found.position}"
        )
        self.stdout.write(
            f"in time {_percent(totals['before']['rate'])} -> {_percent(totals['after']['rate'])}{_estimate(totals)}"
        )
        self.stdout.write(f"{'cases a day':>20} {'peak':>13}  {'in time':>17}")
        changed = [one for one in found.figures["units"] if one["before"] != one["after"]]
        for one in changed[:UNITS_SHOWN]:
            before, after = one["before"], one["after"]
            self.stdout.write(
                f"{before['per_day']:>8.1f} -> {after['per_day']:>8.1f} {before['peak']:>4} -> {after['peak']:>5} "
                f" {_percent(before['rate'])} -> {_percent(after['rate'])}  {names[str(one['unit_id'])][1]}{_estimate(one)}"
            )
        if not changed:
            self.stdout.write("no unit gets more or less / 各单位均无变化")
        for one in found.figures["warnings"]:
            said = ", ".join(f"{name} {value}" for name, value in one.items() if name != "kind")
            self.stdout.write(f"! {one['kind']}: {said}")


def _read(path: Path) -> Any:
    try:
        text = path.read_bytes()
        return tomllib.loads(text.decode()) if path.suffix == ".toml" else orjson.loads(text)
    except (OSError, UnicodeDecodeError, orjson.JSONDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise CommandError(f"{path} cannot be read: {wrong} / 文件无法读取") from wrong


def _percent(share: float | None) -> str:
    return "     -" if share is None else f"{share:6.1%}"


def _estimate(row: dict[str, Any]) -> str:
    """The estimate with its interval, and how many cases it says nothing of."""
    one = row["estimate"]
    told = (
        f"; as the new unit does {one['rate']:.1%} ({one['low']:.1%} to {one['high']:.1%}), an estimate" if one else ""
    )
    return told + (f"; {row['unknown']} cases not known" if row["unknown"] else "")
