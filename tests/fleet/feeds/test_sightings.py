"""Dirty values are marked and kept; what is no number is refused with a sentence."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.seeking import sought_again
from gridloop.fleet.feeds.sightings import Sighting, moment_ms, rows_of, sighting_of
from gridloop.fleet.intake import NO_MOMENT, STATUS_POSITIONED, Source
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed
from tests.fleet.feeds.ends import Committing, Registered, a_known

ANY = st.floats() | st.integers(-(10**30), 10**30)


@settings(max_examples=200, deadline=None, database=None)
@given(st.floats(), st.floats(), st.integers(-(2**60), 2**60), st.integers(), st.floats(), st.floats(), st.floats())
def test_whatever_a_peer_says_becomes_a_row_and_what_cannot_be_is_marked(lon, lat, at, serial, speed, heading, height):
    row = rows_of([(7, Sighting(lon, lat, at, serial, speed, heading, height))], Source.HTTP, 5)[0]
    placed = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) < 90 and (lon, lat) != (0, 0)
    assert bool(row["marks"] & Mark.PLACE) == (not placed)
    assert bool(row["status"] & STATUS_POSITIONED) == placed
    assert np.isfinite(row["lon"])
    assert abs(row["lat"]) <= 90
    assert row["heading"] < 360


def test_a_sighting_without_a_moment_is_marked():
    assert rows_of([(1, Sighting(118, 24, NO_MOMENT))], Source.MQTT, 5)[0]["marks"] == Mark.TIME


@pytest.mark.parametrize(
    ("said", "ms"),
    [
        ("2026-11-22T08:00:00+08:00", 1_795_305_600_000),
        (1_795_305_600, 1_795_305_600_000),
        (1_795_305_600_123, 1_795_305_600_123),
        ("2026-11-22T08:00:00", NO_MOMENT),
        ("yesterday", NO_MOMENT),
        (None, NO_MOMENT),
        (True, NO_MOMENT),
        (float("nan"), NO_MOMENT),
        (-5, NO_MOMENT),
        (10**30, NO_MOMENT),
    ],
)
def test_moments_are_read_in_three_ways_and_never_guessed(said, ms):
    assert moment_ms(said) == ms


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.dictionaries(
        st.sampled_from(["lon", "lat", "time", "speed_kmh", "heading", "serial", "acc"]),
        st.none() | st.text() | ANY | st.booleans(),
    )
)
def test_any_json_is_a_sighting_or_a_sentence(said):
    try:
        rows_of([(1, sighting_of(said))], Source.HTTP, 5)
    except Malformed as wrong:
        assert wrong.zh  # noqa: PT017


def test_who_is_unknown_blocked_or_too_talkative_is_noted_with_the_reason():
    register = Registered({
        ("mqtt", "bus"): a_known(1, frames_per_min_max=2),
        ("mqtt", "thief"): a_known(2, blocked=True),
    })  # fmt: skip
    door = Door(Protocol.MQTT, Source.MQTT, Committing(), register, Counts())
    assert [bool(door.let_in("bus", "")) for _ in range(3)] == [True, True, False]
    assert door.let_in("thief", "") is None
    assert door.let_in("nobody", "") is None
    assert door.let_in_plate("闽D99999", "") is None
    assert [reason for _, _, reason in register.refused] == ["flood", "blocked", "unregistered", "unregistered"]
    assert door.counts.refused == {"flood": 1, "blocked": 1, "unregistered": 2}


def test_a_lost_peer_is_sought_again_and_a_defect_of_ours_is_not_hidden():
    async def story():
        counts, tries = Counts(), []

        async def once():
            tries.append(1)
            if len(tries) < 3:
                raise ConnectionResetError("gone")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await sought_again("test", once, counts, least_s=0.01, most_s=0.02)
        assert (len(tries), counts.sought) == (3, 2)

    asyncio.run(story())
