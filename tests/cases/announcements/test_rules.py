"""What may be announced and who lets it go out, without a database; and CAP messages as the standard wants them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gridloop.cases.announcements.rules import cap
from gridloop.cases.announcements.rules.steps import STEPS, State, Verb, needs_second, phase, shared_lead, step_for
from gridloop.cases.announcements.rules.words import CATEGORIES, SEVERITIES, Said, checked
from gridloop.kernel.errors import Malformed, Refused
from tests.cases.announcements.cap_rules import CAP, VALUES, wrong_in

START = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
SAID = Said(
    "water", "莲前街道停水", "Water off in Lianqian", "抢修期间停水。", "No water during repairs.", ("350203003",), START, START + dt.timedelta(hours=8)
)  # fmt: skip
ORIGIN = cap.Origin("gridloop@city.example", "https://city.example", exercise=False)


def a_row(**other: Any) -> dict[str, Any]:
    return {
        "id": 7, "category": "water", "severity": "Minor", "title_zh": "停水", "title_en": "Water off <today> & tomorrow", "text_zh": "抢修", "text_en": "Repairs",
        "areas": [{"code": "350203003", "zh": "思明区莲前街道", "en": "Lianqian, Siming"}], "shape": None, "radius_m": None, "unit_zh": "水务", "unit_en": "Water",
        "starts_at": START, "ends_at": START + dt.timedelta(hours=8), "published_at": START - dt.timedelta(minutes=30), "ended_at": None, "withdrawn_at": None,
        "phase_zh": "即将开始", "phase_en": "coming",
    } | other  # fmt: skip


def test_words_are_tidied_and_areas_inside_others_left_out() -> None:
    kept = checked(replace(SAID, title_zh="  停水 \n 通知 ", areas=("350203003", "350203", "350203003", "350206")))
    assert kept.title_zh == "停水 通知"
    assert kept.areas == ("350203", "350206")


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"title_en": " "}, "title_en"),
        ({"text_zh": "x" * 2001}, "text_zh"),
        ({"category": "gossip"}, "category"),
        ({"severity": "Unknown"}, "severity"),
        ({"areas": ()}, "areas"),
        ({"areas": ("35020",)}, "areas"),
        ({"ends_at": START}, "ends_at"),
        ({"ends_at": START + dt.timedelta(days=367)}, "ends_at"),
        ({"lon": 118.1, "lat": 24.5}, "radius_m"),
        ({"lon": 118.1, "lat": 24.5, "radius_m": 5}, "radius_m"),
        ({"ring": ((118.1, 24.5), (118.2, 24.5))}, "ring"),
        ({"ring": ((0, 0), (1, 1), (1, 0), (0, 1))}, "ring"),
        ({"ring": ((0, 0), (2, 0), (1, 0), (1, 1))}, "ring"),
        ({"ring": ((0, 0), (1, 0), (2, 0))}, "ring"),
        ({"ring": ((0, 0), (2, 0), (2, 1), (1, 0), (0, 1))}, "ring"),
        ({"ring": ((0, 0), (1, 0), (1, 0), (1, 1))}, "ring"),
        ({"ring": ((0, 0), (1, 0), (1, 89))}, "lon"),
    ],
)
def test_what_cannot_be_announced_is_named_by_its_field(other: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as no:
        checked(replace(SAID, **other))
    assert field in (no.value.fields or {})


def test_a_closed_outline_is_the_same_as_an_open_one() -> None:
    corners = ((118.1, 24.5), (118.2, 24.5), (118.2, 24.6))
    assert checked(replace(SAID, ring=(*corners, corners[0]))).ring == corners


def test_an_outline_may_have_sides_in_one_line() -> None:
    """Two wings of a building that end at the same height do not cross."""
    corners = ((0, 0), (3, 0), (3, 2), (2, 2), (2, 1), (1, 1), (1, 2), (0, 2))
    ring = tuple((118.1 + x / 1000, 24.5 + y / 1000) for x, y in corners)
    assert checked(replace(SAID, ring=ring)).ring == ring


@pytest.mark.parametrize(
    ("areas", "two"),
    [(("350203",), False), (("350203003", "350203004"), False), (("3502",), True), (("350203", "350206"), True)],
)
def test_a_second_person_looks_where_more_than_one_county_is_told(areas: tuple[str, ...], two: bool) -> None:
    assert needs_second(areas) is two


def test_the_lead_is_what_all_areas_share() -> None:
    assert shared_lead(["350203", "350206001"]) == "35020"
    assert shared_lead(["350203003"]) == "350203003"


def test_a_step_that_is_not_open_says_which_are() -> None:
    with pytest.raises(Refused, match="this announcement is withdrawn; what can be done now: nothing"):
        step_for(State.WITHDRAWN, Verb.PUBLISH)
    with pytest.raises(Refused, match="approve, refuse, withdraw"):
        step_for(State.WAITING, Verb.PUBLISH)
    with pytest.raises(Malformed, match="say in a sentence why"):
        step_for(State.PUBLISHED, Verb.WITHDRAW, " ")


def test_nobody_lets_their_own_go_out_to_several_counties() -> None:
    assert all(step.second for (state, verb), step in STEPS.items() if verb in {Verb.APPROVE, Verb.REFUSE})
    assert (State.WAITING, Verb.PUBLISH) not in STEPS


def test_time_alone_makes_a_published_one_come_hold_and_end() -> None:
    ends = START + dt.timedelta(hours=1)
    moments = (START - dt.timedelta(seconds=1), START, ends)
    assert [phase("published", START, ends, now) for now in moments] == ["coming", "on", "ended"]
    assert phase("waiting", START, ends, ends) == "waiting"


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"shape": {"type": "Point", "coordinates": [118.1, 24.5]}, "radius_m": 350},
        {"shape": {"type": "Polygon", "coordinates": [[[118.1, 24.5], [118.2, 24.5], [118.2, 24.6], [118.1, 24.5]]]}},
        {"ended_at": START + dt.timedelta(hours=1), "ends_at": START + dt.timedelta(hours=1)},
        {"withdrawn_at": START},
        *({"category": one} for one in CATEGORIES),
        *({"severity": one} for one in SEVERITIES),
    ],
)
@pytest.mark.parametrize("exercise", [False, True])
def test_every_message_keeps_the_rules_of_cap(other: dict[str, Any], exercise: bool) -> None:
    assert wrong_in(cap.alert(a_row(**other), replace(ORIGIN, exercise=exercise))) == []


def test_a_broken_message_would_be_found() -> None:
    good = cap.alert(a_row(withdrawn_at=START), ORIGIN).decode()
    for was, becomes in (("Public", "All"), ("+08:00</sent>", "Z</sent>"), ("<scope>Public</scope>", ""), ("gridloop@city", "grid loop@city"),
                         ("<references>", "<references>x,")):  # fmt: skip
        assert was in good
        assert wrong_in(good.replace(was, becomes).encode()), becomes
    assert "Infra" in VALUES["category"]


def test_a_circle_is_in_kilometres_latitude_first_and_a_withdrawal_refers_to_what_went_out() -> None:
    row = a_row(shape={"type": "Point", "coordinates": [118.1, 24.5]}, radius_m=350, withdrawn_at=START)
    root = ET.fromstring(cap.alert(row, ORIGIN))
    assert root.findtext(f".//{CAP}circle") == "24.500000,118.100000 0.35"
    assert root.findtext(f"{CAP}msgType") == "Cancel"
    assert root.findtext(f"{CAP}references") == "gridloop@city.example,announcement-7.1,2026-11-23T08:30:00+08:00"
    assert [one.text for one in root.iter(f"{CAP}language")] == ["zh-CN", "en"]
    assert root.findtext(f".//{CAP}urgency") == "Immediate"


def test_the_feed_links_to_cap_and_says_how_it_stands() -> None:
    feed = ET.fromstring(cap.atom([a_row()], ORIGIN, title="通告", language="zh", now=START))
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}entry/{atom}title") == "[即将开始] 停水"
    links = {one.get("type"): one.get("href") for one in feed.findall(f"{atom}entry/{atom}link")}
    assert links["application/cap+xml"] == "https://city.example/api/v1/announcements/7/cap"
    assert all(feed.find(f"{atom}{name}") is not None for name in ("id", "title", "updated"))
