"""What a web push is made of, against the vector of the standard and without a database."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gridloop.kernel.errors import Malformed
from gridloop.notices.push import rules

UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
GOOD = rules.Browser("https://push.example.net/send/abc", UA_PUBLIC, AUTH)


def test_a_message_is_sealed_as_the_standards_own_example():
    own = ec.derive_private_key(
        int.from_bytes(rules.bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    body = rules.sealed(
        b"When I grow up, I want to be a watermelon", GOOD, own=own, salt=rules.bytes_of("DGv6ra1nlYgDCS1FRnbzlw")
    )
    assert rules.unpadded(body) == (  # RFC 8291, 5
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.net/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/a",
        "https://localhost/a",
        "https://db.internal/a",
        "https://push.example.net:8443/a",
        "https://user@push.example.net/a",
        "https://push.example.net/a b",
        "ftp://push.example.net/a",
        "https://",
    ],
)
def test_an_endpoint_inside_the_house_or_without_tls_is_refused(endpoint: str):
    with pytest.raises(Malformed, match="https address of a public push service"):
        rules.checked(rules.Browser(endpoint, UA_PUBLIC, AUTH), private_allowed=False)


def test_a_public_endpoint_is_taken_and_private_ones_only_where_that_was_allowed():
    assert rules.checked(GOOD, private_allowed=False) is GOOD
    rules.checked(rules.Browser("http://127.0.0.1:9/a", UA_PUBLIC, AUTH), private_allowed=True)


@pytest.mark.parametrize(
    ("p256dh", "auth"), [("AAAA", AUTH), (UA_PUBLIC, "AAAA"), ("%%", AUTH), (UA_PUBLIC[:-4] + "AAAA", AUTH)]
)
def test_keys_that_are_no_keys_are_refused(p256dh: str, auth: str):
    with pytest.raises(Malformed, match="p256dh is a point"):
        rules.checked(rules.Browser(GOOD.endpoint, p256dh, auth), private_allowed=False)


def test_a_phone_is_told_title_number_and_language_and_nothing_else():
    said = json.loads(rules.payload("已结案" * 100, "case:20261122-000731", "zh"))
    assert set(said) == {"title", "number", "about", "lang"}
    assert said["number"] == "20261122-000731"
    assert len(said["title"]) == rules.TITLE_CHARS_MAX


def test_a_phone_is_told_the_number_of_an_announcement_and_of_nothing_else():
    assert json.loads(rules.payload("通告:停水", "announcement:12", "zh"))["number"] == "12"
    assert json.loads(rules.payload("x", "person:12", "zh"))["number"] == ""


def test_a_later_message_about_the_same_case_replaces_the_one_that_waits():
    assert rules.topic("case:1") == rules.topic("case:1") != rules.topic("case:2")
    assert len(rules.topic("case:1")) == 32
