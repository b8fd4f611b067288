"""The desk's doors over HTTP: shapes, ETags, keys, scope, fixed numbers of statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases import sql
from gridloop.cases.api.shapes import CaseCard, CasePage
from gridloop.cases.queries import facts, rows
from gridloop.kernel.duties import Duty
from tests.builders import SPOT, Crew, a_case, a_client, a_person

REPORT = {"text": "主路口井盖破损", "lon": SPOT[0], "lat": SPOT[1], "class_kind": "component", "class_code": "0101"}


@pytest.fixture
def desk(ground, db):
    return a_client(a_person(Duty.ACCEPTOR, Duty.SHIFT_LEADER, Duty.DISPATCHER))


def post(client, path, body, **headers):
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)


def test_a_report_becomes_a_card_with_owner_deadline_and_steps(desk):
    response = post(desk, "/cases", REPORT)

    assert response.status_code == 201, response.content
    card = CaseCard.model_validate(response.json())
    assert card.state == "reported"
    assert card.due_at is not None
    assert card.stage_due_at is not None
    assert card.place.startswith("350203")
    assert {action.verb for action in card.actions} >= {"register", "send_verify", "refuse", "void", "merge"}
    assert response["ETag"] == '"1"'


def test_creating_over_http_takes_three_statements(desk):
    post(desk, "/cases", REPORT)  # names and masters are known from here on

    with CaptureQueriesContext(connection) as seen:
        post(desk, "/cases", REPORT)

    assert len(seen) == 3, [query["sql"][:80] for query in seen]


def test_the_answer_to_a_report_is_the_card_that_anybody_else_reads(desk):
    contact = {"name": "林", "phone": "13800000001", "language": "en"}
    answered = post(desk, "/cases", REPORT | {"source": "hotline", "contact": contact}).json()

    read = desk.get(f"/api/v1/cases/{answered['number']}").json()

    assert answered == read


def test_a_card_finds_everything_by_an_index(desk):
    number = post(desk, "/cases", REPORT).json()["number"]
    statement = sql.text("card").replace("{facts}", facts.SELECTED).replace("{row}", rows.SELECTED)
    sql.run("set local enable_seqscan = off")

    plan = "\n".join(line for (line,) in sql.run(f"explain {statement}", {"number": number}))

    assert "Seq Scan" not in plan


def test_a_page_of_a_hundred_takes_at_most_three_statements(desk):
    for _ in range(3):
        post(desk, "/cases", REPORT)
    desk.get("/api/v1/cases?limit=100")

    with CaptureQueriesContext(connection) as seen:
        response = desk.get("/api/v1/cases?limit=100&place=350203&sort=due")

    assert len(CasePage.model_validate(response.json()).items) == 3
    assert len(seen) <= 3, [query["sql"][:80] for query in seen]


def test_the_same_key_is_the_same_report(desk):
    first = post(desk, "/cases", REPORT, **{"Idempotency-Key": "k1"}).json()["number"]
    again = post(desk, "/cases", REPORT, **{"Idempotency-Key": "k1"})
    other = post(desk, "/cases", REPORT | {"text": "另一处"}, **{"Idempotency-Key": "k1"})

    assert again.status_code == 201
    assert again.json()["number"] == first
    assert other.status_code == 409
    assert "Idempotency-Key was used for another request" in other.json()["detail"]


def test_a_step_on_an_old_version_says_who_was_faster(desk):
    number = post(desk, "/cases", REPORT).json()["number"]
    post(desk, f"/cases/{number}/steps", {"verb": "register"})

    late = post(desk, f"/cases/{number}/steps", {"verb": "void", "note": "x"}, **{"If-Match": '"1"'})

    assert late.status_code == 412
    assert "register" in late.json()["detail"]
    assert late.json()["fields"]["version"] == "2"


def test_a_case_of_another_district_is_not_there(crew: Crew):
    number = a_case(crew=crew)
    stranger = a_client(a_person(Duty.ACCEPTOR, area="350205"))

    assert stranger.get(f"/api/v1/cases/{number}").status_code == 404
    assert stranger.get("/api/v1/cases").json()["items"] == []
    assert post(stranger, f"/cases/{number}/steps", {"verb": "register", "class": "event:0102"}).status_code == 404
    assert post(stranger, "/cases", REPORT).status_code == 403


def test_a_look_is_written_to_the_ledger_of_the_case(crew: Crew):
    number = a_case(crew=crew)
    desk = a_client(a_person(Duty.ACCEPTOR))

    card = desk.get(f"/api/v1/cases/{number}").json()

    assert card["reporter"][0]["name"] == crew.citizen.name
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_pending where subject = %s and looked", [f"case:{number}"])
        assert cursor.fetchone()[0] == 1


def test_a_citizen_sees_only_their_own(crew: Crew):
    number = a_case(crew=crew)
    mine = a_client(crew.citizen.person_id)
    other = a_client(a_person())

    assert [row["number"] for row in mine.get("/api/v1/cases").json()["items"]] == [number]
    assert other.get("/api/v1/cases").json()["items"] == []


def test_pages_follow_one_another_without_gap_or_repeat(desk):
    numbers = [post(desk, "/cases", REPORT | {"text": f"第{n}处"}).json()["number"] for n in range(7)]

    for sort in ("-id", "id", "due"):
        seen, cursor = [], ""
        while True:
            page = desk.get(f"/api/v1/cases?limit=3&sort={sort}&cursor={cursor}").json()
            seen += [row["number"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(numbers)
        assert len(seen) == 7


@pytest.mark.parametrize("q", ["井盖", "主路口", "口井盖破"])
def test_words_of_the_text_find_the_case(desk, q):
    number = post(desk, "/cases", REPORT).json()["number"]
    post(desk, "/cases", REPORT | {"text": "垃圾成堆"})

    assert [row["number"] for row in desk.get(f"/api/v1/cases?q={q}").json()["items"]] == [number]


def test_a_list_can_be_taken_away_in_three_formats(desk):
    post(desk, "/cases", REPORT | {"text": "=HYPERLINK(1)"})

    csv = b"".join(desk.get("/api/v1/cases/export.csv").streaming_content).decode("utf-8-sig")
    geojson = b"".join(desk.get("/api/v1/cases/export.geojson").streaming_content)
    xlsx = b"".join(desk.get("/api/v1/cases/export.xlsx").streaming_content)

    assert "'=HYPERLINK(1)" in csv
    assert csv.count("\n") == 2
    assert b'"FeatureCollection"' in geojson
    assert geojson.count(b'"Point"') == 1
    assert xlsx[:2] == b"PK"


def test_the_map_tile_holds_the_open_case(desk):
    post(desk, "/cases", REPORT)

    world = desk.get("/api/v1/cases/tiles/0/0/0.mvt")

    assert world.status_code == 200
    assert b"reported" in world.content


@pytest.mark.parametrize(
    "bad",
    [
        "view=nope",
        "state=nope",
        "place=abc",
        "box=1,2",
        "cursor=zzz",
        "limit=0",
        "since=yesterday",
        "class=99999",
        "box=1,2,1,2",
    ],
)
def test_a_list_that_cannot_be_understood_is_malformed(desk, bad):
    assert desk.get(f"/api/v1/cases?{bad}").status_code == 422


def test_classes_and_loop_are_open_to_everybody(ground, db):
    client = a_client()

    table = client.get("/api/v1/classes").json()
    loop = client.get("/api/v1/loop").json()

    assert len(table["items"]) == 188
    assert sum(len(one["rules"]) for one in table["items"]) == 458
    assert len(loop["states"]) == 20
    assert "stateDiagram" in loop["diagram"]


def test_the_head_of_the_desk_counts_what_is_open(desk):
    post(desk, "/cases", REPORT)

    counts = desk.get("/api/v1/cases/counts").json()

    assert counts["open"] == 1
    assert counts["unacknowledged"] == 1
    assert counts["states"] == {"reported": 1}
    assert counts["opened_today"] == 1
