"""What happens around every request: a reference and a log line, security headers, and the caller."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from gridloop.identity import actions as identity
from gridloop.kernel import clock, ids
from gridloop.kernel.errors import GridloopError
from gridloop.site import facts, metrics, problems

log = structlog.get_logger("gridloop.web")
Answer = Callable[[HttpRequest], HttpResponse]
GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{6,64}$")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
CONTENT_SECURITY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # MapLibre and charts set style attributes
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "font-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PERMISSIONS = "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"


class RequestLog:
    """Gives each request a reference, one log line in JSON and its place in the metrics."""

    def __init__(self, get_response: Answer) -> None:
        """Django hands over the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then tell how it went; the query string stays out of the log, because it may hold a secret."""
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if GIVEN_ID.match(given) else ids.request_id()  # type: ignore[attr-defined]
        began = time.perf_counter()
        try:
            response = self.get_response(request)
        except GridloopError as error:
            response = problems.problem(request, error)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.path.startswith("/api/"):
            allowed = response.headers.get("Allow", "")
            response = problems.problem(request, problems.wrong_method(request.method or "", allowed))
            response.headers["Allow"] = allowed
        spent_s = time.perf_counter() - began
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        route = request.resolver_match.route if request.resolver_match else "none"
        metrics.count_request(request.method or "", route, response.status_code, spent_s)
        if request.path not in QUIET:
            self._tell(request, response, route, spent_s)
        return response

    @staticmethod
    def _tell(request: HttpRequest, response: HttpResponse, route: str, spent_s: float) -> None:
        """One line."""
        log.info(
            "request",
            request_id=request.request_id,  # type: ignore[attr-defined]
            method=request.method,
            path=request.path,
            route=route,
            status=response.status_code,
            ms=round(spent_s * 1000, 2),
            person_id=getattr(request, "asked_by", None),
            ip=request.META.get("REMOTE_ADDR", ""),
        )


class ContentSecurity:
    """Security headers; besides the live process, pages may talk to the base map's own server, where one is configured."""

    def __init__(self, get_response: Answer) -> None:
        """The policy is put together once."""
        self.get_response = get_response
        live = str(getattr(settings, "GRIDLOOP_LIVE_URL", ""))
        socket = live.replace("http", "ws", 1)  # the moving map speaks WebSocket, which a policy names apart
        maps = " ".join(facts.basemap_origins())
        sources = CONTENT_SECURITY | {
            "connect-src": " ".join(f"'self' {live} {socket} {maps}".split()),
            "img-src": f"{CONTENT_SECURITY['img-src']} {maps}".strip(),
        }
        self.policy = "; ".join(f"{name} {value}" for name, value in sources.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith("/api/"):
            response.headers.setdefault(
                "Cache-Control", "no-store" if request.path.startswith("/api/v1/session") else "private, no-cache"
            )
        return response


class CallerMiddleware:
    """`request.caller`: found out when first asked for, so that static files cost nothing."""

    def __init__(self, get_response: Answer) -> None:
        """Django hands over the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the caller at hand."""
        request.find_caller = lambda: identity.caller_of(request, clock.now())  # type: ignore[attr-defined]
        request.caller = SimpleLazyObject(request.find_caller)  # type: ignore[attr-defined]
        return self.get_response(request)
