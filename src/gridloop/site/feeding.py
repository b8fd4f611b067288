"""The configured feeds as the gateway takes them: plain values, no configuration below the site."""

from __future__ import annotations

from pathlib import Path

from gridloop.fleet.feeds.wired import FeedSettings
from gridloop.site.config import Config


def feed_settings(config: Config, var: Path, *, bind: str) -> FeedSettings:
    """What the sections `feeds` and `jt809` say."""
    feeds, exchange = config.feeds, config.jt809
    return FeedSettings(
        var=var,
        bind=bind,
        streams=config.fleet_streams,
        push=feeds.push,
        nmea_port=feeds.nmea_port,
        gtfs_rt=feeds.gtfs_rt,
        gtfs_rt_every_s=float(feeds.gtfs_rt_every_s),
        mqtt_url=feeds.mqtt_url,
        mqtt_topics=feeds.mqtt_topics,
        jt809_port=exchange.port,
        jt809_partners=exchange.partners,
        jt809_edition=exchange.edition,
        jt809_keys=exchange.keys,
        above_host=exchange.above_host,
        above_port=exchange.above_port,
        above_edition=exchange.above_edition,
        above_login=exchange.above_login,
        above_coordinates=exchange.above_coordinates,
        above_keys=exchange.above_keys,
        down_host=exchange.down_host,
        down_port=exchange.down_port,
        platform=config.city.code,
    )
