"""How the web sends and gets photos."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Header, Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.cases.photos import actions, images, queries, sealing
from gridloop.cases.photos.storage import store
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.kernel.permits import Permits, in_area, public

router = Router(tags=["photos"])
PERMITS: Permits = {
    ("POST", "/photos"): public("cases:write"),
    ("GET", "/photos/{photo_id}/{size}"): public("cases:read"),
    ("POST", "/photos/{photo_id}/original/open"): in_area(*sealing.MAY_OPEN),
}
MULTIPART_BYTES = 64 * 1024  # room for the boundaries and headers around the file
PUBLIC_PER_HOUR = 60
PhotoId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=100)]
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                }
            }
        },
    }
}
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=31536000, immutable",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
}


class PhotoCard(Schema):
    """A photo that was taken in; position and moment as the camera noted them, before they were stripped."""

    id: str
    thumb: str
    url: str
    lon: float | None
    lat: float | None
    taken_at: dt.datetime | None
    heading_deg: float | None
    width_px: int
    height_px: int


@router.post("/photos", response={201: PhotoCard}, openapi_extra=FORM)
def take_in(request: HttpRequest, key: Key = "") -> Status[PhotoCard]:
    """Send one photo (JPEG, PNG or WEBP); name its id within a day in a report or step. The same key with the same file is the same photo."""
    by: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    now = clock.now()
    if by.person_id is None:
        identity.count_rate(f"photo:{identity.client_ip(request)}", limit=PUBLIC_PER_HOUR, per_s=3600, now=now)
    bytes_max = getattr(settings, "GRIDLOOP_PHOTO_BYTES_MAX", images.BYTES_MAX)
    if int(request.META.get("CONTENT_LENGTH") or 0) > bytes_max + MULTIPART_BYTES:
        raise images.too_heavy(int(request.META["CONTENT_LENGTH"]), bytes_max)
    file = _file(request)
    if not isinstance(file, UploadedFile):
        raise Malformed(
            "send the photo as multipart/form-data in the field 'file'",
            zh="请以 multipart/form-data 的 file 字段上传照片",
            fields={"file": "missing"},
        )
    if (file.size or 0) > bytes_max:
        raise images.too_heavy(file.size or 0, bytes_max)
    photo = actions.take_in(file.read(), by=by, now=now, bytes_max=bytes_max, key=key.strip())
    return Status(201, PhotoCard.model_validate(photo, from_attributes=True))


def _file(request: HttpRequest) -> object:
    """The uploaded file, or None where the body is no form that has one."""
    if request.content_type != "multipart/form-data":
        return None
    try:
        return request.FILES.get("file")
    except MultiPartParserError:
        return None


@router.get("/photos/{photo_id}/{size}", response={200: bytes})
def show(
    request: HttpRequest,
    photo_id: Annotated[PhotoId, Path()],
    size: Annotated[Literal["thumb", "medium", "full"], Path()],
    secret: Annotated[str, Query(max_length=100)] = "",
) -> HttpResponse:
    """The JPEG, to those who may see its case, faces and plates masked; a resident without an account names the report's secret."""
    by: Caller = request.caller  # type: ignore[attr-defined]
    shown = queries.may_be_shown(photo_id, by=by, secret=secret)
    if not (shown.masked or shown.own):
        sealing.mask(shown.files, now=clock.now())
    tag = f'"{photo_id}-{size}{"" if shown.own and not shown.masked else "-masked"}"'
    if request.headers.get("If-None-Match", "") == tag:
        response = HttpResponse(status=304)
    else:
        data = store().get(f"{shown.files}/{size}")
        if data is None:
            raise NotFound("the photo's file is not there any more", zh="照片文件已不存在")
        response = HttpResponse(data, content_type="image/jpeg")
        response.headers["Content-Disposition"] = f'inline; filename="{shown.kind}-{photo_id[:8]}-{size}.jpg"'
    response.headers["ETag"] = tag
    for name, value in SAFE_HEADERS.items():
        response.headers[name] = value
    return response


class Reason(Schema):
    """Why a sealed original must be seen."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.post("/photos/{photo_id}/original/open", response={200: bytes})
def original(request: HttpRequest, photo_id: Annotated[PhotoId, Path()], said: Reason) -> HttpResponse:
    """The photo as it was taken, faces and plates and all; who looked and why stands in the ledger."""
    by: Caller = request.caller  # type: ignore[attr-defined]
    response = HttpResponse(
        sealing.open_original(photo_id, said.reason, by=by, now=clock.now()), content_type="image/jpeg"
    )
    for name, value in {**SAFE_HEADERS, "Cache-Control": "no-store"}.items():
        response.headers[name] = value
    return response
