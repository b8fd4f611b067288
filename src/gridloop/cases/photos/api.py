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
from pydantic import AwareDatetime, Field, FiniteFloat, TypeAdapter, ValidationError

from gridloop.cases.photos import actions, by_hand, images, queries, rules, sealing
from gridloop.cases.photos.storage import store
from gridloop.cases.queries import reports
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.kernel.permits import Permits, in_area, public, signed_in

router = Router(tags=["photos"])
PERMITS: Permits = {
    ("POST", "/photos"): public("cases:write"),
    ("GET", "/photos/{photo_id}/{size}"): public("cases:read"),
    ("POST", "/photos/{photo_id}/original/open"): in_area(*sealing.MAY_OPEN),
    ("GET", "/photos/{photo_id}/masks"): signed_in(),
    ("POST", "/photos/{photo_id}/masks"): signed_in(),
    ("DELETE", "/photos/{photo_id}/masks/{mask_id}"): signed_in(),
    ("POST", "/photos/{photo_id}/checked"): in_area(*rules.MAY_MASK),
    ("GET", "/reports/{number}/photos/{photo_id}/masks"): public(),
    ("POST", "/reports/{number}/photos/{photo_id}/masks"): public(),
    ("DELETE", "/reports/{number}/photos/{photo_id}/masks/{mask_id}"): public(),
}
MULTIPART_BYTES = 64 * 1024  # room for the boundaries and headers around the file
PhotoId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
HIDES_PER_HOUR = 120
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=100)]
Number = Annotated[str, Path(max_length=40)]
MaskId = Annotated[int, Path(ge=1, le=2**62)]
Secret = Annotated[str, Query(max_length=100)]
BOXES: TypeAdapter[list[list[float]]] = TypeAdapter(list[list[FiniteFloat]])
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                        "lon": {"type": "number", "minimum": -180, "maximum": 180},
                        "lat": {"type": "number", "minimum": -90, "maximum": 90},
                        "accuracy_m": {"type": "number", "minimum": 0, "maximum": 100000},
                        "heading_deg": {"type": "number", "minimum": 0, "maximum": 360},
                        "taken_at": {"type": "string", "format": "date-time"},
                        "boxes": {
                            "type": "string",
                            "description": "what others must not see: a JSON list of [left, top, right, bottom] as shares of the upright picture",
                        },
                    },
                }
            }
        },
    }
}
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-cache",  # asked for again each time, answered by 304: a mask drawn a minute ago holds at once
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
    accuracy_m: float | None
    width_px: int
    height_px: int


class PhoneSaid(Schema):
    """What the phone knew when it took the picture, for pictures that do not say so themselves."""

    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360)] | None = None
    taken_at: AwareDatetime | None = None


@router.post("/photos", response={201: PhotoCard}, openapi_extra=FORM)
def take_in(request: HttpRequest, key: Key = "") -> Status[PhotoCard]:
    """Send one photo (JPEG, PNG or WEBP); name its id within a day in a report or step. The same key with the same file is the same photo."""
    by: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    now = clock.now()
    if by.person_id is None:
        per_hour = int(getattr(settings, "GRIDLOOP_PHOTOS_PER_HOUR", 60))
        identity.count_rate(f"photo:{identity.client_ip(request)}", limit=per_hour, per_s=3600, now=now)
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
    phone, boxes = _phone(request), _boxes(request)
    photo = actions.take_in(file.read(), by=by, now=now, bytes_max=bytes_max, key=key.strip(), phone=phone, boxes=boxes)
    return Status(201, PhotoCard.model_validate(photo, from_attributes=True))


def _phone(request: HttpRequest) -> images.Spot:
    """What stands in the form beside the file; Malformed where it makes no sense."""
    names = [name for name in PhoneSaid.model_fields if request.POST.get(name)]
    try:
        said = PhoneSaid.model_validate({name: request.POST[name] for name in names})
    except ValidationError as wrong:
        fields = {str(error["loc"][0]): str(error["msg"]) for error in wrong.errors()}
        raise Malformed(
            f"what stands beside the photo cannot be read: {', '.join(sorted(fields))}; send degrees, metres and a time with its zone, or leave them out",
            zh=f"照片附带的信息无法识别:{', '.join(sorted(fields))};应为度、米和带时区的时间,也可以不填",
            fields=fields,
        ) from wrong
    placed = said.lon is not None and said.lat is not None
    return images.Spot(
        said.lon if placed else None,
        said.lat if placed else None,
        said.taken_at.astimezone(dt.UTC) if said.taken_at else None,
        said.heading_deg,
        said.accuracy_m if placed else None,
    )


def _boxes(request: HttpRequest) -> list[list[float]]:
    """What the taker hides; Malformed where it is no list of boxes."""
    said = request.POST.get("boxes", "")
    try:
        return BOXES.validate_json(said) if said else []
    except ValidationError as wrong:
        raise Malformed(
            "boxes is a JSON list of boxes: left, top, right, bottom as shares of the picture from 0 to 1",
            zh="boxes 应为遮挡框的 JSON 列表,每框为左、上、右、下四个占画面的比例(0 至 1)",
            fields={"boxes": "a list of boxes"},
        ) from wrong


def _file(request: HttpRequest) -> object:
    """The uploaded file, or None where the body is no form that has one."""
    if request.content_type != "multipart/form-data":
        return None
    try:
        return request.FILES.get("file")
    except MultiPartParserError:
        return None


# these stand before the sizes: the first address that fits is taken
class BoxOut(Schema):
    """One covered box, as shares of the picture."""

    id: int
    source: str
    left: float
    top: float
    right: float
    bottom: float
    by: str
    at: dt.datetime


class MasksOut(Schema):
    """What is covered in a photo; `revision` counts how often what others see was made anew."""

    revision: int
    checked_at: dt.datetime | None
    checked_by: str
    masks: list[BoxOut]


class Drawn(Schema):
    """Boxes to cover: left, top, right, bottom as shares of the picture, 0 to 1."""

    boxes: Annotated[list[Annotated[list[float], Field(min_length=4, max_length=4)]], Field(max_length=rules.BOXES_MAX)]


class Checked(Schema):
    """Whether a person says that nobody can be recognised in what others see."""

    checked: bool


@router.get("/photos/{photo_id}/masks", response=MasksOut)
def masks(request: HttpRequest, photo_id: Annotated[PhotoId, Path()]) -> by_hand.Masks:
    """The boxes that are covered in a photo, for who may change them."""
    return by_hand.masks_of(photo_id, by=request.caller)  # type: ignore[attr-defined]


@router.post("/photos/{photo_id}/masks", response=MasksOut)
def draw(request: HttpRequest, photo_id: Annotated[PhotoId, Path()], said: Drawn) -> by_hand.Masks:
    """Cover boxes in what others see: the desk of the area, or whose photo it is."""
    return by_hand.draw(photo_id, said.boxes, by=request.caller, now=clock.now())  # type: ignore[attr-defined]


@router.delete("/photos/{photo_id}/masks/{mask_id}", response=MasksOut)
def take_back(request: HttpRequest, photo_id: Annotated[PhotoId, Path()], mask_id: int) -> by_hand.Masks:
    """Uncover one box; one that the machine found only by who may open the original."""
    return by_hand.take_back(photo_id, mask_id, by=request.caller, now=clock.now())  # type: ignore[attr-defined]


@router.post("/photos/{photo_id}/checked", response=MasksOut)
def check(request: HttpRequest, photo_id: Annotated[PhotoId, Path()], said: Checked) -> by_hand.Masks:
    """A person of the desk says that nobody can be recognised in it, or takes that back."""
    return by_hand.check(photo_id, said=said.checked, by=request.caller, now=clock.now())  # type: ignore[attr-defined]


@router.get("/photos/{photo_id}/{size}", response={200: bytes})
def show(
    request: HttpRequest,
    photo_id: Annotated[PhotoId, Path()],
    size: Annotated[Literal["thumb", "medium", "full"], Path()],
    secret: Annotated[str, Query(max_length=100)] = "",
) -> HttpResponse:
    """The JPEG, to those who may see its case, faces and plates masked; a resident without an account names the report's secret."""
    by: Caller = request.caller  # type: ignore[attr-defined]
    policy = getattr(settings, "GRIDLOOP_PHOTOS_PUBLIC", "masked")
    shown = queries.may_be_shown(photo_id, by=by, secret=secret, policy=policy)
    if not (shown.masked or shown.own):
        sealing.mask(shown.files, now=clock.now())
    tag = f'"{photo_id}-{size}{"" if shown.own and not shown.masked else f"-masked-{shown.revision}"}"'
    if request.headers.get("If-None-Match", "") == tag:
        response = HttpResponse(status=304)
    else:
        data = store().get(f"{shown.files}/{size}")
        if data is None:
            raise NotFound(
                "the photo's file is not there any more; an administrator may find it in a backup",
                zh="照片文件已不存在,可请管理员从备份中找回",
            )
        response = HttpResponse(data, content_type="image/jpeg")
        response.headers["Content-Disposition"] = f'inline; filename="{shown.kind}-{photo_id[:8]}-{size}.jpg"'
    response.headers["ETag"] = tag
    for name, value in SAFE_HEADERS.items():
        response.headers[name] = value
    return response


def _own_of(request: HttpRequest, number: str, photo_id: str, secret: str) -> Caller:
    """The caller, who is the reporter of this case and sent this photo with it; NotFound for everybody else."""
    by: Caller = request.caller  # type: ignore[attr-defined]
    now = clock.now()
    who = f"p{by.person_id}" if by.person_id is not None else identity.client_ip(request)
    identity.count_rate(f"hide:{who}", limit=HIDES_PER_HOUR, per_s=3600, now=now)
    card = reports.report_card(number, secret, by=by, now=now)
    if not any(photo["id"] == photo_id and photo["own"] for photo in card["photos"]):
        raise NotFound("there is no such photo of yours in this report", zh="该上报中没有您拍摄的这张照片")
    return by


@router.get("/reports/{number}/photos/{photo_id}/masks", response=MasksOut)
def own_masks(
    request: HttpRequest, number: Number, photo_id: Annotated[PhotoId, Path()], secret: Secret = ""
) -> by_hand.Masks:
    """What is covered in a photo of one's own report: as its reporter, or by its secret."""
    by = _own_of(request, number, photo_id, secret)
    return by_hand.masks_of(photo_id, by=by, own=True)


@router.post("/reports/{number}/photos/{photo_id}/masks", response=MasksOut)
def hide(
    request: HttpRequest, number: Number, photo_id: Annotated[PhotoId, Path()], said: Drawn, secret: Secret = ""
) -> by_hand.Masks:
    """Cover boxes in a photo of one's own report; whoever looks at it from now on sees them covered."""
    by = _own_of(request, number, photo_id, secret)
    return by_hand.draw(photo_id, said.boxes, by=by, now=clock.now(), own=True)


@router.delete("/reports/{number}/photos/{photo_id}/masks/{mask_id}", response=MasksOut)
def show_again(
    request: HttpRequest, number: Number, photo_id: Annotated[PhotoId, Path()], mask_id: MaskId, secret: Secret = ""
) -> by_hand.Masks:
    """Uncover a box that one drew oneself."""
    by = _own_of(request, number, photo_id, secret)
    return by_hand.take_back(photo_id, mask_id, by=by, now=clock.now(), own=True)


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
