"""One person at one browser: signs in, asks, writes; repeats what a lost connection may have swallowed, under the same key."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

API = "/api/v1"
AGAIN = frozenset({502, 503, 504})
TOO_MANY = 429
PAUSE_S = 0.2


class DoorClosed(Exception):
    """The platform could not be reached within the time allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, decoded body (None when empty) and headers of one reply."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether the platform did what was asked."""
        return self.status < 400

    @property
    def sentence(self) -> str:
        """What the platform said was wrong, or an empty text."""
        return str(self.body.get("detail", "")) if isinstance(self.body, dict) else ""


class Door:
    """A session with cookies and CSRF token. Not shared between threads."""

    def __init__(self, base: str, *, patience_s: float = 60.0, language: str = "zh") -> None:
        """`patience_s`: how long a request is repeated while nobody answers."""
        self.base = base.rstrip("/")
        self.patience_s = patience_s
        self.login = ""
        self._password = ""
        self._http = httpx.Client(base_url=self.base, timeout=30.0, headers={"Accept-Language": language})

    def close(self) -> None:
        """Leave."""
        self._http.close()

    @property
    def cookies(self) -> dict[str, str]:
        """What a browser of the same person would hold."""
        return dict(self._http.cookies.items())

    def sign_in(self, login: str, password: str) -> None:
        """Open a session by password; raises PermissionError with the platform's sentence if it says no."""
        self.login, self._password = login, password
        self.ask("GET", f"{API}/session")  # brings the CSRF cookie
        until = time.monotonic() + self.patience_s
        answer = self.ask("POST", f"{API}/session", {"login": login, "password": password})
        while answer.status == TOO_MANY and time.monotonic() < until:
            time.sleep(float(answer.headers.get("Retry-After", 5)))
            answer = self.ask("POST", f"{API}/session", {"login": login, "password": password})
        if not answer.ok:
            raise PermissionError(f"{login}: {answer.status} {answer.sentence}")

    def get(self, path: str, **query: str | float | None) -> Any:
        """The decoded body of a read; raises LookupError with the sentence when it is refused."""
        wanted = {name: value for name, value in query.items() if value is not None}
        answer = self.ask("GET", API + path, query=wanted)
        if not answer.ok:
            raise LookupError(f"{path}: {answer.status} {answer.sentence}")
        return answer.body

    def send(self, path: str, body: Mapping[str, object], *, key: str = "", version: int | None = None) -> Answer:
        """Write once, however often it has to be repeated: `key` is the idempotency key, `version` the one last seen."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.ask("POST", API + path, body, headers=headers)

    def upload(self, jpeg: bytes, *, name: str = "photo.jpg") -> str:
        """Hand in one photo; returns its id."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self.ask("POST", f"{API}/photos", files={"file": (name, jpeg, "image/jpeg")}, headers=headers)
        if not answer.ok:
            raise LookupError(f"photo: {answer.status} {answer.sentence}")
        return str(answer.body["id"])

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, str | float] | None = None,
        headers: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, repeated while the platform is away; everything else is the caller's to judge."""
        until = time.monotonic() + self.patience_s
        sent = dict(headers or {})
        while True:
            if token := self._http.cookies.get("csrftoken"):
                sent["X-CSRFToken"] = token
                sent["Referer"] = self.base + "/"
            try:
                reply = self._http.request(
                    method,
                    path,
                    json=body,
                    params=dict(query or {}),
                    headers=sent,
                    files=dict(files) if files else None,
                    data=form,
                )
            except httpx.TransportError as problem:
                if time.monotonic() > until:
                    raise DoorClosed(f"{method} {path}: {problem}") from problem
                time.sleep(PAUSE_S)
                continue
            if reply.status_code in AGAIN and time.monotonic() < until:
                time.sleep(PAUSE_S)
                continue
            return Answer(reply.status_code, _decoded(reply), reply.headers)


def _decoded(reply: httpx.Response) -> Any:
    """JSON where the reply says so, text otherwise."""
    if "json" in reply.headers.get("content-type", ""):
        return reply.json() if reply.content else None
    return reply.text
