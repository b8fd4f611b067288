"""From a request to the caller behind it, at most one statement."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest

from gridloop.identity import queries, rules
from gridloop.identity.actions.rates import count_key
from gridloop.identity.actions.visitor import Visitor
from gridloop.identity.models import Session
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotSignedIn

SESSION_COOKIE = "gl_session"
LANGUAGE_COOKIE = "gl_lang"
LANGUAGES = ("zh", "en")
SEEN_EVERY = dt.timedelta(
    minutes=5
)  # a session's last_seen is good to this; a write per request would cost more than the read


def caller_of(request: HttpRequest, now: dt.datetime) -> Caller:
    """Who sends this request: an API key (header or `api_key`), else the session's person, else the public.

    Raises NotSignedIn for a key that is unknown, ended or withdrawn; a dead session is simply the public.
    """
    return caller_from(
        session_token=request.COOKIES.get(SESSION_COOKIE, ""),
        authorization=request.headers.get("Authorization", ""),
        api_key=_api_key_parameter(request),
        language=chosen_language(request.COOKIES.get(LANGUAGE_COOKIE, ""), request.headers.get("Accept-Language", "")),
        request_id=str(getattr(request, "request_id", "")),
        purpose=request.headers.get("X-Purpose", "")[:200],
        now=now,
    )


def caller_from(
    *,
    session_token: str,
    authorization: str = "",
    api_key: str = "",
    language: str = "",
    request_id: str = "",
    purpose: str = "",
    now: dt.datetime,
) -> Caller:
    """The same from the bare values, for processes without Django's requests; `language` is one of zh, en or ""."""
    key = _bearer(authorization) or api_key
    if key:
        return _by_key(key, language=language, request_id=request_id, purpose=purpose, now=now)
    if session_token:
        token_hash = rules.token_hash(session_token)
        found = queries.caller_by_token(token_hash, now)
        if found is not None:
            if now - found.last_seen_at > SEEN_EVERY:
                Session.objects.filter(token_hash=token_hash).update(last_seen_at=now)
            return Caller(
                person_id=found.person_id,
                name=found.name,
                grants=found.grants,
                via="session",
                request_id=request_id,
                language=language or found.language,
                purpose=purpose,
            )
    return Caller(
        person_id=None, name="public", via="public", request_id=request_id, language=language or "zh", purpose=purpose
    )


def client_ip(request: HttpRequest) -> str:
    """The address that the request comes from: the last hop's, or behind a trusted proxy the one that the proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and getattr(settings, "GRIDLOOP_BEHIND_PROXY", False):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def visitor_of(request: HttpRequest) -> Visitor:
    """Where a request comes from, for signing in."""
    language = chosen_language(request.COOKIES.get(LANGUAGE_COOKIE, ""), request.headers.get("Accept-Language", ""))
    return Visitor(
        ip=client_ip(request),
        user_agent=request.headers.get("User-Agent", ""),
        request_id=str(getattr(request, "request_id", "")),
        language=language or "zh",
    )


def chosen_language(cookie: str, accept: str) -> str:
    """`zh` or `en`: the cookie first, then the first of the two that the header names; "" when neither says."""
    if cookie in LANGUAGES:
        return cookie
    for part in accept.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return ""


def _by_key(key: str, *, language: str, request_id: str, purpose: str, now: dt.datetime) -> Caller:
    """The caller behind an API key; counts the request against the key's rate."""
    found = queries.caller_by_key(rules.token_hash(key), now)
    if found is None:
        raise NotSignedIn(
            "this API key is unknown, has ended or was withdrawn; ask its owner for a new one",
            zh="接口密钥不存在、已到期或已撤销,请向其负责人申请新的密钥",
        )
    count_key(found.key_id, per_minute=found.rate_per_minute, now=now)
    return Caller(
        person_id=found.person_id,
        name=found.name,
        grants=found.grants,
        via="api_key",
        scopes=found.scopes,
        request_id=request_id,
        language=language or found.language,
        purpose=purpose,
        key_id=found.key_id,
    )


def _bearer(authorization: str) -> str:
    """The token of an `Authorization: Bearer` header, or ""."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _api_key_parameter(request: HttpRequest) -> str:
    """The `api_key` of Open311: in the address, or in a form that was posted."""
    in_address = request.GET.get("api_key", "")
    if in_address or request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return in_address
    return request.POST.get("api_key", "")
