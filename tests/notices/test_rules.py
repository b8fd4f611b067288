"""The words of notices and the patience of sending."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.notices import rules
from gridloop.notices.channels import protocol

DAY = dt.date(2026, 11, 22)
FACTS = {
    "number": "20261122-000001",
    "title": "井盖{缺失}",
    "title_zh": "停水{通知}",
    "title_en": "Water {off}",
    "text_zh": "t",
    "text_en": "t",
    "areas_zh": "思明区",
    "areas_en": "Siming",
    "from": "11-22 08:00",
    "until": "11-22 18:00",
    "over_zh": "已撤回",
    "over_en": "withdrawn",
    "code": "123456",
    "minutes": "5",
    "words_zh": "抢修中",
    "words_en": "under repair",
    "day": "2026-11-22",
    "every_zh": "每日",
    "every_en": "Daily",
    "head_zh": "超期 1",
    "head_en": "1 late",
    "body_zh": "b",
    "body_en": "b",
    "settings": "/console/settings",
    "step_zh": "派遣",
    "step_en": "dispatch",
    "unit_zh": "甲",
    "unit_en": "A",
    "due": "d",
    "reason_zh": "r",
    "reason_en": "r",
    "into": "n",
    "note": "n",
    "place_zh": "p",
    "place_en": "p",
    "class_zh": "c",
    "class_en": "c",
    "hours": "2",
}


@pytest.mark.parametrize("kind", [one.kind for one in rules.templates()])
def test_every_kind_speaks_both_languages_and_names_only_known_facts(kind: str) -> None:
    words = rules.words(kind, FACTS, DAY)
    assert words.title_zh
    assert words.title_en.isascii() or "井盖" in words.title_en
    assert rules.fields_of(rules.template(kind, DAY, rules.templates())) <= set(FACTS)
    assert set(words.channels) <= {"bell", "email", "sms"}
    if "sms" in words.channels:
        assert rules.sms_template(kind, DAY) != "GL_PLAIN"


def test_braces_in_a_title_are_text_and_not_filled_in() -> None:
    assert "井盖{缺失}" in rules.words("reported", FACTS, DAY).text_zh


def test_words_change_on_the_day_their_validity_says() -> None:
    old = rules.template("closed", DAY, rules.templates())
    kept = rules.Template(**{**{name: getattr(old, name) for name in old.__slots__}, "valid_to": DAY})
    new = rules.Template(
        **{**{name: getattr(old, name) for name in old.__slots__}, "valid_from": DAY, "title_en": "new"}
    )
    assert rules.template("closed", DAY - dt.timedelta(days=1), (kept, new)) is kept
    assert rules.template("closed", DAY, (kept, new)) is new


def test_a_kind_without_words_is_our_defect() -> None:
    with pytest.raises(LookupError, match=r"templates\.json"):
        rules.template("nonsense", DAY, rules.templates())


def test_attempts_wait_longer_each_time_and_end() -> None:
    waits = [rules.wait_after(number) for number in range(1, 9)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])


def test_a_signature_fits_only_its_own_request() -> None:
    said = {"method": "POST", "path": "/v1/messages", "timestamp": "1795000000", "nonce": "ab", "body": b"{}"}
    good = protocol.signature("key", **said)
    assert protocol.is_signed("key", good, **said)
    for other in ({"body": b"{ }"}, {"timestamp": "1795000001"}, {"nonce": "ac"}, {"path": "/v1/message"}):
        assert not protocol.is_signed("key", good, **{**said, **other})
    assert not protocol.is_signed("other", good, **said)
    assert not protocol.is_signed("key", "", **said)
