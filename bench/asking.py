"""Asking the web application over HTTP as a browser does, and starting one of our own to be asked."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from bench import people

START_S_MAX = 120


class Visitor:
    """One browser with one kept connection."""

    def __init__(self, url: str, login: people.Login | None) -> None:
        parts = urlsplit(url)
        self.http = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self.headers = {"Content-Type": "application/json", "Accept-Language": "zh"}
        self.statements: list[int] = []
        if login is not None and login.headers:
            self.headers |= login.headers
        elif login is not None:
            self.headers |= self._sign_in(login)

    def _sign_in(self, login: people.Login) -> dict[str, str]:
        """As a browser does: the CSRF cookie first, then login and password; returns the headers of the session."""
        cookies = self._cookies(self.ask("GET", "/session", raw=True))
        self.headers |= {"X-CSRFToken": cookies["csrftoken"], "Cookie": f"csrftoken={cookies['csrftoken']}"}
        answer = self.ask("POST", "/session", {"login": login.name, "password": login.password}, raw=True)
        cookies |= self._cookies(answer)
        if "gl_session" not in cookies:
            raise RuntimeError(f"log-in failed: {answer.status} {answer.text[:300]}")
        self.statements.clear()
        return {
            "X-CSRFToken": cookies["csrftoken"],
            "Cookie": f"csrftoken={cookies['csrftoken']}; gl_session={cookies['gl_session']}",
        }

    @staticmethod
    def _cookies(answer: Any) -> dict[str, str]:
        found = {}
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.strip().partition("=")
                found[key] = rest.split(";", 1)[0]
        return found

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, raw: bool = False) -> Any:
        """One request; raises on anything but success."""
        data = json.dumps(body).encode() if body is not None else None
        self.http.request(method, f"/api/v1{path}", data, self.headers)
        response = self.http.getresponse()
        text = response.read()
        self.statements.append(int(response.headers.get("X-SQL", "0")))
        if raw:
            return Answer(response.status, response.getheaders(), text.decode(errors="replace"))
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:400].decode(errors='replace')}")
        return text


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    text: str


def signed_in(url: str, crew: people.BenchCrew) -> people.BenchCrew:
    """The crew with a session each, so that the clients together log in three times only and no limit of the log-in is reached."""
    names = ("desk", "unit", "collector")
    logins: dict[str, people.Login] = {name: getattr(crew, name) for name in names}
    kept = {name: replace(login, headers=_session(url, login)) for name, login in logins.items()}
    return replace(crew, desk=kept["desk"], unit=kept["unit"], collector=kept["collector"])


def _session(url: str, login: people.Login) -> dict[str, str]:
    headers = Visitor(url, login).headers
    return {name: headers[name] for name in ("X-CSRFToken", "Cookie")}


@contextlib.contextmanager
def serving(url: str, workers: int) -> Iterator[str]:
    """The given address, or our own web process on a free port for the time of the measuring."""
    if url:
        yield url
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "2", "--no-access-log", "bench.counted:application"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # our own group only: granian's workers can outlive their parent


def _wait_for(port: int) -> None:
    for _ in range(START_S_MAX * 5):
        with contextlib.suppress(OSError):
            http = HTTPConnection("127.0.0.1", port, timeout=30)
            http.request("GET", "/api/v1/session")
            if http.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the web process did not start")
