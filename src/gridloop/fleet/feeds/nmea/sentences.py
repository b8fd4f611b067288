"""Sentences of NMEA 0183: RMC and GGA of any talker, TAG blocks, checksums, and dates that are not said or have rolled over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gridloop.fleet.feeds.sightings import Sighting
from gridloop.fleet.intake import NO_MOMENT, STATUS_ACC, STATUS_POSITIONED
from gridloop.kernel.errors import Malformed

SENTENCE_MAX = 512  # the standard says 82; TAG blocks and makers' additions are longer
LINE = re.compile(
    r"(?:\\(?P<tag>[^\\*]{0,200})\*(?P<tag_sum>[0-9A-Fa-f]{2})\\)?[$!](?P<text>[A-Z0-9]{3,6},[^*]*)(?:\*(?P<sum>[0-9A-Fa-f]{2}))?"
)
CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})(?:\.(\d{1,6}))?")
DATE = re.compile(r"(\d{2})(\d{2})(\d{2})")
ANGLE = re.compile(r"(\d{1,3})(\d{2}(?:\.\d{1,9})?)")
KMH_PER_KNOT = 1.852
CENTURY = 80  # a year of two digits from 80 on is of the last century: GPS begins in 1980
ROLL = timedelta(weeks=1024)
"""GPS counts weeks by ten bits; old receivers fall back by as much."""
DAY = timedelta(days=1)
PAIR_S = 10.0  # GGA alone makes a fix only where no RMC came for so long
RMC_FIELDS, GGA_FIELDS = 10, 10


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence whose checksum fits: kind (RMC, GGA, ...), its fields after the address, and the source that a TAG block names."""

    kind: str
    fields: tuple[str, ...]
    source: str = ""


def sum_of(text: str) -> int:
    """XOR of the characters."""
    total = 0
    for character in text.encode("latin-1", "replace"):
        total ^= character
    return total


def sentence_of(line: str) -> Sentence:
    """The sentence in a line; Malformed with the reason. A sentence without checksum is refused: a broken line looks like one."""
    found = LINE.fullmatch(line.strip()[:SENTENCE_MAX])
    if found is None:
        raise Malformed("this is no NMEA sentence", zh="不是 NMEA 语句", fields={"line": "form"})
    for text, said in (("tag", "tag_sum"), ("text", "sum")):
        if found[text] is not None and (found[said] is None or sum_of(found[text]) != int(found[said], 16)):
            raise Malformed(
                "the checksum does not fit or is missing", zh="校验和不符或缺失", fields={"line": "checksum"}
            )
    address, *fields = found["text"].split(",")
    source = ""
    for part in (found["tag"] or "").split(","):
        if part.startswith("s:"):
            source = part[2:]
    return Sentence(address[-3:], tuple(fields), source)


def moment_of(clock: str, date: str, received: datetime) -> int:
    """ms since 1970 UTC; without a date the one that brings it nearest to `received`; NO_MOMENT where there is no such moment.

    A date that lies whole rounds of 1,024 weeks before `received` is brought forward by them.
    """
    time_of_day = CLOCK.fullmatch(clock)
    if time_of_day is None:
        return NO_MOMENT
    hour, minute, second, part = time_of_day.groups()
    day = DATE.fullmatch(date)
    year, month, number = received.year, received.month, received.day
    if day is not None:
        number, month, short = (int(one) for one in day.groups())
        year = short + (1900 if short >= CENTURY else 2000)
    elif date:
        return NO_MOMENT
    try:
        moment = datetime(year, month, number, int(hour), int(minute), min(int(second), 59), tzinfo=UTC)
    except ValueError:
        return NO_MOMENT
    moment += timedelta(microseconds=int((part or "0").ljust(6, "0")))
    if day is None:
        moment = min((moment - DAY, moment, moment + DAY), key=lambda one: abs(one - received))
    rounds = round((received - moment) / ROLL)
    if rounds > 0 and abs(received - moment - rounds * ROLL) < DAY:
        moment += rounds * ROLL
    return int(moment.timestamp() * 1000)


def degrees_of(angle: str, half: str) -> float:
    """Degrees of ddmm.mmm or dddmm.mmm and N, S, E or W; not a number where that says nothing."""
    found = ANGLE.fullmatch(angle)
    if found is None or half not in {"N", "S", "E", "W"}:
        return float("nan")
    value = int(found[1]) + float(found[2]) / 60
    return -value if half in {"S", "W"} else value


class Receiver:
    """What one receiver has said so far: GGA adds the altitude to the RMC of the same moment, and speaks alone where there is no RMC."""

    def __init__(self) -> None:
        self._altitude_m = 0.0
        self._rmc_at: datetime | None = None

    def take(self, sentence: Sentence, received: datetime) -> Sighting | None:
        """A sighting, or None for sentences that make none; Malformed where fields are missing."""
        fields = sentence.fields
        if sentence.kind == "RMC":
            if len(fields) < RMC_FIELDS - 1:
                raise Malformed("RMC has too few fields", zh="RMC 字段不足", fields={"line": "fields"})
            self._rmc_at = received
            return self._rmc(fields, received)
        if sentence.kind == "GGA":
            if len(fields) < GGA_FIELDS - 1:
                raise Malformed("GGA has too few fields", zh="GGA 字段不足", fields={"line": "fields"})
            self._altitude_m = _number(fields[8])
            if self._rmc_at is None or (received - self._rmc_at).total_seconds() > PAIR_S:
                return self._gga(fields, received)
        return None

    def _rmc(self, fields: tuple[str, ...], received: datetime) -> Sighting:
        valid = fields[1] == "A"
        return Sighting(
            lon=degrees_of(fields[4], fields[5]),
            lat=degrees_of(fields[2], fields[3]),
            at_ms=moment_of(fields[0], fields[8], received),
            speed_kmh=_number(fields[6]) * KMH_PER_KNOT,
            heading=_number(fields[7]),
            altitude_m=self._altitude_m,
            status=STATUS_ACC | (STATUS_POSITIONED if valid else 0),
        )

    def _gga(self, fields: tuple[str, ...], received: datetime) -> Sighting:
        valid = fields[5] not in {"", "0"}
        return Sighting(
            lon=degrees_of(fields[3], fields[4]),
            lat=degrees_of(fields[1], fields[2]),
            at_ms=moment_of(fields[0], "", received),
            altitude_m=self._altitude_m,
            status=STATUS_ACC | (STATUS_POSITIONED if valid else 0),
        )


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text) else 0.0
