"""Batches that the web process hands over: answered when they are stored."""

from __future__ import annotations

import asyncio
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.push.feed import PushFeed
from gridloop.fleet.feeds.push.wire import LENGTH, asked
from gridloop.fleet.intake import Source
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed, Refused
from tests.fleet.feeds.ends import Committing, Registered, a_known, serving, until

GOOD = {"id": "van-1", "time": "2026-11-22T08:00:00+08:00", "lon": 118.1, "lat": 24.5, "speed_kmh": 36.5, "serial": 3}


def register() -> Registered:
    return Registered({("http", "van-1"): a_known(4, "闽D12345")})


def test_a_batch_is_answered_only_after_its_commit(tmp_path):
    async def story():
        path = tmp_path / "fleet/push.sock"
        window, known = Committing(), register()
        feed = PushFeed(path)
        async with serving(feed, window, known):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            window.at_once = False
            positions = [
                GOOD,
                {**GOOD, "id": "ghost"},
                {**GOOD, "lon": "east"},
                {"plate": "闽D12345", **GOOD, "id": None, "lat": 0, "lon": 0},
                5,
            ]
            answer = asyncio.create_task(asyncio.to_thread(asked, path, {"positions": positions, "caller": "key 1"}))
            await until(lambda: window.open)
            assert not answer.done()
            window.commit()
            said = await answer
        assert said["stored"] == 2
        assert [one["index"] for one in said["refused"]] == [1, 2, 4]
        assert "'lon' must be a number" in said["refused"][1]["en"]
        assert all(one["zh"] for one in said["refused"])
        assert window.rows["vehicle"].tolist() == [4, 4]
        assert window.rows["serial"].tolist() == [3, 3]
        assert window.rows["speed"].tolist() == [365, 365]
        assert window.rows["marks"].tolist() == [0, 1]
        assert set(window.rows["source"].tolist()) == {Source.HTTP}
        assert not path.exists()

    asyncio.run(story())


def test_a_gateway_that_does_not_run_is_told_in_a_sentence(tmp_path):
    with pytest.raises(Refused, match="the gateway does not answer"):
        asked(tmp_path / "nobody.sock", {"positions": []})


def test_what_is_no_batch_is_refused_and_the_next_one_taken(tmp_path):
    async def story():
        path = tmp_path / "push.sock"
        feed, window = PushFeed(path), Committing()
        async with serving(feed, window, register()):
            assert "must be a list" in (await asyncio.to_thread(asked, path, {"positions": 7}))["refused"][0]["en"]
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(LENGTH.pack(1 << 31))
            assert b"at most 4 MB" in await reader.read()
            writer.close()
            _, writer = await asyncio.open_unix_connection(path)
            writer.write(LENGTH.pack(100) + b"half")
            writer.close()
            assert (await asyncio.to_thread(asked, path, {"positions": [GOOD]}))["stored"] == 1
            await until(lambda: feed.counts.connections == 0)

    asyncio.run(story())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5) | st.integers(-(2**60), 2**60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "plate"]), inner, max_size=6),
)


@settings(max_examples=80, deadline=None, database=None)
@given(st.fixed_dictionaries({"positions": JSON}) | JSON)
def test_any_json_is_stored_or_refused_with_sentences(said):
    async def story():
        window, known = Committing(), register()
        feed = PushFeed.__new__(PushFeed)
        feed.counts = Counts()
        door = Door(Protocol.HTTP, Source.HTTP, window, known, feed.counts)
        try:
            answer = await feed._taken(door, said)
        except Malformed as wrong:
            assert wrong.zh  # noqa: PT017
        else:
            assert answer["stored"] == len(window.rows)

    asyncio.run(story())
