"""How anybody reads announcements, on pages and in feeds, and how those in charge write them and let them go out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, ConfigDict, Field, FiniteFloat

from gridloop.cases.announcements import actions, queries
from gridloop.cases.announcements.rules import cap
from gridloop.cases.announcements.rules.steps import READERS, SECOND, WRITERS, Verb
from gridloop.cases.announcements.rules.words import AREAS_MAX, CATEGORIES, CORNERS, SEVERITIES, Said
from gridloop.cases.api.answers import key_of
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, in_area, public

router = Router(tags=["announcements"])
OPEN = public("places:read")
PERMITS: Permits = {
    ("GET", "/announcements"): OPEN,
    ("GET", "/announcements.atom"): OPEN,
    ("GET", "/announcements.geojson"): OPEN,
    ("GET", "/announcements/desk"): in_area(*READERS),
    ("POST", "/announcements"): in_area(*WRITERS),
    ("GET", "/announcements/{announcement_id}"): OPEN,
    ("GET", "/announcements/{announcement_id}/cap"): OPEN,
    ("GET", "/announcements/{announcement_id}/card"): in_area(*READERS),
    ("PUT", "/announcements/{announcement_id}"): in_area(*WRITERS),
    ("POST", "/announcements/{announcement_id}/steps"): in_area(*sorted({*WRITERS, *SECOND})),
}
LOOKS_PER_HOUR = 6000  # of one address: many phones may share it, and feeds are asked every minute
CLEAN = r"^[^\x00]*$"
AnnouncementId = Annotated[int, Path(ge=1, le=2**62)]
Lon = Annotated[FiniteFloat, Query(ge=-180, le=180)]
Lat = Annotated[FiniteFloat, Query(ge=-85, le=85)]
Title = Annotated[str, Field(max_length=200, pattern=CLEAN)]
Text = Annotated[str, Field(max_length=4000, pattern=CLEAN)]
Corner = Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]


class AreaOut(Schema):
    """A division that is meant."""

    code: str
    zh: str
    en: str


class AnnouncementOut(Schema):
    """One announcement as anybody sees it: `phase` is coming, on, ended or withdrawn; `shape` a GeoJSON geometry, a point with `radius_m`, or null for whole divisions; `near` whether it holds where one asked from."""

    id: int
    phase: str
    phase_zh: str
    phase_en: str
    category: str
    category_zh: str
    category_en: str
    severity: str
    severity_zh: str
    severity_en: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    areas: list[AreaOut]
    shape: dict[str, Any] | None
    radius_m: int | None
    lon: float | None
    lat: float | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    published_at: dt.datetime | None
    ended_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    note: str
    unit_zh: str
    unit_en: str
    near: bool | None


class AnnouncementPage(Schema):
    """What is announced."""

    items: list[AnnouncementOut]


class AnnouncementActionOut(Schema):
    """A step that is open to the caller."""

    verb: str
    zh: str
    en: str
    note: bool


class AnnouncementCard(AnnouncementOut):
    """The same for those in charge: where it stands, who wrote it, and what they may do; `second` says that another person has to look.

    `by_en` and `approved_by_en`: how the names are written in English, "" where nobody has said so.
    """

    state: str
    version: int
    by: str
    by_en: str
    mine: bool
    approved_by: str
    approved_by_en: str
    asked_at: dt.datetime | None
    second: bool
    actions: list[AnnouncementActionOut]


class Choice(Schema):
    """A value of a field, in words."""

    key: str
    zh: str
    en: str


class DeskPage(Schema):
    """What was written for the caller's areas, and what can be chosen from when one writes."""

    items: list[AnnouncementCard]
    categories: list[Choice]
    severities: list[Choice]


class AnnouncementForm(Schema):
    """What is to be announced; a spot with `radius_m`, an outline (`ring`, corners lon and lat), or neither for whole divisions."""

    model_config = ConfigDict(extra="forbid")
    category: Annotated[str, Field(max_length=20)]
    severity: Annotated[str, Field(max_length=20)] = "Minor"
    title_zh: Title
    title_en: Title
    text_zh: Text
    text_en: Text
    areas: Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=AREAS_MAX)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    lon: FiniteFloat | None = None
    lat: FiniteFloat | None = None
    radius_m: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    ring: Annotated[list[Corner], Field(max_length=CORNERS.stop)] = []

    def said(self) -> Said:
        """The same as the rules take it."""
        ring = tuple((lon, lat) for lon, lat in self.ring)
        return Said(**{**self.model_dump(exclude={"areas", "ring"}), "areas": tuple(self.areas), "ring": ring})


class ChangeForm(AnnouncementForm):
    """The whole announcement anew, and the version that was looked at."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None

    def said(self) -> Said:
        """Without the version."""
        ring = tuple((lon, lat) for lon, lat in self.ring)
        return Said(
            **{**self.model_dump(exclude={"areas", "ring", "version"}), "areas": tuple(self.areas), "ring": ring}
        )


class AnnouncementStepForm(Schema):
    """A step, its reason, and the version that was looked at."""

    model_config = ConfigDict(extra="forbid")
    verb: Literal["publish", "approve", "refuse", "end", "withdraw"]
    note: Annotated[str, Field(max_length=500, pattern=CLEAN)] = ""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


@router.get("/announcements", response=AnnouncementPage)
def announced(request: Asked, lon: Lon | None = None, lat: Lat | None = None) -> dict[str, Any]:
    """What is announced: coming, on, or over since a week at most; with a spot what holds there comes first."""
    _count(request)
    spot = (lon, lat) if lon is not None and lat is not None else None
    return {"items": queries.published(clock.now(), spot=spot)}


@router.get("/announcements.atom", response={200: bytes})
def atom(request: Asked, lang: Literal["zh", "en"] = "zh") -> HttpResponse:
    """The same as an Atom feed (RFC 4287); each entry links to its CAP message."""
    _count(request)
    now = clock.now()
    city = settings.CONFIG.city
    title = f"{city.name_zh}通告" if lang == "zh" else f"{city.name_en}: announcements"
    body = cap.atom(queries.published(now), origin_of(request), title=title, language=lang, now=now)
    return _file(body, "application/atom+xml; charset=utf-8")


@router.get("/announcements.geojson", response={200: dict[str, Any]})
def geojson(request: Asked) -> HttpResponse:
    """The same as GeoJSON (RFC 7946), for maps."""
    _count(request)
    return _file(orjson.dumps(cap.geojson(queries.published(clock.now()))), "application/geo+json")


@router.get("/announcements/desk", response=DeskPage)
def desk(request: Asked) -> dict[str, Any]:
    """Drafts, what waits for a second person, and what went out, for the caller's areas."""
    return {
        "items": queries.at_desk(by=request.caller, now=clock.now()),
        "categories": [{"key": key, "zh": one.zh, "en": one.en} for key, one in CATEGORIES.items()],
        "severities": [{"key": key, "zh": zh, "en": en} for key, (zh, en) in SEVERITIES.items()],
    }


@router.post("/announcements", response={201: AnnouncementCard})
def write(request: Asked, form: AnnouncementForm) -> Status[dict[str, Any]]:
    """Write a draft; nobody hears of it before it is published."""
    now = clock.now()
    made = actions.write(form.said(), by=request.caller, now=now, key=key_of(request))
    return Status(201, queries.desk_card(made, by=request.caller, now=now))


@router.get("/announcements/{announcement_id}", response=AnnouncementOut)
def one(request: Asked, announcement_id: AnnouncementId) -> dict[str, Any]:
    """One that went out."""
    _count(request)
    return queries.public_card(announcement_id, clock.now())


@router.get("/announcements/{announcement_id}/cap", response={200: bytes})
def as_cap(request: Asked, announcement_id: AnnouncementId) -> HttpResponse:
    """Its newest message in the Common Alerting Protocol 1.2: Alert, Update when it ended early, Cancel when it was withdrawn."""
    _count(request)
    row = queries.public_card(announcement_id, clock.now())
    return _file(cap.alert(row, origin_of(request)), "application/cap+xml")


@router.get("/announcements/{announcement_id}/card", response=AnnouncementCard)
def card(request: Asked, announcement_id: AnnouncementId) -> dict[str, Any]:
    """One as those in charge see it."""
    return queries.desk_card(announcement_id, by=request.caller, now=clock.now())


@router.put("/announcements/{announcement_id}", response=AnnouncementCard)
def change(request: Asked, announcement_id: AnnouncementId, form: ChangeForm) -> dict[str, Any]:
    """Write a draft anew."""
    step = actions.Taken(Verb.CHANGE, version=form.version, key=key_of(request), said=form.said())
    return _stepped(request, announcement_id, step)


@router.post("/announcements/{announcement_id}/steps", response=AnnouncementCard)
def take(request: Asked, announcement_id: AnnouncementId, form: AnnouncementStepForm) -> dict[str, Any]:
    """Publish, approve, send back, end early or withdraw; for more than one county somebody other than the author has to approve."""
    step = actions.Taken(Verb(form.verb), form.note, form.version, key_of(request))
    return _stepped(request, announcement_id, step)


def _stepped(request: Asked, announcement_id: int, step: actions.Taken) -> dict[str, Any]:
    by, now = request.caller, clock.now()
    queries.desk_card(announcement_id, by=by, now=now)  # NotFound for one that the caller does not see
    actions.take(announcement_id, step, by=by, now=now)
    return queries.desk_card(announcement_id, by=by, now=now)


def origin_of(request: Asked) -> cap.Origin:
    """Where messages come from, as the configuration or else the request's own address says."""
    base = str(getattr(settings, "GRIDLOOP_PUBLIC_URL", "")).rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    return cap.Origin(f"gridloop@{urlsplit(base).hostname or 'localhost'}", base, bool(settings.GRIDLOOP_DEMO))


def _count(request: Asked) -> None:
    identity.count_rate(f"announced:{identity.client_ip(request)}", limit=LOOKS_PER_HOUR, per_s=3600, now=clock.now())


def _file(body: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response.headers["Cache-Control"] = "public, max-age=30"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
