"""The addresses of OGC API Features: parse, one query, answer as JSON or as a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.errors import GridloopError, NotFound
from gridloop.kernel.permits import public
from gridloop.site import facts, problems
from gridloop.site.ogc import asking, documents, pages
from gridloop.site.ogc.collections import Collection, shown
from gridloop.site.ogc.documents import GEOJSON, JSON, OPENAPI

PERMIT = public("places:read")
REQUESTS_A_MINUTE = 6000
"""Of one address, as for an API key: some programs read ten features a request."""
Answer = tuple[dict[str, Any], str, str]
"""The document, its content type, and its title."""
View = Callable[..., Answer]


def door(view: View) -> Callable[..., HttpResponse]:
    """Answers in the form that was asked for, errors as problems; open to pages of other sites, because nothing here hangs on a cookie."""

    @csrf_exempt  # so that a write is told that nothing can be written here
    @wraps(view)
    def answer(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            response = _answered(view, request, parts)
        except GridloopError as error:
            response = problems.problem(request, error)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Vary"] = "Accept, Accept-Language, Cookie"
        if request.method not in {"GET", "HEAD"}:
            response.headers["Allow"] = "GET, HEAD"
        return response

    return answer


def _answered(view: View, request: HttpRequest, parts: dict[str, str]) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        raise problems.wrong_method(request.method or "", "GET, HEAD")
    identity.check_permit(request.caller, PERMIT)  # type: ignore[attr-defined]  # set by CallerMiddleware
    identity.count_rate(f"ogc:{identity.client_ip(request)}", limit=REQUESTS_A_MINUTE, per_s=60, now=clock.now())
    form = asking.form(request)
    data, kind, title = view(request, form, **parts)
    if form == "json":
        response = HttpResponse(orjson.dumps(data), content_type=kind)
    else:
        body = pages.features(data) if kind == GEOJSON else pages.document(data)
        response = HttpResponse(pages.page(title, body, language=_language(request), home=f"{_base(request)}/"))
    if kind == GEOJSON:
        response.headers["Content-Crs"] = f"<{documents.CRS84}>"
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/ogc")


def _language(request: HttpRequest) -> str:
    return problems.language_of(request)


def _bounds() -> tuple[float, float, float, float]:
    return facts.bounds_of(settings.CONFIG.city.code[: facts.CITY_DIGITS])


def _collections() -> dict[str, Collection]:
    return shown(settings.CONFIG.ogc_collections)


def _collection(name: str) -> Collection:
    found = _collections().get(name)
    if found is None:
        listed = ", ".join(_collections())
        raise NotFound(
            f"there is no collection '{name[:40]}'; there are: {listed}", zh=f"没有数据集“{name[:40]}”;可用:{listed}"
        )
    return found


@door
def landing(request: HttpRequest, form: str) -> Answer:
    """Where everything is."""
    asking.check_names(request, frozenset({"f"}))
    language = _language(request)
    city = settings.CONFIG.city
    data = documents.landing(_base(request), form, language, city.name_zh if language == "zh" else city.name_en)
    return data, JSON, str(data["title"])


@door
def conformance(request: HttpRequest, form: str) -> Answer:
    """Which parts of the standard are kept."""
    asking.check_names(request, frozenset({"f"}))
    return documents.conformance(_base(request), form), JSON, documents.words("conformance", _language(request))


@door
def definition(request: HttpRequest, form: str) -> Answer:  # noqa: ARG001 - every view is called the same way
    """The door as an OpenAPI document."""
    asking.check_names(request, frozenset({"f"}))
    language = _language(request)
    return documents.openapi(_collections(), _base(request), language), OPENAPI, documents.words("api", language)


@door
def collections(request: HttpRequest, form: str) -> Answer:
    """Every collection."""
    asking.check_names(request, frozenset({"f"}))
    language = _language(request)
    data = documents.collections(_collections(), _base(request), form, language, _bounds())
    return data, JSON, documents.words("collections", language)


@door
def collection(request: HttpRequest, form: str, name: str) -> Answer:
    """One collection."""
    asking.check_names(request, frozenset({"f"}))
    data = documents.collection(_collection(name), _base(request), form, _language(request), _bounds())
    return data, JSON, str(data["title"])


@door
def items(request: HttpRequest, form: str, name: str) -> Answer:
    """A page of features, with the link to the next one."""
    known = _collection(name)
    asked = asking.items(request)
    now = clock.now()
    page = known.source.page(asked, now)
    href = f"{_base(request)}/collections/{name}"
    said = {key: value for key, value in request.GET.items() if key != "f"}
    links = documents.both(f"{href}/items" + (f"?{urlencode(said)}" if said else ""), form, GEOJSON)
    if page.next:
        following = urlencode(said | {"cursor": page.next, "f": form})
        links.append(documents.link(f"{href}/items?{following}", "next", GEOJSON if form == "json" else documents.HTML))
    links.append(documents.link(href, "collection", JSON))
    data: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": page.features,
        "links": links,
        "timeStamp": now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberReturned": len(page.features),
    }
    if page.matched is not None:
        data["numberMatched"] = page.matched
    return data, GEOJSON, known.zh if _language(request) == "zh" else known.en


@door
def item(request: HttpRequest, form: str, name: str, code: str) -> Answer:
    """One feature."""
    asking.check_names(request, frozenset({"f"}))
    known = _collection(name)
    found = known.source.one(code, clock.now())
    if found is None:
        raise NotFound(f"there is no '{code[:40]}' in {name}", zh=f"数据集 {name} 中没有“{code[:40]}”")
    href = f"{_base(request)}/collections/{name}"
    links = [*documents.both(f"{href}/items/{quote(code)}", form, GEOJSON), documents.link(href, "collection", JSON)]
    return found | {"links": links}, GEOJSON, code
