"""What stands in a message: our own JSON on gridloop/positions/{id}, or OwnTracks on owntracks/{user}/{device}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from gridloop.fleet.feeds.sightings import Sighting, moment_ms, number_of, sighting_of
from gridloop.kernel.errors import Malformed

OURS, OWNTRACKS = "gridloop/positions/", "owntracks/"
TOPICS = (f"{OURS}+", f"{OWNTRACKS}+/+")
PAYLOAD_MAX = 16_384
NAME_MAX = 60


def name_of(topic: str) -> str:
    """The terminal that a topic speaks of; Malformed for any other topic."""
    for lead, parts in ((OURS, 1), (OWNTRACKS, 2)):
        rest = topic.removeprefix(lead)
        if topic.startswith(lead) and rest and len(rest) <= NAME_MAX and rest.count("/") == parts - 1:
            return rest
    raise Malformed(f"no positions are expected on the topic {topic[:80]}", zh=f"主题 {topic[:80]} 不应有定位数据")


def sightings_of(topic: str, payload: bytes) -> list[Sighting]:
    """The positions of a message: one object or a list of ours, one object of OwnTracks (none for its other kinds); Malformed."""
    if len(payload) > PAYLOAD_MAX:
        raise Malformed(f"a message has at most {PAYLOAD_MAX} bytes", zh=f"消息不超过 {PAYLOAD_MAX} 字节")
    try:
        said = orjson.loads(payload)
    except orjson.JSONDecodeError as wrong:
        raise Malformed("the message is no JSON", zh="消息不是 JSON") from wrong
    told = said if isinstance(said, list) else [said]
    if not all(isinstance(one, Mapping) for one in told):
        raise Malformed("a position is a JSON object", zh="定位数据应为 JSON 对象")
    if topic.startswith(OURS):
        return [sighting_of(one) for one in told]
    return [_owntracks(one) for one in told if one.get("_type") == "location"]


def _owntracks(said: Mapping[str, Any]) -> Sighting:
    """OwnTracks: tst in seconds, vel in km/h, cog in degrees, alt in metres."""
    for name in ("lon", "lat", "tst"):
        if said.get(name) is None:
            raise Malformed(f"an OwnTracks location needs '{name}'", zh=f"OwnTracks 定位缺少“{name}”")
    return Sighting(
        lon=number_of(said, "lon"),
        lat=number_of(said, "lat"),
        at_ms=moment_ms(said["tst"]),
        speed_kmh=number_of(said, "vel"),
        heading=number_of(said, "cog"),
        altitude_m=number_of(said, "alt"),
    )
