"""Recorded ways as CSV (`time,id,lon,lat`, also `speed` km/h and `heading`): driven once more, each id by a terminal of its own."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gridloop.fleet.drive.drive import FAREWELL_S, SAY_S, Asked
from gridloop.fleet.drive.roads import Spot
from gridloop.fleet.drive.terminal import Counts, Identity, Terminal
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed

NEEDED = ("time", "id", "lon", "lat")
RESEND_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the file."""

    at: dt.datetime
    id: str
    spot: Spot


def points_of(lines: Iterable[str]) -> list[Point]:
    """The points of a CSV text in order of time; raises Malformed naming the line. A time without zone is the city's."""
    rows = csv.DictReader(lines)
    missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise Malformed(
            f"the file needs the columns {', '.join(NEEDED)}; {', '.join(missing)} is missing",
            zh=f"文件应有列 {'、'.join(NEEDED)},缺少 {'、'.join(missing)}",
        )
    points = [_point(row, number) for number, row in enumerate(rows, 2)]
    if not points:
        raise Malformed("the file holds no positions", zh="文件中没有定位数据")
    return sorted(points, key=lambda point: point.at)


def _point(row: Mapping[str, str | None], number: int) -> Point:
    try:
        lon, lat = float(row["lon"] or ""), float(row["lat"] or "")
        at = _moment(row["time"] or "")
        speed, heading = float(row.get("speed") or 0), float(row.get("heading") or 0)
        if not (abs(lon) <= 180 and abs(lat) <= 90 and 0 <= speed <= 6_000 and 0 <= heading <= 360):
            raise ValueError("no such place, speed or heading")  # noqa: TRY301 - told with its line below
    except (ValueError, OverflowError) as wrong:
        raise Malformed(f"line {number} cannot be read: {wrong}", zh=f"第 {number} 行无法读取:{wrong}") from wrong
    return Point(at, row["id"] or "", Spot(lon, lat, speed, heading % 360))


def _moment(text: str) -> dt.datetime:
    """ISO 8601, or seconds (milliseconds where larger than the year 5138) since 1970."""
    try:
        number = float(text)
    except ValueError:
        moment = dt.datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)
    return dt.datetime.fromtimestamp(number / 1000 if number > 1e11 else number, dt.UTC)


@dataclass(slots=True)
class Replay:
    """Points sent at `pace` times their own speed; device times are the moments of sending unless `keep_times`."""

    asked: Asked
    points: Sequence[Point]
    terminals: dict[str, Terminal]
    counts: Counts
    pace: float = 1.0
    keep_times: bool = False

    @classmethod
    def of(
        cls, asked: Asked, points: Sequence[Point], who: Mapping[str, Identity], *, pace: float, keep_times: bool
    ) -> Replay:
        """`who`: the terminal of each id."""
        counts = Counts()
        terminals = {name: Terminal(one, counts, resend_after_s=asked.resend_s) for name, one in who.items()}
        return cls(asked, points, terminals, counts, pace, keep_times)

    async def run(self, say: Callable[[str], None], now: Callable[[], dt.datetime]) -> None:
        """Connect all, drive the file once, wait for the acknowledgements and hang up."""
        loop = asyncio.get_running_loop()
        again = asyncio.create_task(self._resend())
        try:
            for terminal in self.terminals.values():
                await terminal.connect(self.asked.host, self.asked.port, udp=self.asked.udp)
            began, first, told = loop.time(), self.points[0].at, loop.time()
            for point in self.points:
                wait = (point.at - first).total_seconds() / self.pace - (loop.time() - began)
                if wait > 0:
                    await asyncio.sleep(wait)
                terminal = self.terminals[point.id]
                terminal.position(point.spot, point.at if self.keep_times else now())
                await terminal.room()
                if loop.time() - told > SAY_S:
                    told = loop.time()
                    say(self.line())
            for terminal in self.terminals.values():
                await terminal.settled(FAREWELL_S)
        finally:
            again.cancel()
            for terminal in self.terminals.values():
                terminal.close()
            await asyncio.gather(again, return_exceptions=True)
            say(self.line())

    def line(self) -> str:
        """Where the replay stands, in one line."""
        counts = self.counts
        return f"{len(self.terminals)} tracks, sent {counts.sent:,} of {len(self.points):,}, acked {counts.acked:,}, resent {counts.resent:,}"

    async def _resend(self) -> None:
        """What is not acknowledged is sent again; a lost connection is made anew."""
        while True:
            await asyncio.sleep(RESEND_EVERY_S)
            for terminal in self.terminals.values():
                if terminal.connected:
                    terminal.resend()
                elif terminal.code:
                    try:
                        await terminal.connect(self.asked.host, self.asked.port, udp=self.asked.udp)
                    except OSError:
                        continue
                    self.counts.reconnects += 1
