"""What every door of the masters reads from a request: bounded texts, moments, the version seen, the key of a repeated request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from django.http import StreamingHttpResponse
from ninja import Path
from pydantic import AfterValidator, Field

from gridloop.fleet.queries.exports import content_type
from gridloop.fleet.queries.scope import CHANGING, LOOKING
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import in_area

LOOKS = in_area(*sorted(LOOKING), api_scope="fleet:read")
CHANGES = in_area(*sorted(CHANGING))
BIGGEST_ID = 2**63 - 1
NO_NUL = r"^[^\x00]*$"
EARLIEST, LATEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def _aware(moment: dt.datetime) -> dt.datetime:
    """A time without a zone is the city's; only what a calendar of this work can hold."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=clock.CITY_ZONE)
    if not EARLIEST <= known <= LATEST:
        message = "a moment lies between 2000 and 2200"
        raise ValueError(message)
    return known


Id = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
CodeInPath = Annotated[str, Path(max_length=60, pattern=NO_NUL)]
Code = Annotated[str, Field(max_length=60, pattern=NO_NUL)]
Codes = Annotated[list[Code], Field(max_length=200)]
Text = Annotated[str, Field(max_length=1_000, pattern=NO_NUL)]
Search = Annotated[str, Field(max_length=60, pattern=NO_NUL)]
Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(max_length=120, pattern=NO_NUL)]
IdCursor = Annotated[int, Field(ge=0, le=BIGGEST_ID)]
Moment = Annotated[dt.datetime, AfterValidator(_aware)]
Metres = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]


def seen_version(request: Asked) -> int | None:
    """The version that the caller has seen, from `If-Match`; None when they do not care."""
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    bare = given.removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) < 19):
        raise Malformed(
            'If-Match takes the ETag of the card, such as "3"', zh='If-Match 应为卡片的 ETag,如 "3"', fields={"If-Match": "version"}
        )  # fmt: skip
    return int(bare)


def key_of(request: Asked) -> str:
    """The key that makes a repeated request the same one."""
    return request.headers.get("Idempotency-Key", "").strip()


def file_of(name: str, kind: str, parts: Iterator[bytes]) -> StreamingHttpResponse:
    """A file that is sent as it is written."""
    response = StreamingHttpResponse(parts, content_type=content_type(kind))
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{clock.in_city(clock.now()):%Y%m%d-%H%M}.{kind}"'
    )
    return response
