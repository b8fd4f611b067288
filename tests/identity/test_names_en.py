"""How people's names are written in English: said by their administrator, read by colleagues, never guessed."""

from __future__ import annotations

import pytest

from gridloop.audit.models import Pending
from gridloop.identity import actions, queries
from gridloop.identity.actions import NewPerson
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed
from tests.builders import BUILDER, NOW, a_caller, a_client, a_person, a_unit

pytestmark = pytest.mark.django_db


def named(name: str, name_en: str = "", *, login: str, unit_id: int | None = None) -> int:
    admin = a_caller(a_person(Duty.ADMIN, area="3502"))
    return actions.create_person(
        NewPerson(login=login, name=name, name_en=name_en, unit_id=unit_id or a_unit()), by=admin, now=NOW
    )


def test_an_administrator_says_and_takes_back_how_a_name_is_written_and_the_ledger_knows() -> None:
    admin, clerk = a_caller(a_person(Duty.ADMIN, area="3502")), named("陈伟", login="chen")
    actions.set_name_en(clerk, " Chen Wei ", by=admin, now=NOW)
    assert queries.names_en() == {"陈伟": "Chen Wei"}
    assert '"after":"Chen Wei","before":""' in bytes(Pending.objects.get(action="person.named").body).decode()
    actions.set_name_en(clerk, "Chen Wei", by=admin, now=NOW)
    assert Pending.objects.filter(action="person.named").count() == 1
    actions.set_name_en(clerk, "", by=admin, now=NOW)
    assert queries.names_en() == {}
    with pytest.raises(NotAllowed):
        actions.set_name_en(clerk, "Wei Chen", by=a_caller(a_person(Duty.ADMIN, area="3501")), now=NOW)


def test_a_name_that_two_people_write_differently_is_left_out() -> None:
    named("李娜", "Li Na", login="li1")
    named("李娜", "Lee Na", login="li2")
    named("王芳", "Wang Fang", login="wang1")
    named("王芳", "Wang Fang", login="wang2")
    named("赵敏", login="zhao")
    assert queries.names_en() == {"王芳": "Wang Fang"}


def test_the_doors_take_and_tell_both_names() -> None:
    client = a_client(a_person(Duty.ADMIN, area="3502"))
    form = {"login": "sun", "name": "孙丽", "name_en": "Sun Li", "unit_id": a_unit(), "email": "sun@example.org"}
    made = client.post("/api/v1/people", form, content_type="application/json")
    assert made.status_code == 201
    address = f"/api/v1/people/{made.json()['id']}/name"
    assert client.post(address, {"name_en": "Sun Lili"}, content_type="application/json").status_code == 204
    [found] = client.get("/api/v1/people", {"q": "lili"}).json()["items"]
    assert (found["name"], found["name_en"]) == ("孙丽", "Sun Lili")
    assert client.get("/api/v1/people/names").json() == {"names": {"孙丽": "Sun Lili"}}


def test_residents_do_not_read_the_names_of_those_who_work_here() -> None:
    named("陈伟", "Chen Wei", login="chen")
    assert a_client(a_person()).get("/api/v1/people/names").json() == {"names": {}}
    assert a_client(a_person(Duty.CITIZEN)).get("/api/v1/people/names").json() == {"names": {}}
    assert a_client(a_person(Duty.COLLECTOR)).get("/api/v1/people/names").json() == {"names": {"陈伟": "Chen Wei"}}


def test_grants_and_the_own_session_tell_the_english_name_too() -> None:
    person = a_person(Duty.ADMIN, area="3502")
    actions.set_name_en(person, "Wu Gang", by=BUILDER, now=NOW)
    session = a_client(person).get("/api/v1/session").json()
    assert session["person"]["name_en"] == "Wu Gang"
    assert session["grants"][0]["person_name_en"] == "Wu Gang"
