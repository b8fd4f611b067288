"""Open311 clients that others wrote, from PyPI, against the running door over HTTP.

`georeport` and `civicbot` run as they are. `three` is from 2013 and for Python 2: its own source is translated by lib2to3, as its
authors' setup once did, and otherwise left alone. `open311` 1.1 cannot run anywhere any more: it imports a package `api` (with `API` and
`api.api.urlopen`) whose name belongs to a different project on PyPI today.
"""

from __future__ import annotations

import importlib
import io
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from civicbot.open311 import Open311Client, ValidationError
from civicbot.registry import Endpoint
from georeport import GeoReport

from tests.cases.open311.conftest import JURISDICTION, Door
from tests.cases.photos.pictures import a_jpeg

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_services_and_requests_in_both_formats(door: Door, form: str) -> None:
    client = GeoReport(door.url, jurisdiction=JURISDICTION, api_key=door.api_key, output_format=form)
    numbers = {door.send(f"georeport {form} {one}") for one in range(2)}
    services = client.get_service_list()
    assert len(services) == 188
    definition = client.get_service_definition(services[0]["service_code"])
    assert definition["service_code"] == services[0]["service_code"]
    listed = client.get_service_requests(service_code="E0118", status="open")
    assert numbers <= {one["service_request_id"] for one in listed}
    number = numbers.pop()
    assert client.get_service_request(number)["service_request_id"] == number
    assert client.get_service_requests(service_request_id=number) is not None


@pytest.fixture
def robot(door: Door) -> Open311Client:
    return Open311Client(Endpoint("xiamen", "Xiamen", door.url, write=True), jurisdiction_id=JURISDICTION)


def test_civicbot_checks_its_report_against_our_definition_and_files_it(door: Door, robot: Open311Client) -> None:
    said = {
        "lat": 24.4798,
        "lng": 118.0894,
        "description": "civicbot saw a loose dog",
        "attributes": {"CONDITION": "1"},
    }
    filed = robot.create_request(
        "E0118", dry_run=False, confirm="SEND", api_key=door.api_key, validate_remote=True, **said
    )
    number = filed.response[0]["service_request_id"]
    assert robot.get_request(number)["description"] == "civicbot saw a loose dog"
    assert number in [one["service_request_id"] for one in robot.list_requests(service_code="E0118", page_size=5)]
    assert [one["service_request_id"] for one in robot.list_requests(service_request_ids=[number])] == [number]
    with pytest.raises(ValidationError, match="CONDITION"):
        robot.create_request("E0118", validate_remote=True, **(said | {"attributes": {"CONDITION": "99"}}))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package `three`, its own files translated to Python 3 and imported from a folder of the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lib2to3 says that it is going away
        from lib2to3.refactor import RefactoringTool, get_fixers_from_package
    spec = find_spec("three")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path_factory.mktemp("translated") / "three"
    folder.mkdir()
    tool = RefactoringTool(get_fixers_from_package("lib2to3.fixes"))
    for file in Path(spec.origin).parent.glob("*.py"):
        (folder / file.name).write_text(str(tool.refactor_string(file.read_text() + "\n", file.name)))
    sys.path.insert(0, str(folder.parent))
    try:
        yield importlib.import_module("three")
    finally:
        sys.path.remove(str(folder.parent))
        for name in [one for one in sys.modules if one.partition(".")[0] == "three"]:
            del sys.modules[name]


@pytest.fixture
def client(three: ModuleType, door: Door) -> Any:
    return three.Three(door.url, api_key=door.api_key, jurisdiction=JURISDICTION)


def test_three_lives_a_whole_report(door: Door, client: Any) -> None:
    assert client.discovery()["endpoints"][0]["url"] == door.url
    assert len(client.services()) == 188
    assert client.services("E0118")["attributes"][0]["code"] == "CONDITION"
    [filed] = client.post(
        "E0118", lat=24.4798, long=118.0894, description="three", name="Lin Xiao", phone="13800000000"
    )
    number = filed["service_request_id"]
    assert client.request(number)[0]["description"] == "three"
    assert number in [one["service_request_id"] for one in client.requests("E0118", count=10)]
    assert client.requests(start="01-01-2020", end="02-01-2020") == []


def test_three_sends_a_photo_along_and_follows_a_token(client: Any) -> None:
    photo = io.BytesIO(a_jpeg())
    photo.name = "dog.jpg"
    [filed] = client.post(
        "E0118", lat=24.4798, long=118.0894, description="three with photo", media=photo, response="token"
    )
    [found] = client.token(filed["token"])
    assert client.request(found["service_request_id"])[0]["status"] == "open"


def test_three_is_told_in_its_own_shape_what_was_wrong(three: ModuleType, door: Door) -> None:
    [error] = three.Three(door.url).post("E0118", lat=24.4798, long=118.0894, description="no key")
    assert error["code"] == 403
