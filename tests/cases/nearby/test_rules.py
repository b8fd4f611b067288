"""What may be followed and how coarse it is kept."""

from __future__ import annotations

import pytest

from gridloop.cases.nearby import rules
from gridloop.cases.nearby.rules import News, Wanted
from gridloop.kernel.errors import Malformed

CLASSES = {"event:0118", "event:0102", "component:0103"}


def test_a_spot_is_kept_to_a_hundred_metres_and_its_radius_within_limits():
    kept = rules.checked(Wanted(lon=118.0894321, lat=24.4798765, radius_m=50), CLASSES)
    assert (kept.lon, kept.lat, kept.radius_m) == (118.089, 24.48, 200)
    assert rules.checked(Wanted(lon=118.1, lat=24.4, radius_m=90_000), CLASSES).radius_m == 3000


def test_classes_are_large_ones_or_single_ones_each_once():
    kept = rules.checked(Wanted("350203", classes=("event:01", "component:0103", "event:01")), CLASSES)
    assert kept.classes == ("component:0103", "event:01")


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted(), "either a division"),
        (Wanted("350203", lon=118.0, lat=24.0, radius_m=500), "either a division"),
        (Wanted(lon=118.0, lat=24.0), "either a division"),
        (Wanted("35"), "6, 9 or 12 digits"),
        (Wanted("350203", classes=("event:99",)), "GET /classes"),
        (Wanted("350203", classes=("event",)), "GET /classes"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_a_sentence(wanted: Wanted, sentence: str):
    with pytest.raises(Malformed, match=sentence):
        rules.checked(wanted, CLASSES)


def test_one_message_tells_of_all_areas_of_a_person():
    said = rules.said([News("鹭江街道", "Lujiang", 2, 0), News("思明区", "Siming", 3, 1)])
    assert said["head_zh"] == "新受理 5 件、办结 1 件"
    assert said["head_en"] == "5 taken on, 1 done"
    assert said["body_en"] == "Lujiang: 2 taken on\nSiming: 3 taken on, 1 done"
