"""The doors of the live process: the event stream, health and metrics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import orjson
import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute

from gridloop.identity import actions as identity
from gridloop.kernel import clock, ids
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed, NotAllowed, NotSignedIn, TooMany
from gridloop.site.live import counts
from gridloop.site.live.feed import Feed
from gridloop.site.live.stream import stream
from gridloop.site.live.vehicles.door import door as vehicles
from gridloop.site.live.vehicles.fleet import Fleet

log = structlog.get_logger("gridloop.live")
LISTENERS_MAX = 5000
LISTENERS_OF_ONE_MAX = 20
ASKING = ThreadPoolExecutor(2, thread_name_prefix="who")
POSITION_MAX = 2**63 - 1


def who(request: HTTPConnection) -> Caller:
    """Who listens, asked of the same room as everywhere (in a thread: it speaks to the database)."""
    close_old_connections()
    language = identity.chosen_language(
        request.cookies.get(identity.LANGUAGE_COOKIE, ""), request.headers.get("accept-language", "")
    )
    return identity.caller_from(
        session_token=request.cookies.get(identity.SESSION_COOKIE, ""),
        authorization=request.headers.get("authorization", ""),
        language=language,
        request_id=ids.request_id(),
        now=clock.now(),
    )


async def checked(request: HTTPConnection) -> Caller | None:
    """The caller as of now with the grants of now; None when the session has ended or the key was withdrawn."""
    try:
        by = await asyncio.get_running_loop().run_in_executor(ASKING, who, request)
    except (NotAllowed, TooMany):
        return None
    if by.person_id is None or (by.via == "api_key" and "cases:read" not in by.scopes):
        return None
    return by


def last_seen(request: Request) -> int | None:
    """The position that the browser saw last: `Last-Event-ID` when it comes back, `?after=` the first time."""
    said = request.headers.get("last-event-id", "") or request.query_params.get("after", "")
    if not said:
        return None
    # -1 is the position before the first entry
    if not (said == "-1" or (said.isascii() and said.isdigit() and int(said) <= POSITION_MAX)):
        raise Malformed(
            f"'{said[:20]}' is no ledger position; name the id of the last event you saw",
            zh=f"“{said[:20]}”不是台账位置,请填写最后收到事件的 id",
        )
    return int(said)


def web_origins() -> frozenset[str]:
    """Where our pages come from."""
    return frozenset(settings.CSRF_TRUSTED_ORIGINS)


def cross_origin(request: HTTPConnection) -> dict[str, str]:
    """Headers that let our own pages, and no others, read the answer with their cookie; raises NotAllowed for others."""
    origin = request.headers.get("origin", "")
    if not origin:
        return {}
    if origin not in web_origins():
        counts.REFUSED.labels("origin").inc()
        raise NotAllowed(
            f"pages of {origin[:100]} may not listen here", zh=f"来自 {origin[:100]} 的页面不能订阅此处的事件"
        )
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def problem(request: Request, error: GridloopError, headers: dict[str, str]) -> Response:
    """RFC 9457, like everywhere."""
    language = request.headers.get("accept-language", "zh")
    body = {"type": f"urn:gridloop:problem:{error.kind}", "status": error.status, "detail": error.sentence(language)}
    return Response(orjson.dumps(body), error.status, headers, media_type="application/problem+json")


async def events(request: Request) -> Response:
    """The stream of one browser."""
    headers: dict[str, str] = {}
    try:
        headers = cross_origin(request)
        after = last_seen(request)
        feed: Feed = request.app.state.feed
        by = await checked(request)
        if by is None:
            raise NotSignedIn("sign in first, then listen", zh="请先登录再订阅事件")
        _refuse_crowds(feed, by)
    except GridloopError as error:
        return problem(request, error, headers)
    except DatabaseError:
        return Response(status_code=503, headers=headers | {"Retry-After": "2"})
    headers |= {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
    body = stream(feed, by, after, partial(checked, request))
    return StreamingResponse(body, headers=headers, media_type="text/event-stream")


def _refuse_crowds(feed: Feed, by: Caller) -> None:
    of_one = sum(1 for one in feed.listeners if one.by.person_id == by.person_id)
    if len(feed.listeners) >= LISTENERS_MAX or of_one >= LISTENERS_OF_ONE_MAX:
        counts.REFUSED.labels("crowd").inc()
        raise TooMany(
            f"too many connections are open ({of_one} of yours); close some windows",
            zh=f"连接过多(您已打开 {of_one} 个),请关闭一些窗口",
        )


async def preflight(request: Request) -> Response:
    """Whether a page may ask with headers of its own."""
    try:
        headers = cross_origin(request)
    except GridloopError as error:
        return problem(request, error, {})
    headers |= {
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Last-Event-ID, Authorization",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=headers)


async def healthz(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    """The process answers."""
    return Response(b'{"status":"ok"}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """The ledger is being read."""
    feed: Feed = request.app.state.feed
    body = {"status": "ok" if feed.ready else "not ready", "position": feed.position, "listeners": len(feed.listeners)}
    return Response(orjson.dumps(body), 200 if feed.ready else 503, media_type="application/json")


async def metrics(request: Request) -> Response:  # noqa: ARG001
    """Everything counted here, in the text format."""
    return Response(generate_latest(counts.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _conninfo() -> str:
    of = settings.DATABASES["default"]
    parts = {
        "dbname": of["NAME"],
        "user": of["USER"],
        "password": of["PASSWORD"],
        "host": of["HOST"],
        "port": of["PORT"],
    }
    return make_conninfo(
        **{name: str(value) for name, value in parts.items() if value}, application_name="gridloop-live"
    )


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The pool and the reader live as long as the process."""
    pool = AsyncConnectionPool(
        _conninfo(), min_size=1, max_size=4, open=False, timeout=5.0, kwargs={"autocommit": True}
    )
    await pool.open(wait=False)  # a database that comes up later is waited for
    app.state.feed = Feed(pool)
    app.state.fleet = Fleet(pool, settings.CONFIG.fleet_streams)
    readers = [asyncio.create_task(app.state.feed.run()), asyncio.create_task(app.state.fleet.run())]
    for reader in readers:
        reader.add_done_callback(_tell_end)
    try:
        yield
    finally:
        for reader in readers:
            reader.cancel()
        await pool.close()


def _tell_end(reader: asyncio.Task[None]) -> None:
    """A reader that ends by itself is our own defect: say so and let the launcher start the process anew."""
    if not reader.cancelled() and reader.exception() is not None:
        log.error("a reader has ended", trace=repr(reader.exception()))
        raise SystemExit(1)


application = Starlette(
    routes=[
        Route("/live/events", events, methods=["GET"]),
        Route("/live/events", preflight, methods=["OPTIONS"]),
        WebSocketRoute("/live/fleet", vehicles(checked, cross_origin)),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ],
    lifespan=lifespan,
)
