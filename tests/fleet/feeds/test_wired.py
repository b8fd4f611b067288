"""Which feeds run is what the configuration says, and a setting that cannot be followed is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from gridloop.fleet.api.positions import SOCKET
from gridloop.fleet.feeds.jt809.places import Coordinates
from gridloop.fleet.feeds.metrics import FeedNumbers
from gridloop.fleet.feeds.wired import PUSH_SOCKET, FeedSettings, feeds_of
from gridloop.fleet.jt809 import Edition, Keys
from gridloop.kernel.errors import Malformed
from gridloop.site.config import Config
from gridloop.site.feeding import feed_settings

NOTHING = FeedSettings(Path("/nowhere"), "127.0.0.1", (("127.0.0.1", 5),), push=False)
EVERYTHING = replace(
    NOTHING,
    push=True,
    nmea_port=1,
    gtfs_rt=("a.pb",),
    mqtt_url="mqtt://broker",
    jt809_port=2,
    jt809_partners=("11:77:se:cret:gcj02", "12:78:plain"),
    jt809_edition=2019,
    jt809_keys="1:2:3",
    above_host="up",
    above_port=3,
    above_login="13:79:word",
    above_coordinates="gcj02",
)


def test_what_is_not_configured_does_not_run():
    assert feeds_of(NOTHING) == []
    plain = feed_settings(Config(), Path("/nowhere"), bind="127.0.0.1")
    assert [feed.name for feed in feeds_of(plain)] == ["push"]
    assert SOCKET == PUSH_SOCKET, "the web process finds the gateway"


def test_what_is_configured_runs_as_it_says():
    feeds = {feed.name: feed for feed in feeds_of(EVERYTHING)}
    assert set(feeds) == {"push", "nmea", "gtfs_rt", "mqtt", "jt809", "jt809_up"}
    first, second = feeds["jt809"].partners
    assert (first.centre, first.user, first.password) == (11, 77, "se:cret")
    assert (first.coordinates, second.coordinates) == (Coordinates.GCJ02, Coordinates.FLAGGED)
    assert (first.edition, first.keys) == (Edition.V2019, Keys(1, 2, 3))
    assert feeds["jt809_up"].above.terms.centre == 13


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mqtt_url": "http://broker"}, "feeds.mqtt_url: http://broker is no broker"),
        ({"jt809_partners": ()}, "jt809.partners: a port for lower platforms"),
        ({"jt809_partners": ("eleven:77:x",)}, "jt809.partners: write CENTRE:USER:PASSWORD"),
        ({"jt809_partners": ("11:77:x:mars",)}, "jt809.partners: 'mars' is none of"),
        ({"jt809_edition": 2013}, "jt809.edition: 2013 is no edition"),
        ({"jt809_keys": "1:2"}, "jt809.keys: write M1:IA1:IC1"),
        ({"above_login": ""}, "jt809.above_login"),
        ({"above_coordinates": "flagged"}, "jt809.above_coordinates: what we send"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_named(change, sentence):
    with pytest.raises(Malformed, match=sentence) as refused:
        feeds_of(replace(EVERYTHING, **change))
    assert "配置项" in refused.value.zh


def test_the_numbers_of_each_feed_are_told_by_name():
    (feed,) = feeds_of(replace(NOTHING, push=True))
    feed.counts.stored, feed.counts.refused["form"] = 5, 2
    registry = CollectorRegistry()
    registry.register(FeedNumbers([feed]))
    told = generate_latest(registry).decode()
    assert 'gridloop_feed_stored_total{feed="push"} 5.0' in told
    assert 'gridloop_feed_refused_total{feed="push",reason="form"} 2.0' in told
