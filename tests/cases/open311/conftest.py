"""The Open311 door on a real port, with the masters, and a key for a connected system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from gridloop.cases.actions.masters import load_masters
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from tests.builders import a_caller, a_person
from tests.served import empty_everything, web

JURISDICTION = "xiamen.gov.cn"


@dataclass(frozen=True)
class Door:
    """The running door and a key for it."""

    address: str
    api_key: str
    other_key: str

    @property
    def url(self) -> str:
        return f"{self.address}/open311/v2"

    def get(self, path: str, **query: str) -> httpx.Response:
        return httpx.get(f"{self.url}/{path}", params=query, headers={"Accept-Language": "en"}, timeout=30)

    def post(self, path: str, form: dict[str, str | list[str]], **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{self.url}/{path}", data=form, headers={"Accept-Language": "en"} | named, timeout=30)

    def send(self, description: str = "Barking all night", **more: str) -> str:
        form = {
            "api_key": self.api_key,
            "service_code": "E0118",
            "lat": "24.4798",
            "long": "118.0894",
            "description": description,
        }
        answer = self.post("requests.json", form | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()[0]["service_request_id"])


@pytest.fixture(scope="module")
def door(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    var: Path = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock():
        now = clock.now()
        load_masters(by=system("tests"), now=now)
        earlier = now - dt.timedelta(minutes=1)
        owner = a_caller(a_person(Duty.INTEGRATOR, area="", login="system-a", now=earlier), now=now)
        key = identity.make_key(
            identity.NewKey("their app", frozenset({"open311"}), rate_per_minute=6000), by=owner, now=now
        )
        other = identity.make_key(identity.NewKey("reads places", frozenset({"places:read"})), by=owner, now=now)
        try:
            with web(var) as address:
                yield Door(address, key.token, other.token)
        finally:
            empty_everything()
