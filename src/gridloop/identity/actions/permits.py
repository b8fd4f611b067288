"""The check in front of every address of the API: does this caller hold what the permit asks?"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from ninja.utils import check_csrf

from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DUTY_NAMES, Duty
from gridloop.kernel.errors import NotAllowed, NotSignedIn
from gridloop.kernel.permits import Permit, Scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def check_permit(caller: Caller, permit: Permit) -> None:
    """Refuse a caller whom the permit does not let in; where within the area or unit is for the room's action to look."""
    if caller.via == "system":
        return
    if caller.via == "api_key":
        _check_scope(caller, permit)
    if permit.scope is Scope.PUBLIC:
        return
    require_person(caller)
    if permit.duties and not caller.holds(*permit.duties):
        raise NotAllowed(
            f"this needs one of these duties: {spoken(permit.duties, 'en')}; an administrator of your area can grant it",
            zh=f"此操作需要以下职责之一:{spoken(permit.duties, 'zh')};可请本区域管理员授权",
        )


def require_person(caller: Caller) -> int:
    """The id of the person behind the caller; refuses the public."""
    if caller.person_id is None:
        raise NotSignedIn("please sign in first", zh="请先登录")
    return caller.person_id


def require_grant(caller: Caller, *duties: Duty, area: str = "", unit_path: str = "") -> None:
    """Refuse a caller who holds none of the duties at this area and unit; the platform's own jobs pass."""
    if caller.via == "system" or any(caller.grant_for(duty, area=area, unit_path=unit_path) for duty in duties):
        return
    if caller.person_id is None:
        raise NotSignedIn("please sign in first", zh="请先登录")
    held = ", ".join(sorted({f"'{g.area or 'everywhere'}'" for g in caller.grants if g.duty in duties})) or "nowhere"
    held_zh = "、".join(sorted({f"“{g.area or '全域'}”" for g in caller.grants if g.duty in duties})) or "无"
    raise NotAllowed(
        f"area '{area or 'everywhere'}' needs one of {spoken(duties, 'en')}; your grant covers {held}",
        zh=f"区域“{area or '全域'}”需要职责:{spoken(duties, 'zh')};您的授权范围:{held_zh}",
    )


def check_origin(request: HttpRequest, caller: Caller) -> None:
    """Refuse a change that another site's page sends through a visitor's browser.

    A session needs Django's CSRF token (header `X-CSRFToken`, the value of the cookie `csrftoken`). An API key needs nothing,
    because a browser does not send it by itself. The public has nothing to steal, yet a page elsewhere must not
    sign a visitor in or report in their name: where a browser names an origin, it must be ours or a trusted one.
    """
    if request.method in SAFE_METHODS or caller.via == "api_key":
        return
    if caller.via == "session":
        if check_csrf(request) is not None:
            raise NotAllowed(
                "the request lacks the page's token; reload the page and try again (header X-CSRFToken, cookie csrftoken)",
                zh="请求缺少页面令牌,请刷新页面后重试(请求头 X-CSRFToken,Cookie csrftoken)",
            )
        return
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.get_host() and origin not in settings.CSRF_TRUSTED_ORIGINS:
        raise NotAllowed(
            f"changes sent from the site {origin[:80]} are not accepted here; open this platform's own address",
            zh=f"不接受来自网站 {origin[:80]} 的提交,请打开本平台自己的地址",
        )


def spoken(duties: frozenset[Duty] | tuple[Duty, ...], language: str) -> str:
    """Duties by their names, for a sentence."""
    if language == "zh":
        return "、".join(sorted(DUTY_NAMES[duty][0] for duty in duties))
    return ", ".join(sorted(DUTY_NAMES[duty][1] for duty in duties))


def _check_scope(caller: Caller, permit: Permit) -> None:
    """Refuse a key at an address that is not for keys, or that needs a scope the key lacks."""
    if not permit.api_scope:
        if permit.scope is Scope.PUBLIC:
            return
        raise NotAllowed(
            "this address is for people who sign in, not for API keys", zh="此地址仅供登录人员使用,不接受接口密钥"
        )
    if permit.api_scope not in caller.scopes:
        raise NotAllowed(
            f"this API key lacks the scope '{permit.api_scope}'; its owner can make one that has it",
            zh=f"接口密钥没有“{permit.api_scope}”权限范围,可由其负责人另行签发",
        )
