"""The second factor, one's own password and language, and coming in through the city's identity provider."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.identity import actions
from gridloop.identity.actions.callers import SESSION_COOKIE
from gridloop.identity.actions.sign_in import SignedIn
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, own, public

router = Router(tags=["session"])
PERMITS: Permits = {
    ("POST", "/session/totp"): own(),
    ("POST", "/session/totp/confirm"): own(),
    ("DELETE", "/session/totp"): own(),
    ("POST", "/session/password"): own(),
    ("POST", "/session/language"): own(),
    ("GET", "/session/oidc/start"): public(),
    ("GET", "/session/oidc/callback"): public(),
}
OIDC_COOKIE = "gl_oidc"
OIDC_PATH = "/api/v1/session/oidc"
Password = Annotated[str, Field(max_length=200)]


class TotpOut(Schema):
    """What the authenticator app takes."""

    uri: str
    svg: str
    secret: str


class CodeForm(Schema):
    """A code out of the app."""

    code: str = Field(max_length=10)


class PasswordForm(Schema):
    """The present password, as proof."""

    password: Password


class PasswordChange(Schema):
    """From the present password to a new one."""

    old: Password
    new: Password


class LanguageForm(Schema):
    """zh or en."""

    language: str = Field(max_length=10)


class OidcReturn(Schema):
    """What the provider sends back."""

    state: str = Field("", max_length=200)
    code: str = Field("", max_length=2000)


def set_session_cookie(response: HttpResponse, request: HttpRequest, signed_in: SignedIn) -> None:
    """Hand the session's token to the browser, out of reach of scripts."""
    response.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        expires=signed_in.expires_at,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path="/",
    )


@router.post("/session/totp", response=TotpOut)
def enrol_totp(request: Asked) -> actions.Enrolment:
    """Begin a second factor: the picture for the app."""
    return actions.enrol_totp(by=request.caller, now=clock.now())


@router.post("/session/totp/confirm", response={204: None})
def confirm_totp(request: Asked, form: CodeForm) -> Status[None]:
    """Switch the second factor on with a code of the app."""
    actions.confirm_totp(form.code, by=request.caller, now=clock.now())
    return Status(204, None)


@router.delete("/session/totp", response={204: None})
def disable_totp(request: Asked, form: PasswordForm) -> Status[None]:
    """Switch the second factor off with the password."""
    actions.disable_totp(form.password, by=request.caller, now=clock.now())
    return Status(204, None)


@router.post("/session/password", response={204: None})
def change_password(request: Asked, form: PasswordChange) -> Status[None]:
    """Change one's own password; other sessions end."""
    token = request.COOKIES.get(SESSION_COOKIE, "")
    actions.change_password(form.old, form.new, keep_token=token, by=request.caller, now=clock.now())
    return Status(204, None)


@router.post("/session/language", response={204: None})
def set_language(request: Asked, form: LanguageForm, response: HttpResponse) -> Status[None]:
    """Remember the language for notices and pages."""
    actions.set_language(form.language, by=request.caller)
    response.set_cookie(
        actions.LANGUAGE_COOKIE, form.language, max_age=365 * 86400, samesite="Lax", secure=request.is_secure()
    )
    return Status(204, None)


@router.get("/session/oidc/start", response={302: None})
def start_oidc(request: Asked, back_to: Annotated[str, Query(max_length=500)] = "/") -> HttpResponse:
    """Go to the city's identity provider."""
    started = actions.start_oidc(back_to, redirect_uri=_return_address(request), now=clock.now())
    response = HttpResponseRedirect(started.url)
    response.set_cookie(
        OIDC_COOKIE,
        started.state,
        max_age=600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=OIDC_PATH,
    )
    return response


@router.get("/session/oidc/callback", response={302: None})
def finish_oidc(request: Asked, returned: Query[OidcReturn]) -> HttpResponse:
    """Come back from the provider, signed in."""
    signed_in, back_to = actions.finish_oidc(
        returned.state,
        returned.code,
        cookie_state=request.COOKIES.get(OIDC_COOKIE, ""),
        redirect_uri=_return_address(request),
        visitor=actions.visitor_of(request),
        now=clock.now(),
    )
    response = HttpResponseRedirect(back_to)
    set_session_cookie(response, request, signed_in)
    response.delete_cookie(OIDC_COOKIE, path=OIDC_PATH, samesite="Lax")
    return response


def _return_address(request: HttpRequest) -> str:
    """Where the provider sends the browser back to: the configured address, else that of the request."""
    public_url = str(getattr(settings, "GRIDLOOP_PUBLIC_URL", "")).rstrip("/")
    return f"{public_url}{OIDC_PATH}/callback" if public_url else request.build_absolute_uri(f"{OIDC_PATH}/callback")
