"""The addresses of the Open311 door: parse, one query or action, answer in the asked format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from gridloop.cases.open311 import actions, queries, rules
from gridloop.cases.open311.actions import Form
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed, NotFound, NotSignedIn
from gridloop.kernel.permits import public

Answer = tuple[Any, tuple[str, ...]]
"""What to say, and the names of its XML elements from the root inwards."""
View = Callable[..., Answer]
REQUESTS = ("service_requests", "request")
UPDATES = ("service_request_updates", "request_update")
STATUS = {401: 403, 422: 400}
"""GeoReport v2 knows 400, 403 and 404: a missing key is 403, a malformed request 400."""
PERMIT = public("open311")
FILES_MAX = 5
CHANGESET = "2026-11-22T00:00:00Z"
DOCUMENTATION = "/docs/api"


def door(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Answers in JSON or XML by the ending of the address, errors included; checks the method, the jurisdiction and the key."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, form: str, **parts: str) -> HttpResponse:
            try:
                data, names, status = _answered(view, methods, request, parts)
            except GridloopError as error:
                status = STATUS.get(error.status, error.status)
                data, names = [{"code": status, "description": error.sentence(_language(request))}], ("errors", "error")
            response = HttpResponse(
                rules.rendered(data, form, names), status=status, content_type=rules.CONTENT_TYPES[form]
            )
            response.headers["Access-Control-Allow-Origin"] = (
                "*"  # GeoReport v2 asks for it; nothing here hangs on a cookie
            )
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "private, no-cache"
            if status == 405:
                response.headers["Allow"] = ", ".join(methods)
            return response

        return answer

    return wrap


def _answered(
    view: View, methods: tuple[str, ...], request: HttpRequest, parts: dict[str, str]
) -> tuple[Any, tuple[str, ...], int]:
    if request.method not in methods:
        refusal = Malformed(
            f"{request.method} is not answered here, only {', '.join(methods)}",
            zh=f"此地址不接受 {request.method},可用:{'、'.join(methods)}",
        )
        refusal.status = 405
        raise refusal
    try:
        said = request.GET if request.method != "POST" else request.POST
    except (RequestDataTooBig, TooManyFilesSent, SuspiciousOperation, MultiPartParserError) as wrong:
        raise Malformed(f"the form cannot be read: {wrong}", zh="表单无法读取") from wrong
    by = _caller(request, said.get("api_key", ""))
    identity.check_permit(by, PERMIT)
    if request.method == "POST":
        _check_sender(request, by)
    jurisdiction = said.get("jurisdiction_id") or request.GET.get("jurisdiction_id", "")
    if jurisdiction and jurisdiction != _jurisdiction():
        raise NotFound(
            f"jurisdiction_id '{jurisdiction[:60]}' was not found; this server is {_jurisdiction()}",
            zh=f"没有 jurisdiction_id“{jurisdiction[:60]}”,本服务器为 {_jurisdiction()}",
        )
    data, names = view(request, by, **parts)
    return data, names, 201 if request.method == "POST" else 200


def _caller(request: HttpRequest, api_key: str) -> Caller:
    """The caller as everywhere; a key in a multipart form is seen only here, after the form was read."""
    by: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    if by.via == "public" and api_key:
        return identity.caller_from(
            session_token="", api_key=api_key, language=_language(request), request_id=by.request_id, now=clock.now()
        )
    return by


def _check_sender(request: HttpRequest, by: Caller) -> None:
    """A session's cookie is not enough here: another site's page could post with it."""
    if by.via == "api_key":
        return
    if getattr(settings, "GRIDLOOP_OPEN311_KEY_REQUIRED", True) or by.via == "session":
        raise NotSignedIn(
            "api_key is missing; ask the city for a key of the scope open311",
            zh="缺少 api_key,请向城市申请具有 open311 范围的密钥",
        )
    identity.count_rate(f"open311:{identity.client_ip(request)}", limit=30, per_s=3600, now=clock.now())


def _language(request: HttpRequest) -> str:
    return (
        identity.chosen_language(
            request.COOKIES.get(identity.LANGUAGE_COOKIE, ""), request.headers.get("Accept-Language", "")
        )
        or "zh"
    )


def _jurisdiction() -> str:
    return str(getattr(settings, "GRIDLOOP_JURISDICTION", "xiamen.gov.cn"))


def _form(request: HttpRequest) -> Form:
    """Fields, attributes and files of a posted form."""
    fields = {name: request.POST[name] for name in request.POST if not rules.ATTRIBUTE.fullmatch(name)}
    found = {
        match[1]: tuple(request.POST.getlist(name))
        for name in request.POST
        if (match := rules.ATTRIBUTE.fullmatch(name))
    }
    if len(found) > rules.ATTRIBUTES_MAX or any(len(one) > 2000 for values in found.values() for one in values):
        raise Malformed(
            "too many or too long attributes; send fewer and shorter ones",
            zh="attribute 过多或过长,请减少数量或缩短内容",
            fields={"attribute": "too many"},
        )
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if len(files) > FILES_MAX:
        raise Malformed(
            f"at most {FILES_MAX} photos are taken", zh=f"最多上传 {FILES_MAX} 张照片", fields={"media": "too many"}
        )
    return Form(fields, found, tuple(file.read() for file in files))


@door("GET")
def discovery(request: HttpRequest, by: Caller) -> Answer:  # noqa: ARG001 - every view is called the same way
    """Where the doors are and what they speak."""
    base = request.build_absolute_uri("/").rstrip("/")
    formats = [kind.partition(";")[0] for kind in ("text/xml", "application/json")]
    data = {
        "changeset": CHANGESET,
        "contact": base + DOCUMENTATION,
        "key_service": base + DOCUMENTATION,
        "endpoints": [
            {
                "specification": rules.SPECIFICATION,
                "url": f"{base}/open311/v2",
                "changeset": CHANGESET,
                "type": "test" if getattr(settings, "GRIDLOOP_DEMO", False) else "production",
                "formats": formats,
            }
        ],
    }
    return data, ("discovery",)


@door("GET")
def services(request: HttpRequest, by: Caller) -> Answer:  # noqa: ARG001
    """Every class that can be reported."""
    return queries.services(by.language, clock.now()), ("services", "service")


@door("GET")
def service(request: HttpRequest, by: Caller, code: str) -> Answer:  # noqa: ARG001
    """The attributes of one class."""
    return queries.definition(code, by.language, clock.now()), ("service_definition",)


@door("GET", "POST")
def requests(request: HttpRequest, by: Caller) -> Answer:
    """List requests, or take one."""
    now = clock.now()
    if request.method == "POST":
        return _taken(request, by, now), REQUESTS
    ids = rules.listed(request.GET.get("service_request_id", ""))
    if ids:
        return queries.by_ids(ids[: rules.REQUESTS_MAX], by=by, now=now), REQUESTS
    return queries.requests(_wanted(request, now), by=by, now=now), REQUESTS


def _taken(request: HttpRequest, by: Caller, now: dt.datetime) -> list[dict[str, Any]]:
    form = _form(request)
    key = request.headers.get("Idempotency-Key", "") or request.headers.get("X-Idempotency", "")
    done = actions.send_request(form, by=by, now=now, key=key)
    notice = "已收到,感谢您的上报。" if by.language.startswith("zh") else "We have your report. Thank you."
    answer: dict[str, Any] = {"service_notice": notice, "account_id": form.get("account_id") or None}
    if form.get("response") == "token":
        return [{"token": rules.token_of(done.number, settings.SECRET_KEY), **answer}]
    return [{"service_request_id": done.number, **answer}]


def _wanted(request: HttpRequest, now: dt.datetime) -> queries.Wanted:
    said = request.GET
    start, end = (rules.moment(name, said[name]) if said.get(name) else None for name in ("start_date", "end_date"))
    first, last = rules.span(start, end, now)
    codes = [rules.class_of(one) for one in rules.listed(said.get("service_code", ""))]
    lon, lat, radius_m = _circle(request)
    page, page_size = _page(request)
    return queries.Wanted(
        start=first,
        end=last,
        updated_start=rules.moment("updated_after", said["updated_after"]) if said.get("updated_after") else first,
        updated_end=rules.moment("updated_before", said["updated_before"])
        if said.get("updated_before")
        else max(now, last),
        codes=tuple(f"{one[0]}:{one[1]}" for one in codes if one) if codes else None,
        closed=_closed(rules.listed(said.get("status", ""))),
        lon=lon,
        lat=lat,
        radius_m=radius_m,
        page=page,
        page_size=page_size,
    )


def _closed(said: list[str]) -> bool | None:
    wrong = [one for one in said if one.lower() not in {"open", "closed"}]
    if wrong:
        raise Malformed(
            f"status '{wrong[0][:20]}' is neither open nor closed",
            zh=f"status“{wrong[0][:20]}”应为 open 或 closed",
            fields={"status": "open or closed"},
        )
    asked = {one.lower() for one in said}
    return None if len(asked) != 1 else "closed" in asked


def _circle(request: HttpRequest) -> tuple[float | None, float | None, float | None]:
    """Around where (lat, long, radius in metres), an extension that several cities offer."""
    said = request.GET
    if not (said.get("lat") or said.get("long")):
        return None, None, None
    lat = rules.number("lat", said.get("lat", ""), least=-85, most=85)
    lon = rules.number("long", said.get("long", ""), least=-180, most=180)
    return lon, lat, rules.number("radius", said.get("radius") or "500", least=1, most=50_000)


def _page(request: HttpRequest) -> tuple[int, int]:
    page = int(rules.number("page", request.GET.get("page") or "1", least=1, most=10_000))
    size = request.GET.get("page_size") or request.GET.get("per_page") or str(rules.REQUESTS_MAX)
    return page, int(rules.number("page_size", size, least=1, most=rules.REQUESTS_MAX))


@door("GET")
def request_by_id(request: HttpRequest, by: Caller, number: str) -> Answer:  # noqa: ARG001
    """One request."""
    return [queries.request(number, by=by, now=clock.now())], REQUESTS


@door("GET")
def token(request: HttpRequest, by: Caller, token: str) -> Answer:  # noqa: ARG001
    """The request that a token stands for."""
    number = rules.request_of(token, settings.SECRET_KEY)
    if number is None:
        raise NotFound("token was not found", zh="没有这个 token")
    return [{"service_request_id": number, "token": token}], REQUESTS


@door("GET", "POST")
def updates(request: HttpRequest, by: Caller) -> Answer:
    """What happened to requests, or what happened to one at a connected system."""
    now = clock.now()
    if request.method == "POST":
        moved = actions.send_update(_form(request), by=by, now=now)
        return [{"update_id": f"{moved.number}-{moved.version}"}], UPDATES
    said = request.GET
    start, end = (rules.moment(name, said[name]) if said.get(name) else None for name in ("start_date", "end_date"))
    first, last = rules.span(start, end, now)
    page, page_size = _page(request)
    ids = [one for one in rules.listed(said.get("service_request_id", "")) if rules.REQUEST_ID.fullmatch(one)]
    asked = ids if said.get("service_request_id") else None
    return queries.updates(asked, first, last, page=page, page_size=page_size, by=by), UPDATES


@door("GET", "POST")
def nothing(request: HttpRequest, by: Caller, rest: str) -> Answer:  # noqa: ARG001
    """Every other address below the door."""
    raise NotFound(f"there is nothing at '{rest[:60]}'; see discovery", zh=f"“{rest[:60]}”处没有内容,请见 discovery")
