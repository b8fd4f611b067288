"""Which feeds run: made here from plain settings, so that the gateway knows none of them by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gridloop.fleet.feeds.gtfs_rt.feed import GtfsFeed
from gridloop.fleet.feeds.jt809.link import Terms
from gridloop.fleet.feeds.jt809.lower import Above, Upstream
from gridloop.fleet.feeds.jt809.places import Coordinates
from gridloop.fleet.feeds.jt809.stream import committed_anywhere
from gridloop.fleet.feeds.jt809.upper import Partner, UpperFeed
from gridloop.fleet.feeds.mqtt.feed import MqttFeed, broker_of
from gridloop.fleet.feeds.nmea.feed import NmeaFeed
from gridloop.fleet.feeds.push.feed import PushFeed
from gridloop.fleet.jt809 import Edition, Keys
from gridloop.kernel.errors import Malformed

PUSH_SOCKET = Path("fleet/push.sock")
"""Below the run's folder."""
AnyFeed = GtfsFeed | MqttFeed | NmeaFeed | PushFeed | UpperFeed | Upstream


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What is configured, as plain values; empty texts, zeros and empty tuples mean off."""

    var: Path
    bind: str
    streams: tuple[tuple[str, int], ...]
    push: bool = True
    nmea_port: int = 0
    gtfs_rt: tuple[str, ...] = ()
    gtfs_rt_every_s: float = 15.0
    mqtt_url: str = ""
    mqtt_topics: tuple[str, ...] = ()
    jt809_port: int = 0
    jt809_partners: tuple[str, ...] = ()
    jt809_edition: int = 2011
    jt809_keys: str = ""
    above_host: str = ""
    above_port: int = 0
    above_edition: int = 2011
    above_login: str = ""
    above_coordinates: str = "wgs84"
    above_keys: str = ""
    down_host: str = ""
    down_port: int = 0
    platform: str = "gridloop"


def feeds_of(told: FeedSettings) -> list[AnyFeed]:
    """The feeds that are on; Malformed names the setting that cannot be followed."""
    feeds: list[AnyFeed] = []
    if told.push:
        feeds.append(PushFeed(told.var / PUSH_SOCKET))
    if told.nmea_port:
        feeds.append(NmeaFeed(told.bind, told.nmea_port))
    if told.gtfs_rt:
        feeds.append(GtfsFeed(told.gtfs_rt, told.gtfs_rt_every_s))
    if told.mqtt_url:
        try:
            feeds.append(MqttFeed(broker_of(told.mqtt_url, topics=told.mqtt_topics)))
        except ValueError as wrong:
            raise _bad("feeds.mqtt_url", str(wrong)) from wrong
    if told.jt809_port:
        edition, keys = _edition("jt809.edition", told.jt809_edition), _keys("jt809.keys", told.jt809_keys)
        partners = tuple(_partner(text, edition, keys) for text in told.jt809_partners)
        if not partners:
            raise _bad(
                "jt809.partners", "a port for lower platforms is of no use without any; write CENTRE:USER:PASSWORD"
            )
        feeds.append(UpperFeed(told.bind, told.jt809_port, partners, edition))
    if told.above_host:
        feeds.append(_upstream(told))
    return feeds


def _upstream(told: FeedSettings) -> Upstream:
    centre, user, password = _login("jt809.above_login", told.above_login)
    keys = _keys("jt809.above_keys", told.above_keys)
    terms = Terms(_edition("jt809.above_edition", told.above_edition), centre, keys, encrypted=keys is not None)
    above = Above(
        told.above_host, told.above_port, user, password, terms, told.down_host, told.down_port,
        _coordinates("jt809.above_coordinates", told.above_coordinates), told.platform,
    )  # fmt: skip
    if above.coordinates is Coordinates.FLAGGED:
        raise _bad("jt809.above_coordinates", "what we send is wgs84 or gcj02")
    return Upstream(above, lambda: committed_anywhere(told.streams))


def _partner(text: str, edition: Edition, keys: Keys | None) -> Partner:
    login, coordinates = text, Coordinates.FLAGGED
    if text.count(":") > 2:
        login, _, word = text.rpartition(":")
        coordinates = _coordinates("jt809.partners", word)
    centre, user, password = _login("jt809.partners", login)
    return Partner(centre, user, password, edition, coordinates, keys)


def _login(name: str, text: str) -> tuple[int, int, str]:
    centre, _, rest = text.partition(":")
    user, _, password = rest.partition(":")
    if not (centre.isdecimal() and user.isdecimal() and password):
        raise _bad(name, "write CENTRE:USER:PASSWORD, the first two as numbers")
    return int(centre), int(user), password


def _edition(name: str, year: int) -> Edition:
    if year not in {2011, 2019}:
        raise _bad(name, f"{year} is no edition of JT/T 809; there are 2011 and 2019")
    return Edition(year)


def _coordinates(name: str, word: str) -> Coordinates:
    if word not in set(Coordinates):
        raise _bad(name, f"'{word}' is none of {', '.join(Coordinates)}")
    return Coordinates(word)


def _keys(name: str, text: str) -> Keys | None:
    if not text:
        return None
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdecimal() and int(part) < 1 << 32 for part in parts):
        raise _bad(name, "write M1:IA1:IC1, three numbers of 32 bits")
    return Keys(*(int(part) for part in parts))


def _bad(name: str, why: str) -> Malformed:
    return Malformed(f"{name}: {why}", zh=f"配置项 {name} 无效:{why}")
