"""What is asked of terminals and what they bring: orders and answers, packets, pictures, driver cards."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from gridloop.fleet.gateway.drivers import token_of
from gridloop.fleet.gateway.orders import message_of
from gridloop.fleet.jt808 import Edition, Header, Message, encode_parts
from tests.fleet.gateway.conftest import now
from tests.fleet.gateway.terminal import position

pytestmark = pytest.mark.django_db
PHONE, PLATE = "13900000001", "闽D00001"


def an_order(town, vehicle, verb, said="{}", *, minutes_ago=0):
    order = town.one(
        "insert into fleet_order (vehicle_id, verb, said, answer, asked_at) values (%s, %s, %s, '{}', now() - make_interval(mins => %s)) returning id",
        vehicle, verb, said, minutes_ago,
    )  # fmt: skip
    town.do("select pg_notify('fleet_orders', '')")
    return order


def became(town, order, state):
    town.becomes("select state from fleet_order where id = %s", state, order)
    return town.one("select answer from fleet_order where id = %s", order)


def ack(terminal, message, result=0):
    terminal.say(0x0001, {"acked_serial": message.header.serial, "acked_id": message.header.id, "result": result})


def test_a_text_reaches_the_driver_and_the_order_is_done(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    order = an_order(town, vehicle, "text", '{"text": "前方学校,请减速"}')
    heard = terminal.hear(0x8300)
    assert heard.body["text"] == "前方学校,请减速"
    became(town, order, "sent")
    ack(terminal, heard)
    became(town, order, "done")


def test_an_order_waits_for_its_terminal_and_a_refusal_is_kept(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    order = an_order(town, vehicle, "track", '{"interval_s": 5, "lasts_s": 600}')
    terminal = gateway.signed_in(PHONE, edition=Edition.V2019)
    heard = terminal.hear(0x8202)
    assert (heard.body["interval"], heard.body["lasts"]) == (5, 600)
    ack(terminal, heard, 3)
    assert became(town, order, "refused") == {"result": 3}


def test_an_order_nobody_could_be_given_ends_with_a_sentence(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    assert "not connected" in became(town, an_order(town, vehicle, "locate", minutes_ago=11), "unreachable")["en"]
    wrong = became(town, an_order(town, vehicle, "text"), "refused")
    assert "cannot be sent" in wrong["en"]


def test_locating_answers_the_order_and_stores_the_position(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    order = an_order(town, vehicle, "locate")
    heard = terminal.hear(0x8201)
    at = now()
    assert terminal.ask(0x0201, {"acked_serial": heard.header.serial, "position": position(at, 118.2, 24.6)}) == 0
    assert became(town, order, "done")["lon"] == pytest.approx(118.2)
    assert town.rows("select lon_e7, at from fleet_position") == [(1_182_000_000, at)]


def test_parameters_are_set_and_asked(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    done = an_order(town, vehicle, "parameters", '{"parameters": {"0x0029": 10}}')
    heard = terminal.hear(0x8103)
    assert [tuple(item) for item in heard.body["parameters"]] == [(0x29, 10)]
    ack(terminal, heard)
    became(town, done, "done")
    asked = an_order(town, vehicle, "ask_parameters")
    heard = terminal.hear(0x8104)
    assert terminal.ask(0x0104, {"acked_serial": heard.header.serial, "parameters": [(0x29, 10)]}) == 0
    assert became(town, asked, "done")["said"]["parameters"] == [{"id": "0x29", "value": 10}]


def test_a_picture_in_packets_is_kept_once_and_a_missing_packet_is_asked_for(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    picture = bytes(range(256)) * 12
    body = {
        "media": 5, "kind": 0, "format": 0, "event": 1, "channel": 2,
        "position": {name: value for name, value in position(now()).items() if name != "extras"}, "data": picture,
    }  # fmt: skip
    frames = encode_parts(Message(Header(0x0801, terminal.phone, 500), body))
    for frame in [frames[0], *frames[2:]]:
        terminal.say_raw(frame)
    missing = terminal.hear(0x8003)
    assert (missing.body["first_serial"], list(missing.body["parts"])) == (500, [2])
    terminal.say_raw(frames[1])
    assert terminal.hear(0x8800).body["media"] == 5
    row = town.rows("select media, format, event, channel, size, file from fleet_upload")
    assert row[0][:5] == ("image", "jpeg", 1, 2, len(picture))
    assert (
        hashlib.sha256((gateway.settings.folder / row[0][5]).read_bytes()).digest() == hashlib.sha256(picture).digest()
    )
    terminal.say(0x0801, body)
    terminal.hear(0x8800)
    assert town.one("select count(*) from fleet_upload") == 1


def test_a_drivers_card_leaves_a_keyed_number_and_no_name(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    at = now()
    card = {
        "state": 1, "time": at, "card_result": 0, "name": "王小明", "qualification": "35020019900101001X", "issuer": "厦门",
        "valid_to": dt.date(2030, 1, 1),
    }  # fmt: skip
    assert terminal.ask(0x0702, card) == 0
    assert terminal.ask(0x0702, {"state": 2, "time": at + dt.timedelta(hours=1)}) == 0
    token = token_of(b"k", "35020019900101001X")
    town.becomes("select count(*) from fleet_shift", 2)
    assert town.rows("select vehicle_id, token from fleet_shift order by at") == [(vehicle, token), (vehicle, None)]


@pytest.mark.parametrize(
    ("verb", "said", "number"),
    [("picture", {}, 0x8801), ("ask_parameters", {"ids": ["0x29"]}, 0x8106), ("track", {"interval_s": 0}, 0x8202)],
)
def test_every_order_is_a_message_that_can_be_written(verb, said, number):
    message_id, body, _ = message_of(verb, said, Edition.V2019)
    assert message_id == number
    assert encode_parts(Message(Header(message_id, PHONE, 1, Edition.V2019), body))


def test_an_order_that_there_is_not_says_which_there_are():
    with pytest.raises(ValueError, match="there are text, locate, track, parameters, ask_parameters and picture"):
        message_of("sing", {}, Edition.V2013)
