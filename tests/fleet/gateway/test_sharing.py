"""How vehicles are shared out, who has a shard, and what is done about letters that are lost or come twice; no message server."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from gridloop.fleet.gateway.loading import Loaded
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.shards import lease as leases
from gridloop.fleet.gateway.shards.course import Reached, reached_in
from gridloop.fleet.gateway.shards.lease import SupersededError
from gridloop.fleet.gateway.shards.letters import BadLetterError, Letter, parted, read, written
from gridloop.fleet.gateway.shards.neighbours import Neighbours
from gridloop.fleet.gateway.shards.partition import Partition
from gridloop.fleet.gateway.shards.post import Post
from gridloop.fleet.gateway.shards.river import Bed, River
from gridloop.fleet.gateway.strangers import Strangers
from gridloop.fleet.intake import fixes
from gridloop.fleet.judge.rows import RuleRow, VehicleRow
from gridloop.site.conninfo import conninfo

NOW_MS = 1_000_000
PLACES = "nats://127.0.0.1:1"


def loaded(kinds: dict[int, str], rules: list[RuleRow]) -> Loaded:
    rows = [VehicleRow(vehicle, str(vehicle), kind, "", (), "", None) for vehicle, kind in kinds.items()]
    return Loaded([], [(row.id, row.plate, row.kind, 2) for row in rows], rows, [], rules, [], [], [])


def gathering(*kinds: str) -> RuleRow:
    return RuleRow(1, "meet", 1, "gathering", kinds=kinds)


def a_letter(rows: int = 3) -> Letter:
    made = fixes(rows)
    made["vehicle"] = np.arange(rows)
    sizes = np.arange(rows, dtype=np.int64)
    return Letter("0-a", 7, NOW_MS, 5, [(1, 2, 3)], made, sizes, bytes(int(sizes.sum())))


def test_every_vehicle_has_one_shard_they_are_shared_evenly_and_pairs_stay_together():
    ids = np.arange(1, 60_001)
    partition = Partition(4, ("hazmat",))
    counts = np.bincount(partition.of(ids), minlength=4)
    assert counts.min() > 14_000
    kinds = dict.fromkeys(range(1, 101), "hazmat") | dict.fromkeys(range(101, 201), "coach")
    partition.know(loaded(kinds, [gathering("hazmat")]), NOW_MS)
    assert set(partition.of(np.arange(1, 101)).tolist()) == {0}
    assert len(set(partition.of(np.arange(101, 201)).tolist())) == 4
    mine = [partition.know_of(shard, loaded(kinds, []), NOW_MS).in_service for shard in range(4)]
    assert sorted(row.id for rows in mine for row in rows) == sorted(kinds)


@pytest.mark.parametrize("kinds", [(), ("hazmat", "coach")])
def test_a_rule_on_two_vehicles_of_several_shards_is_refused_with_what_would_work(kinds):
    with pytest.raises(
        ValueError, match="only vehicles of the kinds hazmat are judged together; name some of these kinds"
    ):
        Partition(2, ("hazmat",)).know(loaded({}, [gathering(*kinds)]), NOW_MS)
    over = replace(gathering(*kinds), valid_to_ms=NOW_MS)
    assert Partition(2, ("hazmat",)).know(loaded({}, [over]), NOW_MS).rules == [over]


def test_a_letter_reads_as_it_was_written_and_anything_else_is_no_letter():
    letter = a_letter()
    again = read(written(letter))
    assert (again.sender, again.number, again.now_ms, again.masters_us, again.drivers) == (
        "0-a",
        7,
        NOW_MS,
        5,
        [(1, 2, 3)],
    )
    assert again.fixes.tobytes() == letter.fixes.tobytes()
    assert again.sizes.tolist() == [0, 1, 2]
    for raw in (b"", b"\xff\xff\xff\xff", written(letter)[:-1], b"{}" * 40):
        with pytest.raises(BadLetterError):
            read(raw)


def test_a_large_window_is_several_letters_and_an_empty_one_is_one():
    assert list(parted(np.zeros(0, np.int64))) == [slice(0, 0)]
    parts = list(parted(np.full(20_000, 100)))
    assert [part.stop - part.start for part in parts] == [4_000] * 5


@pytest.mark.parametrize(
    ("bed", "found"),
    [
        (Bed("monday", 1, 90), Reached(50, "monday")),
        (Bed("monday", 1, 30), Reached(30, "monday")),
        (Bed("tuesday", 1, 90), Reached(0, "tuesday")),
        (Bed("tuesday", 41, 90), Reached(40, "tuesday")),
    ],
    ids=["as it was", "has lost its end", "made anew", "made anew and forgotten in part"],
)
def test_a_sequence_counts_only_in_the_stream_that_gave_it(bed, found):
    assert reached_in(bed, Reached(50, "monday")) == found


def test_a_letter_before_an_answered_one_that_is_not_answered_is_written_again_and_answered_once():
    async def story() -> None:
        river = River(PLACES, "t", 2)
        post, told = Post(river, "0-a"), []
        for name in ("first", "second"):
            post.send(1, a_letter(), [lambda name=name: told.append(name)])
        for sent in post._sent[1].values():
            sent.there = True
        await post.stored(b"[[1, 2]]")
        assert told == ["second"]
        assert list(post._sent[1]) == [3]
        assert post.rows == 3
        await post.stored(b"[[1, 1], [1, 3], [1, 3]]")
        assert told == ["second", "first"]
        assert post.rows == 0
        assert post.empty.is_set()

    asyncio.run(story())


def test_who_speaks_elsewhere_is_known_until_it_leaves_or_that_gateway_begins_anew():
    terminals = Terminals(Strangers().note)
    row = ("jt808", "139", 1, 5, "闽D1", "coach", b"", False, 600, "")
    terminals.adopt(terminals.prepared([row], [(5, "闽D1", "coach", 2)]))
    slots = terminals.slots
    neighbours = Neighbours(River(PLACES, "t", 2), terminals, 0)

    def hear(what: str, gateway: int = 1, **more: object) -> int:
        neighbours._heard({"gateway": gateway, "what": what, "name": "139", **more})
        return int(slots.speaker[0])

    slots.speaker[0], slots.since[0] = 44, 100
    assert hear("speaks", since_ms=50) == 44  # it spoke there before it did here
    assert hear("speaks", since_ms=200) == -2
    assert hear("left", gateway=2) == -2
    assert hear("left") == 0
    assert hear("speaks", since_ms=300) == -2
    assert hear("begun") == 0
    hear("registered", code="ab", device="D")
    assert (terminals.known_at[0].auth_hash, terminals.known_at[0].device) == (b"\xab", "D")


@pytest.fixture
def connection(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[psycopg.Connection]:
    with django_db_blocker.unblock(), psycopg.connect(conninfo(), autocommit=True) as made:
        yield made
        made.execute("truncate fleet_shard")


@pytest.mark.django_db
def test_a_shard_has_one_holder_and_who_was_asleep_writes_no_more(connection):
    first = leases.taken(connection, 2, 1, "a:1")
    assert first is not None
    assert (first.epoch, first.number, first.stream) == (1, 0, "")
    first.renewed(connection)
    assert leases.taken(connection, 2, 1, "b:2") is None
    assert leases.taken(connection, 2, 0, "b:2") is not None
    with connection.cursor() as cursor:
        first.stream = "monday"
        first.reach()(cursor, 41, dt.datetime.now(dt.UTC))
    connection.execute("update fleet_shard set until = now() where shard = 1")  # it sleeps
    second = leases.taken(connection, 2, 1, "b:2")
    assert second is not None
    assert (second.epoch, second.number, second.stream) == (2, 41, "monday")
    for late in (first.renewed, first.rebased):
        with pytest.raises(SupersededError, match="taken over in a later epoch than 1"):
            late(connection)
    with connection.cursor() as cursor, pytest.raises(SupersededError):
        first.reach()(cursor, 42, dt.datetime.now(dt.UTC))
    first.given_up(connection)
    assert leases.taken(connection, 2, 1, "c:3") is None
    second.given_up(connection)
    assert leases.taken(connection, 2, 1, "c:3") is not None
