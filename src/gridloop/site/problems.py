"""Errors become RFC 9457 problems here and nowhere else: a localised sentence and a reference to read out over the telephone."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from gridloop.kernel.errors import GridloopError, Malformed, NotFound, TooMany

log = structlog.get_logger("gridloop.problems")
TYPE_PREFIX = "urn:gridloop:problem:"
TITLES = {
    "not-found": ("找不到", "Not found"),
    "not-allowed": ("没有权限", "Not allowed"),
    "not-signed-in": ("请先登录", "Not signed in"),
    "malformed": ("请求有误", "Malformed request"),
    "refused": ("按规定不能办理", "Refused by the rules"),
    "stale": ("内容已被他人更新", "Changed by somebody else"),
    "too-many": ("次数过多", "Too many"),
    "out-of-reach": ("暂时连不上", "Out of reach"),
    "error": ("系统故障", "Our own defect"),
}
"""Chinese and English title of each kind of problem."""


def language_of(request: HttpRequest) -> str:
    """`zh` or `en`: the cookie `gl_lang` first, then the first of the two that `Accept-Language` names, else `zh`."""
    chosen = request.COOKIES.get("gl_lang", "")
    if chosen in {"zh", "en"}:
        return chosen
    for part in request.headers.get("Accept-Language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag[:2] in {"zh", "en"}:
            return tag[:2]
    return "zh"


def problem(request: HttpRequest, error: GridloopError) -> HttpResponse:
    """The answer for one error, in the language of the request."""
    language = language_of(request)
    zh, en = TITLES.get(error.kind, TITLES["error"])
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + error.kind,
        "title": zh if language == "zh" else en,
        "status": error.status,
        "detail": error.sentence(language),
        "reference": getattr(request, "request_id", ""),
    }
    if error.fields:
        body["fields"] = error.fields
    response = HttpResponse(orjson.dumps(body), status=error.status, content_type="application/problem+json")
    response.headers["Content-Language"] = language
    if isinstance(error, TooMany) and "retry_after_s" in error.fields:
        response.headers["Retry-After"] = error.fields["retry_after_s"]
    return response


def defect(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Our own fault: logged with its trace; the person gets the reference only."""
    log.error(
        "defect",
        request_id=getattr(request, "request_id", ""),
        path=request.path,
        trace="".join(traceback.format_exception(error)),
    )
    return problem(request, our_defect(request))


def our_defect(request: HttpRequest) -> GridloopError:
    """The sentence for a fault of ours."""
    reference = getattr(request, "request_id", "")
    return GridloopError(
        f"something broke on our side; it is logged. Tell the administrator the reference {reference}",
        zh=f"系统出现故障,已记录。请将编号 {reference} 告知管理员",
    )


def nothing_here() -> NotFound:
    """The sentence for an address that does not exist."""
    return NotFound(
        "there is nothing at this address; /docs/api lists what there is", zh="此地址没有内容,可用地址见 /docs/api"
    )


def wrong_method(method: str, allowed: str) -> GridloopError:
    """The sentence for a method that an address does not take."""
    return _with_status(
        405, f"this address does not take {method[:10]}, only {allowed}", f"此地址不接受 {method[:10]},仅支持 {allowed}"
    )


def malformed(errors: Sequence[dict[str, Any]]) -> Malformed:
    """One sentence for everything a schema found wrong, and each field with its own reason."""
    fields: dict[str, str] = {}
    for error in errors:
        place = [
            str(part)
            for part in error.get("loc", ())
            if part not in {"body", "query", "path", "payload", "form", "header", "file"}
        ]
        fields[".".join(place) or "body"] = str(error.get("msg", "is not valid"))
    listed = "; ".join(f"{name}: {reason}" for name, reason in list(fields.items())[:5])
    return Malformed(f"the request cannot be understood - {listed}", zh=f"请求内容有误:{listed}", fields=fields)


def _from_framework(error: Exception) -> GridloopError | None:
    """Errors raised by Django and Ninja themselves, as ours; None for anything else."""
    if isinstance(error, ValidationError):
        return malformed(error.errors)
    if isinstance(error, Http404):
        return nothing_here()
    if isinstance(error, RequestDataTooBig):
        return _with_status(
            413,
            "the request is larger than 2 MiB; send photos through /photos",
            "请求超过 2 MiB;照片请通过 /photos 上传",
        )
    if isinstance(error, TooManyFilesSent | SuspiciousOperation):
        return Malformed("the request has a form that is never accepted", zh="请求的形式不被接受")
    if isinstance(error, HttpError):
        return _with_status(error.status_code, str(error), f"请求有误:{error}")
    return None


def _with_status(status: int, en: str, zh: str) -> GridloopError:
    """A malformed request that HTTP has a status of its own for."""
    error = Malformed(en, zh=zh)
    error.status = status
    return error


def out_of_reach() -> GridloopError:
    """The database is away or restarting: the same request may come again, and its key keeps it from being done twice."""
    error = GridloopError(
        "the database is out of reach for a moment; send the same again", zh="数据库暂时连不上,请稍后按原样重试"
    )
    error.status, error.kind = 503, "out-of-reach"
    return error


def install(api: NinjaAPI) -> None:
    """Make every error of this API a problem."""
    kinds = (
        GridloopError,
        ValidationError,
        Http404,
        RequestDataTooBig,
        TooManyFilesSent,
        SuspiciousOperation,
        HttpError,
    )
    for kind in (*kinds, Exception):
        api.add_exception_handler(kind, _answer)


def _answer(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The answer for any error: ours as it is, the framework's translated, everything else as our defect."""
    if isinstance(error, GridloopError):
        return problem(request, error)
    translated = _from_framework(error) if isinstance(error, Exception) else None
    if translated is not None:
        return problem(request, translated)
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("database out of reach", request_id=getattr(request, "request_id", ""), reason=str(error).strip())
        response = problem(request, out_of_reach())
        response.headers["Retry-After"] = "1"
        return response
    return defect(request, error if isinstance(error, BaseException) else error())
