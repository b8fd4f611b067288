"""The event stream by a real process: who hears what, and that a lost connection loses and doubles nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import httpx
import pytest
from django.db import connection

from gridloop.identity.models import Session, Unit
from gridloop.kernel.duties import Duty
from tests.live.conftest import ORIGIN, Browser, LiveProcess, a_case, happens

pytestmark = pytest.mark.django_db(transaction=True)
SignedIn = Callable[..., str]
Open = Callable[[str], Browser]


def test_what_is_in_the_ledger_arrives_within_a_second_and_says_nothing_personal(
    signed_in: SignedIn, listening: Open
) -> None:
    desk = listening(signed_in("desk", Duty.ACCEPTOR))
    number = a_case(1)
    happens(number)
    began = time.monotonic()
    assert desk.numbers(1) == [number]
    assert time.monotonic() - began < 1
    [item] = desk.got
    assert set(item) == {
        "position", "at", "kind", "number", "version", "state", "urgency", "place", "unit_id", "lon", "lat", "due_at", "stage_due_at",
    }  # fmt: skip
    assert item["kind"] == "case.registered"
    assert desk.last_id == str(item["position"])


def test_each_hears_their_own_area_unit_and_reports_and_nobody_hears_a_look(
    signed_in: SignedIn, listening: Open, a_unit: Callable[[str], Unit]
) -> None:
    parks, lamps = a_unit("00010001"), a_unit("00010002")
    siming = listening(signed_in("siming", Duty.ACCEPTOR, "350203"))
    gardeners = listening(signed_in("gardeners", Duty.UNIT, "", parks))
    resident_token = signed_in("resident", Duty.CITIZEN)
    resident = listening(resident_token)
    here, there, theirs = a_case(1, "350203001"), a_case(2, "350211"), a_case(3, "350211", parks)
    other = a_case(4, "350203", lamps)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_reporter (case_id, person_id, at) select 2, id, now() from identity_person where login = 'resident'"
        )
    happens(here, looked=True)
    happens(here, there, theirs, other)
    assert siming.numbers(2) == [here, other]
    assert gardeners.numbers(1) == [theirs]
    assert resident.numbers(1) == [there]
    time.sleep(0.6)
    assert (len(siming.got), len(gardeners.got), len(resident.got)) == (2, 1, 1)


@pytest.mark.slow
def test_a_killed_process_loses_nothing_and_doubles_nothing(
    live: LiveProcess, signed_in: SignedIn, listening: Open
) -> None:
    desk = listening(signed_in("desk", Duty.ACCEPTOR))
    numbers = [a_case(one) for one in range(1, 31)]
    said: list[str] = []
    for round_ in range(3):
        for _ in range(20):
            number = random.choice(numbers)
            said.append(number)
            happens(number)
        live.kill()
        for _ in range(20):
            number = random.choice(numbers)
            said.append(number)
            happens(number)
        live.start()
        assert desk.numbers(40 * (round_ + 1)) == said
    positions = [one["position"] for one in desk.got]
    assert positions == sorted(set(positions))


def test_a_browser_that_joins_in_the_middle_of_a_burst_gets_each_line_once(
    signed_in: SignedIn, listening: Open
) -> None:
    token = signed_in("desk", Duty.ACCEPTOR)
    number = a_case(1)
    first = listening(token)
    browsers = []
    for _ in range(10):
        happens(*[number] * 30)
        late = Browser(first.url, token, last_id=first.last_id or "-1")
        late.open()
        browsers.append(late)
    first.numbers(300)
    last = first.got[-1]["position"]
    for late in browsers:
        late.numbers(300 - 0)
        positions = [one["position"] for one in late.got]
        assert positions == list(range(positions[0], last + 1))
        late.close()
    assert len(first.got) == 300


def test_after_names_the_position_to_begin_from_and_a_far_gap_is_told_to_load_anew(
    live: LiveProcess, signed_in: SignedIn, listening: Open
) -> None:
    token = signed_in("desk", Duty.ACCEPTOR)
    number = a_case(1)
    happens(number, number, number)
    time.sleep(0.6)
    back = Browser(live.url, token, last_id="0")
    back.open()
    assert len(back.numbers(2)) == 2
    back.close()
    future = Browser(live.url, token, last_id="99999")
    future.open()
    assert future.hello.wait(60)
    assert future.kinds[0] == "reset"
    assert future.last_id == "2"
    future.close()


def test_the_door_refuses_strangers_other_origins_and_nonsense(live: LiveProcess, signed_in: SignedIn) -> None:
    url = f"{live.url}/live/events"
    cookies = {"gl_session": signed_in("desk", Duty.ACCEPTOR)}
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, cookies={"gl_session": "guess"}).status_code == 401
    assert httpx.get(url, headers={"Authorization": "Bearer glk_guess"}).status_code == 401
    foreign = httpx.get(url, cookies=cookies, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers
    assert httpx.options(url, headers={"Origin": "https://evil.example"}).status_code == 403
    for nonsense in ("abc", "-2", "9" * 30, "١"):
        answer = httpx.get(url, params={"after": nonsense}, cookies=cookies, headers={"Accept-Language": "en"})
        assert answer.status_code == 422
        assert "no ledger position" in answer.json()["detail"]
    allowed = httpx.options(url, headers={"Origin": ORIGIN})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert allowed.headers["access-control-allow-credentials"] == "true"
    assert httpx.get(f"{live.url}/healthz").json() == {"status": "ok"}
    assert "gridloop_live_position" in httpx.get(f"{live.url}/metrics").text


def test_one_person_opens_twenty_streams_at_most(live: LiveProcess, signed_in: SignedIn) -> None:
    token = signed_in("desk", Duty.ACCEPTOR)
    opened = [Browser(live.url, token) for _ in range(20)]
    for one in opened:
        one.open()
    assert all(one.hello.wait(60) for one in opened)
    refused = httpx.get(f"{live.url}/live/events", cookies={"gl_session": token})
    assert refused.status_code == 429
    for one in opened:
        one.close()


def test_an_ended_session_is_told_and_let_go(signed_in: SignedIn, db: None) -> None:
    """The minute's check, asked directly: the stream ends as soon as nobody stands behind it any more."""
    import asyncio

    from gridloop.kernel.caller import Caller
    from gridloop.site.live import stream as streams
    from gridloop.site.live.feed import Feed

    async def nobody() -> None:
        return None

    async def told() -> list[bytes]:
        feed = Feed(None)  # type: ignore[arg-type]  # it reads nothing here
        feed.ready, feed.position = True, 5
        before, streams.CHECK_S = streams.CHECK_S, 0.0
        try:
            return [part async for part in streams.stream(feed, Caller(1, "x"), None, nobody)]
        finally:
            streams.CHECK_S = before

    Session.objects.all().delete()
    parts = asyncio.run(told())
    assert b"event: hello" in parts[1]
    assert b"event: signed-out" in parts[-1]


def test_a_browser_that_reads_too_slowly_is_let_go_with_a_hint(db: None) -> None:
    import asyncio

    from gridloop.cases.queries.feed import Line
    from gridloop.kernel import clock
    from gridloop.kernel.caller import Caller, GrantView
    from gridloop.site.live import stream as streams
    from gridloop.site.live.feed import QUEUE_MAX, Feed

    async def told() -> list[bytes]:
        feed = Feed(None)  # type: ignore[arg-type]
        feed.ready, feed.position = True, 0
        by = Caller(1, "x", (GrantView(1, Duty.ACCEPTOR),))

        async def still() -> Caller:
            return by

        parts = streams.stream(feed, by, None, still)
        got = [await anext(parts), await anext(parts)]
        now = clock.now()
        for position in range(1, QUEUE_MAX + 10):
            feed._hand_out(
                Line(position, now, "case.x", "n", 1, "s", "normal", "35", None, 0, 0, None, None, "", (), frozenset())
            )
        got += [part async for part in parts]
        assert not feed.listeners
        return got

    parts = asyncio.run(told())
    assert len(parts) == 2 + QUEUE_MAX + 1
    assert b"event: resume" in parts[-1]
    assert f"id: {QUEUE_MAX}\n".encode() in parts[-2]
