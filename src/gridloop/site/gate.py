"""A permit in front of every address of the API; the site does not start when one is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.operation import Operation

from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permit, Permits, Scope

NUL = b"\\u0000"
CONVERTER = re.compile(r"\{\w+:(\w+)\}")


class Gate:
    """Asks for the permit of one address before anything of the request is parsed."""

    def __init__(self, permit: Permit) -> None:
        """One gate an address."""
        self.permit = permit

    def __call__(self, request: HttpRequest) -> Caller:
        """Let the caller through, or refuse with a sentence; Ninja takes the caller as `request.auth`."""
        _refuse_nul(request)
        caller: Caller = request.find_caller()  # type: ignore[attr-defined]  # set by CallerMiddleware
        request.caller = caller  # type: ignore[attr-defined]  # itself: each look through the lazy one costs
        identity.check_permit(caller, self.permit)
        identity.check_origin(request, caller)
        request.asked_by = caller.person_id  # type: ignore[attr-defined]
        return caller


def _refuse_nul(request: HttpRequest) -> None:
    """Refuse the one character that PostgreSQL's text cannot hold, wherever it hides."""
    in_address = "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path
    if in_address or (request.content_type == "application/json" and NUL in request.body):
        raise Malformed("the request holds a NUL character, which no text here can", zh="请求包含空字符(NUL),无法保存")


def operations(api: NinjaAPI) -> Iterator[tuple[str, str, Operation]]:
    """Every (method, address below /api/v1, operation) of the API; `{int:position}` is written `{position}`."""
    for bound in api._get_bound_routers():  # noqa: SLF001 - Ninja has no public list of its bound operations
        for path, view in bound.path_operations.items():
            address = CONVERTER.sub(r"{\1}", f"/{bound.prefix}/{path}".replace("//", "/").replace("//", "/"))
            for operation in view.operations:
                for method in operation.methods:
                    yield method, address, operation


def install(api: NinjaAPI, permits: Permits) -> None:
    """Put each operation behind its permit; refuses an operation without one and a permit without its operation."""
    found: set[tuple[str, str]] = set()
    _refuse_split_addresses(api)
    for method, address, operation in operations(api):
        permit = permits.get((method, address))
        if permit is None:
            raise ImproperlyConfigured(f"{method} {address} has no permit; declare one in the PERMITS of its api.py")
        found.add((method, address))
        operation.auth_callbacks = [Gate(permit)]
        operation.openapi_extra = (operation.openapi_extra or {}) | {"security": _security(permit)}
    stray = sorted(set(permits) - found)
    if stray:
        listed = ", ".join(f"{method} {address}" for method, address in stray)
        raise ImproperlyConfigured(f"there are permits for addresses that do not exist: {listed}")


def _refuse_split_addresses(api: NinjaAPI) -> None:
    """Refuse one address in two routers: Django would only ever ask the first of them."""
    seen: set[str] = set()
    for bound in api._get_bound_routers():  # noqa: SLF001 - see above
        for path in bound.path_operations:
            address = f"{bound.prefix}/{path}".strip("/")
            if address in seen:
                raise ImproperlyConfigured(f"/{address} stands in two routers; put all its methods into one")
            seen.add(address)


def _security(permit: Permit) -> list[dict[str, list[str]]]:
    """What the OpenAPI document says of a permit."""
    ways: list[dict[str, list[str]]] = [{}] if permit.scope is Scope.PUBLIC else [{"session": []}]
    if permit.api_scope:
        ways.append({"key": [permit.api_scope]})
    return ways
