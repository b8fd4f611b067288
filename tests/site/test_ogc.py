"""OGC API Features: the door itself, and GDAL's ogrinfo as a client that others wrote."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import shapely
from pytest_django import DjangoDbBlocker

from gridloop.cases.actions.masters import load_masters
from gridloop.cases.evaluation.queries import openfeatures
from gridloop.cases.evaluation.queries.opendata import GRID_DEG, coarse
from gridloop.kernel import clock
from gridloop.kernel.clock import in_city
from gridloop.places import actions as places
from gridloop.places import queries as where
from gridloop.places.actions.components import NewComponent
from gridloop.places.models import Cell, Division
from tests.builders import BUILDER, SPOT, a_caller, a_person, a_report
from tests.served import empty_everything, web

pytestmark = pytest.mark.django_db
AROUND = f"{SPOT[0] - 0.01},{SPOT[1] - 0.01},{SPOT[0] + 0.014},{SPOT[1] + 0.01}"  # two of the three cases, as they are published
SECRET = "王小明家门口 13800000000"


@pytest.fixture(scope="module")
def address(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The running door over a small ground: divisions, 12 components, 3 open cases. Counts of them are kept in the module's tests."""
    var: Path = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock():
        now = clock.now()
        try:
            places.load_divisions(by=BUILDER, now=now)
            area = shapely.intersection(where.outline("350203"), where.circle_of_cells(*SPOT, 150))
            places.make_cells("试点区", area, by=BUILDER, now=now, name_en="Pilot area")
            load_masters(by=BUILDER, now=now)
            spots = [
                NewComponent(SPOT[0] + at / 10_000, SPOT[1], "0101", "井盖", owner_unit_id=7, note=SECRET)
                for at in range(12)
            ]
            places.register_components(spots, by=BUILDER, now=now)
            citizen = a_caller(a_person(now=now), now=now)
            for at in range(3):
                a_report(SECRET, by=citizen, now=now, lon=SPOT[0] + at / 100)
            with web(var) as served:
                yield f"{served}/ogc"
        finally:
            empty_everything()


def get(
    address: str, path: str = "", *, status: int = 200, accept: str = "application/json", **query: str
) -> httpx.Response:
    answer = httpx.get(
        f"{address}{path}", params=query, headers={"Accept": accept, "Accept-Language": "en"}, timeout=30
    )
    assert answer.status_code == status, answer.text
    return answer


def items(address: str, name: str, **query: str) -> dict:
    return get(address, f"/collections/{name}/items", **query).json()


def linked(document: dict, rel: str) -> str:
    return next((link["href"] for link in document["links"] if link["rel"] == rel), "")


def test_the_landing_page_leads_everywhere_and_everything_has_two_forms(address: str) -> None:
    landing = get(address, "/").json()
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert httpx.get(linked(landing, rel)).status_code == 200, rel
    said = httpx.get(linked(landing, "conformance")).json()["conformsTo"]
    assert {one.rpartition("/")[2] for one in said} == {"core", "oas30", "html", "geojson"}
    assert [one["id"] for one in get(address, "/collections").json()["collections"]] == [
        "divisions",
        "cells",
        "components",
        "cases",
    ]
    for path in (
        "/",
        "/conformance",
        "/api",
        "/collections",
        "/collections/cells",
        "/collections/cells/items",
        "/collections/divisions/items/350203",
    ):
        page = get(address, path, accept="text/html,*/*")
        assert page.headers["Content-Type"].startswith("text/html"), path
        assert page.text.startswith('<!doctype html><html lang="en">')
    assert get(address, "").json()["links"] == landing["links"]


def test_the_definition_is_openapi_and_names_every_address(address: str) -> None:
    answer = get(address, "/api")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    definition = answer.json()
    assert definition["openapi"].startswith("3.0.")
    assert "/collections/cases/items/{featureId}" in definition["paths"]
    names = {
        one["$ref"].rpartition("/")[2] for one in definition["paths"]["/collections/cases/items"]["get"]["parameters"]
    }
    assert names == {"bbox", "datetime", "limit", "cursor", "f"} <= set(definition["components"]["parameters"])


@pytest.mark.parametrize("limit", ["3", "7", "1000"])
def test_pages_follow_one_another_by_links_to_the_end(address: str, limit: str) -> None:
    page = items(address, "divisions", limit=limit, bbox="118.0,24.4,118.3,24.6")
    matched, seen = page["numberMatched"], []
    while True:
        seen += [one["id"] for one in page["features"]]
        assert page["numberReturned"] == len(page["features"]) <= int(limit)
        if not linked(page, "next"):
            break
        page = httpx.get(linked(page, "next")).json()
    assert len(seen) == len(set(seen)) == matched > 7


def test_the_largest_page_is_not_the_last_one(address: str) -> None:
    first = items(address, "divisions", limit="5000")
    assert first["numberReturned"] == 1000
    assert linked(first, "next")
    assert first["numberMatched"] == Division.objects.filter(valid_to=None).count()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"colour": "red"}, "there is no parameter 'colour' here"), ({"bbox": "1,2,3"}, "bbox is west,south,east,north"),
        ({"bbox": "0,50,10,40"}, "bbox is west"), ({"limit": "0"}, "limit is a number from 1 to 1000"), ({"limit": "x"}, "limit is a number"),
        ({"datetime": "yesterday"}, "datetime 'yesterday' is no moment"), ({"datetime": "2026-12-01/2026-11-01"}, "is no moment"),
        ({"cursor": "abc"}, "this cursor is not ours"), ({"f": "xml"}, "f is json or html"),
    ],
)  # fmt: skip
def test_what_the_standard_does_not_know_is_a_problem_with_a_sentence(
    address: str, query: dict[str, str], sentence: str
) -> None:
    answer = get(address, "/collections/cases/items", status=400, **query)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


def test_what_is_not_there_is_404_and_nothing_can_be_written(address: str) -> None:
    for path in ("/collections/vehicles", "/collections/cases/items/1", "/collections/cells/items/x", "/nowhere"):
        assert get(address, path, status=404).headers["Content-Type"] == "application/problem+json"
    refused = httpx.post(f"{address}/collections/cases/items", json={})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_cases_tell_no_person_no_words_and_no_house(address: str) -> None:
    page = items(address, "cases")
    assert page["numberReturned"] == 3
    assert "王小明" not in json.dumps(page, ensure_ascii=False)
    for one in page["features"]:
        assert not {"text", "title", "address", "reporter", "closed_on"} & set(one["properties"])
        assert one["geometry"]["coordinates"] == [coarse(degrees) for degrees in one["geometry"]["coordinates"]]
        assert get(address, f"/collections/cases/items/{one['id']}").json()["properties"] == one["properties"]
    assert SECRET not in get(address, "/collections/components/items").text


def test_a_box_is_compared_with_what_is_published_not_with_where_the_case_is(address: str) -> None:
    """Else ever smaller boxes would close in on the house."""
    shown = items(address, "cases", limit="1")["features"][0]["geometry"]["coordinates"]
    tiny = ",".join(str(round(shown[at % 2] + (1e-5 if at > 1 else -1e-5), 6)) for at in range(4))
    assert items(address, "cases", bbox=tiny)["numberMatched"] == 1
    kept = f"{SPOT[0] - 1e-5},{SPOT[1] - 1e-5},{SPOT[0] + 1e-5},{SPOT[1] + 1e-5}"
    assert abs(SPOT[0] - coarse(SPOT[0])) > 1e-4
    assert items(address, "cases", bbox=kept)["numberMatched"] == 0
    assert items(address, "cases", bbox="170,-10,-170,10")["numberMatched"] == 0


@pytest.mark.parametrize("degrees", [118.11, 24.475, 118.1111, 0.001, -71.05])
def test_edges_of_the_lattice_hold_exactly_the_squares_whose_middle_is_inside(degrees: float) -> None:
    middle = coarse(degrees)
    assert openfeatures.lower(middle) <= degrees < openfeatures.upper(middle)
    assert openfeatures.lower(middle + GRID_DEG / 100) > degrees
    assert openfeatures.upper(middle - GRID_DEG / 100) <= degrees


def test_days_narrow_the_cases_and_leave_what_has_no_time(address: str) -> None:
    today = in_city(clock.now()).date().isoformat()
    for said, n in ((today, 3), (f"{today}/..", 3), (f"../{today}T23:59:59+08:00", 3), ("2020-01-01/2020-12-31", 0)):
        assert items(address, "cases", datetime=said)["numberMatched"] == n, said
    assert items(address, "cells", datetime="2020-01-01")["numberMatched"] == Cell.objects.count()


def ogrinfo(address: str, *arguments: str) -> str:
    """GDAL's own client; it comes with the system packages that tests need, so it is never skipped."""
    program = shutil.which("ogrinfo")
    assert program, "ogrinfo is missing; ./gridloop doctor says which package brings it (gdal-bin)"
    done = subprocess.run(
        [program, "-ro", f"OAPIF:{address}/", *arguments], capture_output=True, text=True, check=False, timeout=120, env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def count_of(said: str) -> int:
    found = re.search(r"Feature Count: (\d+)", said)
    assert found, said
    return int(found[1])


def test_ogrinfo_finds_the_layers_counts_them_and_reads_their_fields(address: str) -> None:
    layers = ogrinfo(address)
    assert re.findall(r"^\d+: (\w+)", layers, re.MULTILINE) == ["divisions", "cells", "components", "cases"]
    said = ogrinfo(address, "components", "-so")
    assert count_of(said) == 12
    assert "Geometry: Point" in said
    assert "subclass: String" in said
    assert "owner" not in said
    assert count_of(ogrinfo(address, "cells", "-so")) == Cell.objects.count()


def test_ogrinfo_asks_by_box_and_by_attribute(address: str) -> None:
    west, south, east, north = AROUND.split(",")
    assert count_of(ogrinfo(address, "cases", "-so", "-spat", west, south, east, north)) == 2
    found = ogrinfo(
        address, "divisions", "-q", "-geom=NO", "-where", "name_en='Siming District'", "-oo", "PAGE_SIZE=1000"
    )
    assert "code (String) = 350203000000" in found
    assert found.count("OGRFeature(divisions)") == 1
