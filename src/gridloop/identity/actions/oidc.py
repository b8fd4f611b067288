"""Signing in through the city's own identity provider: OpenID Connect, authorization code with PKCE.

It proves who somebody is and nothing else: it makes no person and gives no grant. An account of the provider is linked to the
person here whose verified e-mail address it carries, and afterwards known by its `sub`.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.db import transaction
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.sign_in import SignedIn, as_caller, open_session
from gridloop.identity.actions.visitor import Visitor
from gridloop.identity.models import OidcAttempt, OidcLink, Person
from gridloop.kernel.errors import NotAllowed, NotFound, NotSignedIn, Refused

ATTEMPT_LIVES = dt.timedelta(minutes=10)
TIMEOUT_S = 10
CLOCK_SKEW_S = 60
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
_kept: dict[str, tuple[dict[str, Any], KeySet]] = {}
_kept_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class OidcStart:
    """Where to send the browser, and the state that its cookie must bring back."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """Our account at the provider (setting `GRIDLOOP_OIDC`)."""

    issuer: str
    client_id: str
    client_secret: str


def oidc_settings() -> OidcSettings:
    """The provider; refuses when none is configured."""
    chosen: Mapping[str, str] = getattr(settings, "GRIDLOOP_OIDC", {})
    if not chosen.get("issuer"):
        raise NotFound(
            "no identity provider is configured here; sign in with login and password",
            zh="未配置统一身份认证,请使用账号密码登录",
        )
    return OidcSettings(chosen["issuer"].rstrip("/"), chosen["client_id"], chosen.get("client_secret", ""))


def start_oidc(back_to: str, *, redirect_uri: str, now: dt.datetime) -> OidcStart:
    """Begin a sign-in; `back_to` is the page of ours to return to."""
    provider = oidc_settings()
    discovery, _ = _provider(provider.issuer)
    state, nonce, verifier = rules.new_token(), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    OidcAttempt.objects.filter(expires_at__lt=now).delete()
    OidcAttempt.objects.create(
        state_hash=rules.token_hash(state),
        nonce=nonce,
        verifier=verifier,
        back_to=back_to if back_to.startswith("/") and not back_to.startswith(("//", "/\\")) else "/",
        expires_at=now + ATTEMPT_LIVES,
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return OidcStart(f"{discovery['authorization_endpoint']}?{urlencode(asked)}", state)


def finish_oidc(
    state: str, code: str, *, cookie_state: str, redirect_uri: str, visitor: Visitor, now: dt.datetime
) -> tuple[SignedIn, str]:
    """Open a session for the person whom the provider named; returns it and the page to return to."""
    if not state or not secrets.compare_digest(state.encode(), cookie_state.encode()):
        raise _again()
    attempt = OidcAttempt.objects.filter(pk=rules.token_hash(state), expires_at__gt=now).first()
    if attempt is None or not OidcAttempt.objects.filter(pk=attempt.pk).delete()[0]:
        raise _again()
    provider = oidc_settings()
    claims = _claims(provider, code, attempt, redirect_uri, now)
    with transaction.atomic():
        person = _person(provider.issuer, claims, visitor, now)
        return open_session(person, "oidc", visitor=visitor, now=now), attempt.back_to


def _claims(
    provider: OidcSettings, code: str, attempt: OidcAttempt, redirect_uri: str, now: dt.datetime
) -> dict[str, Any]:
    """What the provider's signed token says, after every check of OpenID Connect Core 3.1.3.7."""
    discovery, keys = _provider(provider.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": attempt.verifier,
    }
    try:
        answer = httpx.post(
            discovery["token_endpoint"], data=form, auth=(provider.client_id, provider.client_secret), timeout=TIMEOUT_S
        )
        token = str(answer.raise_for_status().json()["id_token"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        raise NotSignedIn(
            "the identity provider did not accept the sign-in; try again", zh="统一身份认证未通过,请重试"
        ) from error
    try:
        claims = _decoded(token, keys, provider.issuer)
        wanted = jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            leeway=CLOCK_SKEW_S,
            iss={"essential": True, "value": discovery["issuer"]},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )
        wanted.validate(claims)
    except (JoseError, ValueError) as error:
        raise NotSignedIn(
            "the identity provider's answer does not verify; nobody was signed in",
            zh="统一身份认证的应答未通过校验,未登录",
        ) from error
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise NotSignedIn("the identity provider's answer is for another service", zh="统一身份认证的应答属于其他系统")
    return claims


def _decoded(token: str, keys: KeySet, issuer: str) -> dict[str, Any]:
    """The claims of a token whose signature is good; fetches the keys once more when the provider has changed them."""
    try:
        return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError):
        _, fresh = _provider(issuer, again=True)
        return dict(jwt.decode(token, fresh, algorithms=ALGORITHMS).claims)


def _person(issuer: str, claims: Mapping[str, Any], visitor: Visitor, now: dt.datetime) -> Person:
    """The person linked to this account, or the one with its verified address, who is linked now."""
    link = OidcLink.objects.select_related("person").filter(issuer=issuer, sub=str(claims["sub"])).first()
    if link is not None:
        person = link.person
    else:
        email = str(claims.get("email", "")).strip().lower()
        found = (
            Person.objects.filter(email=email, email_verified=True).first()
            if email and claims.get("email_verified") is True
            else None
        )
        if found is None:
            raise NotAllowed(
                "nobody here belongs to this account; an administrator can add you with your verified e-mail address",
                zh="本系统没有与该账号对应的人员;请管理员用您已验证的邮箱添加",
            )
        person = found
        OidcLink.objects.create(person=person, issuer=issuer, sub=str(claims["sub"]), linked_at=now)
        record(
            as_caller(person, visitor),
            "oidc.linked",
            f"person:{person.pk}",
            at=now,
            detail={"issuer": issuer, "people": [person.pk]},
        )
    if not person.active:
        raise Refused("this account was closed; an administrator can open it again", zh="该账号已停用,可请管理员恢复")
    return person


def _provider(issuer: str, *, again: bool = False) -> tuple[dict[str, Any], KeySet]:
    """The provider's published addresses and keys, kept in the process."""
    with _kept_lock:
        if issuer in _kept and not again:
            return _kept[issuer]
    try:
        discovery = httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=TIMEOUT_S).raise_for_status().json()
        keys = KeySet.import_key_set(httpx.get(discovery["jwks_uri"], timeout=TIMEOUT_S).raise_for_status().json())
    except (httpx.HTTPError, KeyError, ValueError) as error:
        raise Refused(
            "the identity provider cannot be reached; sign in with login and password, or try later",
            zh="统一身份认证暂时无法访问,请使用账号密码登录或稍后再试",
        ) from error
    if str(discovery.get("issuer", "")).rstrip("/") != issuer:
        raise Refused(
            "the identity provider calls itself by another name than configured; an administrator can correct the setting",
            zh="统一身份认证的名称与配置不符,请管理员更正配置",
        )
    with _kept_lock:
        _kept[issuer] = (discovery, keys)
    return discovery, keys


def _again() -> NotSignedIn:
    """The refusal of a return that does not belong to this browser's own start."""
    return NotSignedIn(
        "this sign-in has expired or was begun elsewhere; begin again",
        zh="本次登录已过期或并非在此浏览器发起,请重新登录",
    )
