"""Phones that keep work: shares of their key, wrong PINs, wiping a lost one, and the drill of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.identity import actions, queries
from gridloop.identity.models import Device
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, NotSignedIn, Refused
from tests.builders import NOW, a_caller, a_client, a_person

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "r" * 43, "w" * 43
HOUR = dt.timedelta(hours=1)


def told(action: str) -> int:
    return Pending.objects.filter(action=action).count()


def test_the_right_pin_gets_the_same_share_again_and_a_new_day_without_network() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR, area="350203"))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    again = actions.device_share(made.token, RIGHT, by=worker, now=NOW + 5 * HOUR)
    assert again.share == made.share
    assert again.until == NOW + 29 * HOUR


def test_nothing_that_opens_the_phone_stands_in_the_clear() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    row = Device.objects.values_list("token_hash", "proof_hash", "share_sealed").get(pk=made.id)
    kept = b"".join(bytes(part) for part in row)
    assert not any(secret.encode() in kept for secret in (made.share, made.token, RIGHT))


def test_the_fifth_wrong_pin_takes_the_share_away_for_good() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    for left in (4, 3, 2, 1):
        with pytest.raises(Refused, match=f"{left} more wrong ones and the phone is emptied"):
            actions.device_share(made.token, WRONG, by=worker, now=NOW)
    with pytest.raises(Refused, match="the key of this phone was taken away"):
        actions.device_share(made.token, WRONG, by=worker, now=NOW)
    with pytest.raises(Refused, match="the key of this phone was taken away"):
        actions.device_share(made.token, RIGHT, by=worker, now=NOW)
    assert actions.wipe_wanted(made.token, now=NOW).kind == "wrong_pin"
    assert told("device.wrong_pin") == 5


def test_a_right_pin_forgives_the_wrong_ones_before_it() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    for _ in range(4):
        with pytest.raises(Refused):
            actions.device_share(made.token, WRONG, by=worker, now=NOW)
    actions.device_share(made.token, RIGHT, by=worker, now=NOW + HOUR)
    with pytest.raises(Refused, match="4 more wrong ones"):
        actions.device_share(made.token, WRONG, by=worker, now=NOW + HOUR)


def test_a_share_is_for_its_person_alone() -> None:
    worker, other = a_caller(a_person(Duty.COLLECTOR)), a_caller(a_person(Duty.COLLECTOR))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    with pytest.raises(NotAllowed, match="this phone keeps another person's work"):
        actions.device_share(made.token, RIGHT, by=other, now=NOW)
    with pytest.raises(NotSignedIn):
        actions.device_share(made.token, RIGHT, by=actions.caller_from(session_token="", now=NOW), now=NOW)
    with pytest.raises(Malformed, match="43 characters"):
        actions.register_device("Huawei", "short", by=worker, now=NOW)


def test_a_lost_phone_is_emptied_and_the_drill_has_its_date_and_its_time() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR, area="350203"))
    head = a_caller(a_person(Duty.SUPERVISOR, area="3502"))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    assert actions.wipe_wanted(made.token, now=NOW).kind == ""
    actions.wipe_device(made.id, "drill", "autumn drill", by=head, now=NOW + HOUR)
    assert actions.wipe_wanted(made.token, now=NOW + HOUR).kind == "drill"
    actions.confirm_wiped(made.token, now=NOW + HOUR + dt.timedelta(seconds=42))
    actions.confirm_wiped(made.token, now=NOW + 9 * HOUR)
    [row] = queries.devices_seen_by(head, now=NOW + 9 * HOUR)
    assert (row.wipe_kind, row.wipe_asked_at, row.wipe_asked_by, row.took_s) == ("drill", NOW + HOUR, head.name, 42)
    assert (told("device.registered"), told("device.wipe_asked"), told("device.wiped")) == (1, 1, 1)


def test_a_drill_turns_into_a_real_loss_and_no_second_wipe_is_asked() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    actions.wipe_device(made.id, "drill", "", by=worker, now=NOW)
    actions.wipe_device(made.id, "lost", "left in the bus", by=worker, now=NOW + HOUR)
    assert actions.wipe_wanted(made.token, now=NOW).kind == "lost"
    with pytest.raises(Refused, match="to be emptied already"):
        actions.wipe_device(made.id, "lost", "", by=worker, now=NOW + HOUR)


def test_phones_of_another_area_are_nobodys_business() -> None:
    worker = a_caller(a_person(Duty.COLLECTOR, area="350203"))
    stranger = a_caller(a_person(Duty.ADMIN, area="3501"))
    colleague = a_caller(a_person(Duty.COLLECTOR, area="350203"))
    made = actions.register_device("Huawei", RIGHT, by=worker, now=NOW)
    for other in (stranger, colleague):
        assert queries.devices_seen_by(other, now=NOW) == []
        with pytest.raises(NotFound, match="that you look after"):
            actions.wipe_device(made.id, "lost", "", by=other, now=NOW)


def test_a_phone_that_nobody_knows_empties_itself() -> None:
    assert actions.wipe_wanted("x" * 43, now=NOW).kind == "replaced"


def test_a_page_of_phones_is_one_statement() -> None:
    head = a_caller(a_person(Duty.ADMIN, area="3502"))
    for _ in range(3):
        actions.register_device("Huawei", RIGHT, by=a_caller(a_person(Duty.COLLECTOR, area="350203")), now=NOW)
    with CaptureQueriesContext(connection) as asked:
        assert len(queries.devices_seen_by(head, now=NOW)) == 3
    assert len(asked) == 1


def test_the_doors_speak_to_a_phone_that_is_not_signed_in() -> None:
    person = a_person(Duty.COLLECTOR)
    mine, lost = a_client(person), a_client()
    made = mine.post("/api/v1/devices", {"name": "P60", "proof": RIGHT}, content_type="application/json")
    assert made.status_code == 201
    token = made.json()["token"]
    wrong = mine.post("/api/v1/devices/share", {"token": token, "proof": WRONG}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["fields"]["pin"]) == (409, "4")
    wipe = mine.post(f"/api/v1/devices/{made.json()['id']}/wipe", {"kind": "lost"}, content_type="application/json")
    assert wipe.status_code == 204
    asked = lost.post("/api/v1/devices/check", {"token": token}, content_type="application/json")
    assert asked.json()["kind"] == "lost"
    assert lost.post("/api/v1/devices/wiped", {"token": token}, content_type="application/json").status_code == 204
    assert mine.get("/api/v1/devices").status_code == 401  # the finder holds an open page no longer
    assert a_client(person).get("/api/v1/devices").json()["items"][0]["wiped_at"] is not None
