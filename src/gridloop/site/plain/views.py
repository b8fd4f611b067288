"""The plain pages: parse, one action or query of the rooms, one page. Nobody is signed in here; a code opens a report."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from gridloop.cases.actions.report import report as take
from gridloop.cases.actions.step import take_step
from gridloop.cases.announcements import queries as announcements
from gridloop.cases.nearby import queries as nearby
from gridloop.cases.photos import actions as photos
from gridloop.cases.photos import images
from gridloop.cases.queries import reports
from gridloop.cases.rules.intake import Contact, Report
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed
from gridloop.site import problems
from gridloop.site.plain import placing
from gridloop.site.plain.words import words

PHOTOS_MAX = 3
TEXT_MAX = 4000
STEPS_PER_HOUR = 60
LOOKS_PER_HOUR = 600
NEWS_PER_HOUR = 6000  # of one address, as through the API: many phones may share it
VERBS = ("rate", "dispute", "appeal", "comment", "withdraw")
NOTE_MUST = frozenset({"appeal", "comment", "dispute"})
ONE_YEAR_S = 365 * 86_400


@require_http_methods(["GET"])
def home(request: HttpRequest) -> HttpResponse:
    """Where to go from here."""
    return _page(request, "home", {})


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent again with the same key it is the same report."""
    given = {name: request.POST.get(name, "") for name in ("text", "town", "address", "contact")}
    key = request.POST.get("key", "") or secrets.token_urlsafe(18)
    shown = {"given": given, "key": key, "towns": placing.townships(_language(request)), "photos_max": PHOTOS_MAX}
    if request.method == "GET":
        return _page(request, "report", shown)
    try:
        return _page(request, "done", _taken(request, given, key), status=201)
    except GridloopError as no:
        return _refused(request, "report", shown, no)


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """A report by its number and code, which come in the body and never stand in an address."""
    number, code = request.POST.get("number", "").strip(), request.POST.get("code", "").replace(" ", "").strip()
    shown = {"number": number, "code": code}
    if request.method == "GET":
        return _page(request, "find", shown)
    try:
        return _page(request, "card", shown | _card(request, number, code))
    except GridloopError as no:
        return _refused(request, "find", shown, no)


@require_http_methods(["POST"])
def step(request: HttpRequest) -> HttpResponse:
    """One of the reporter's own steps; sent again with the same key it is the same step."""
    number, code = request.POST.get("number", ""), request.POST.get("code", "")
    shown = {"number": number, "code": code}
    try:
        _do(request, number, code)
        return _page(request, "card", shown | _card(request, number, code) | {"said": True})
    except GridloopError as no:
        try:
            return _refused(request, "card", shown | _card(request, number, code), no)
        except GridloopError as gone:
            return _refused(request, "find", shown, gone)


@require_http_methods(["GET"])
def near(request: HttpRequest) -> HttpResponse:
    """What is being handled in a township, as a list."""
    town = request.GET.get("town", "")
    towns = placing.townships(_language(request))
    known = town in dict(towns)
    if known:
        _count(request, "near", LOOKS_PER_HOUR)
    rows = [_named(one, _language(request)) for one in nearby.open_in(town, now=clock.now())] if known else None
    return _page(request, "near", {"town": town, "towns": towns, "rows": rows})


@require_http_methods(["GET"])
def news(request: HttpRequest) -> HttpResponse:
    """What is announced: on now, coming, and over since a week at most."""
    _count(request, "announced", NEWS_PER_HOUR)
    language = _language(request)
    rows = [
        _named(one, language) | {"areas": ", ".join(area[language] for area in one["areas"])}
        for one in announcements.published(clock.now())
    ]
    return _page(request, "news", {"rows": rows})


def _taken(request: HttpRequest, given: dict[str, str], key: str) -> dict[str, Any]:
    by, now = _by(request), clock.now()
    if not given["text"].strip() or len(given["text"]) > TEXT_MAX:
        raise Malformed(
            f"say in a few words what is wrong (at most {TEXT_MAX} characters)",
            zh=f"请写几句发生了什么(最多 {TEXT_MAX} 字)",
            fields={"text": "missing"},
        )
    where = placing.placed(given["town"], given["address"][:200])
    _count(request, "report", int(getattr(settings, "GRIDLOOP_REPORTS_PER_HOUR", 30)))
    contact = given["contact"].strip()[:60]
    said = Report(
        text=given["text"],
        lon=where.lon,
        lat=where.lat,
        source="citizen",
        address=given["address"].strip()[:200],
        photos=_photos(request, by, key),
        contact=Contact(
            phone="" if "@" in contact else contact, email=contact if "@" in contact else "", language=by.language
        )
        if contact
        else None,
    )
    done = take(said, by=by, now=now, key=key)
    label = where.zh if by.language == "zh" else where.en
    return {"number": done.number, "code": done.secret, "label": label, "address": said.address}


def _photos(request: HttpRequest, by: Caller, key: str) -> tuple[str, ...]:
    """Up to three photos of the form, kept; each under the form's own key, so that sending again makes no second one."""
    files = request.FILES.getlist("photo")[:PHOTOS_MAX]
    bytes_max = int(getattr(settings, "GRIDLOOP_PHOTO_BYTES_MAX", images.BYTES_MAX))
    kept = []
    for at, file in enumerate(files):
        if (file.size or 0) > bytes_max:
            raise images.too_heavy(file.size or 0, bytes_max)
        _count(request, "photo", int(getattr(settings, "GRIDLOOP_PHOTOS_PER_HOUR", 60)))
        kept.append(photos.take_in(file.read(), by=by, now=clock.now(), bytes_max=bytes_max, key=f"{key}:{at}").id)
    return tuple(kept)


def _do(request: HttpRequest, number: str, code: str) -> None:
    by, now = _by(request), clock.now()
    verb, stars = request.POST.get("verb", ""), request.POST.get("rating", "")
    if verb not in VERBS:
        raise Malformed(f"'{verb[:20]}' is no step of a reporter", zh=f"“{verb[:20]}”不是上报人可用的操作")
    _count(request, "step", STEPS_PER_HOUR)
    reports.report_card(number, code, by=by, now=now)  # NotFound for everybody but the reporter
    given = {
        "note": request.POST.get("note", "").strip()[:2000],
        "rating": int(stars) if stars in set("12345") else None,
    }
    key = request.POST.get("key", "")
    said = {name: value for name, value in given.items() if value}
    take_step(number, verb, said, by=by, now=now, key=key, as_reporter=reports.holds_secret(number, code))


def _card(request: HttpRequest, number: str, code: str) -> dict[str, Any]:
    _count(request, "follow", LOOKS_PER_HOUR)
    by = _by(request)
    card = reports.report_card(number, code, by=by, now=clock.now())
    named = _named(card, by.language)
    history = [_named(one, by.language) for one in card["history"]]
    open_verbs = {one["verb"] for one in card["actions"]}
    steps = [
        {"verb": verb, "key": secrets.token_urlsafe(18), "must": verb in NOTE_MUST}
        for verb in VERBS
        if verb in open_verbs
    ]
    return {"card": named, "history": history, "steps": steps}


def _named(row: dict[str, Any], language: str) -> dict[str, Any]:
    """A row whose words of both languages are given in one, under their bare names."""
    tail = f"_{language}"
    return row | {name.removesuffix(tail): value for name, value in row.items() if name.endswith(tail)}


def _by(request: HttpRequest) -> Caller:
    """Nobody in particular: a report from here is followed by its code, also in a browser that is signed in elsewhere."""
    return Caller(
        None, "public", via="public", request_id=str(getattr(request, "request_id", "")), language=_language(request)
    )


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in {"zh", "en"} else problems.language_of(request)


def _count(request: HttpRequest, what: str, per_hour: int) -> None:
    identity.count_rate(f"{what}:{identity.client_ip(request)}", limit=per_hour, per_s=3600, now=clock.now())


def _refused(request: HttpRequest, name: str, shown: dict[str, Any], no: GridloopError) -> HttpResponse:
    return _page(request, name, shown | {"wrong": no.sentence(_language(request))}, status=no.status)


def _page(request: HttpRequest, name: str, shown: dict[str, Any], *, status: int = 200) -> HttpResponse:
    language = _language(request)
    told = shown | {"w": words(language), "lang": language, "other": "en" if language == "zh" else "zh", "page": name}
    response = render(request, f"plain/{name}.html", told, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    if request.GET.get("lang", "") == language:
        response.set_cookie(
            identity.LANGUAGE_COOKIE, language, max_age=ONE_YEAR_S, samesite="Lax", secure=request.is_secure()
        )
    return response
