"""The web application as it is, with a header that says how many statements an answer took (BEGIN and COMMIT are not counted)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from gridloop.site.wsgi import application as served


class Count:
    """Counts what passes through a connection."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        """Django's wrapper around each statement."""
        self.statements += 1
        return execute(sql, params, many, context)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One request, counted."""
    count = Count()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-SQL", str(count.statements))], *rest)

    with connection.execute_wrapper(count):
        return served(environ, start)
