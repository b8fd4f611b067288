"""What plates, numbers, hours, borders and rules may say; no database."""

from __future__ import annotations

import pytest
import shapely

from gridloop.fleet.rules.areas import NewRule, checked_rule
from gridloop.fleet.rules.borders import checked_border
from gridloop.fleet.rules.kinds import RULE_KINDS, RuleKind, ShapeKind
from gridloop.fleet.rules.params import SHAPES, checked_params
from gridloop.fleet.rules.plates import plate_of, terminal_name
from gridloop.fleet.rules.spans import checked_spans, checked_weekly, weekly_words
from gridloop.fleet.rules.words import VERBS, rule_words
from gridloop.kernel.errors import Malformed

CITY = (117.8, 24.4, 118.5, 24.9)
SQUARE = shapely.box(118.08, 24.45, 118.09, 24.46)
NAMES = {"fences": {"old-town": ("老城区", "Old town")}, "occasions": {"expo": ("博览会", "Expo")}}


def border(kind: ShapeKind, geometry, **more):
    return checked_border(kind, geometry, **({"radius_m": None, "width_m": None, "city": CITY} | more))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("闽d·12345", "闽D12345"), (" 闽DA1234学 ", "闽DA1234学"), ("WJ闽12345", "WJ闽12345"), ("示D00001", "示D00001")],
)
def test_plates_are_written_one_way(typed, kept):
    assert plate_of(typed) == kept


@pytest.mark.parametrize("typed", ["", "12", "闽D", "闽DABCDE", "闽D12345678901", "<script>1"])
def test_what_is_no_plate_is_refused(typed):
    with pytest.raises(Malformed, match="is no number plate"):
        plate_of(typed)


def test_a_terminal_of_jt808_is_its_phone_number_without_leading_zeros():
    assert terminal_name("jt808", "013900000001") == "13900000001"
    assert terminal_name("mqtt", "bus/17") == "bus/17"
    with pytest.raises(Malformed, match="phone number of 1 to 20 digits"):
        terminal_name("jt808", "000")


def test_every_kind_of_rule_has_a_shape_and_a_verb():
    assert set(SHAPES) == set(VERBS) == set(RULE_KINDS) == set(RuleKind)


def test_usual_numbers_are_filled_in_where_they_are_needed():
    assert checked_params(RuleKind.GATHERING, {"within_m": 50}) == {"within_m": 50, "for_s": 300}
    assert checked_params(RuleKind.REST, {"clauses": ["day_total", "continuous"], "stop": "02:00-05:00"}) == {
        "clauses": ["continuous", "day_total"],
        "stop": "02:00-05:00",
    }


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        (RuleKind.DWELL, {}, "'longest stay' .* is missing"),
        (RuleKind.REST, {"stop": "2-5"}, "span of hours"),
        (RuleKind.REST, {"clauses": ["sleep"]}, "names some of continuous"),
        (RuleKind.OFF_TIME, {"must_declare": 1}, "true or false"),
        (RuleKind.SPEED, {"limit_kmh": 300}, "lies between 5 and 120 km/h"),
        (RuleKind.SPEED, {"limit_kmh": float("nan")}, "lies between"),
        (RuleKind.SPEED, {"limit_kmh": "60"}, "is a number"),
        (RuleKind.SPEED, {"limit_kmh": True}, "is a number"),
        (RuleKind.NO_GO, {"limit_kmh": 60}, "has no parameter 'limit_kmh'; it has none"),
    ],
)
def test_impossible_numbers_are_refused(kind, said, sentence):
    with pytest.raises(Malformed, match=sentence):
        checked_params(kind, said)


def test_hours_may_run_past_midnight_and_are_told_in_words():
    weekly = checked_weekly([[day, "22:00", "06:00"] for day in (5, 1, 2, 3, 4)])
    assert weekly_words(weekly, zh=False) == "Mon-Fri 22:00-next day 06:00"
    assert weekly_words(weekly, zh=True) == "周一至周五 22:00-次日06:00"
    assert weekly_words([[day, "07:00", "24:00"] for day in range(1, 8)], zh=False) == "daily 07:00-24:00"


@pytest.mark.parametrize(
    "row",
    [
        [0, "07:00", "09:00"],
        [8, "07:00", "09:00"],
        [1, "7:00", "09:00"],
        [1, "09:00", "09:00"],
        [True, "07:00", "09:00"],
        ["1"],
        "x",
    ],
)
def test_hours_that_cannot_be_are_refused(row):
    with pytest.raises(Malformed, match="hours"):
        checked_weekly([row])


def test_spans_are_put_in_order_and_must_not_overlap():
    later, first = ["2026-12-02T08:00", "2026-12-02T18:00"], ["2026-12-01T08:00", "2026-12-01T18:00"]
    assert checked_spans([later, first])[0][0] == "2026-12-01T08:00:00+08:00"
    with pytest.raises(Malformed, match="overlap"):
        checked_spans([first, ["2026-12-01T12:00", "2026-12-01T20:00"]])
    with pytest.raises(Malformed, match="ends after it starts"):
        checked_spans([first[::-1]])
    with pytest.raises(Malformed, match="1 to 200 spans"):
        checked_spans([])


def test_a_square_kilometre_is_measured_as_one_and_lies_in_the_city():
    found = border(ShapeKind.AREA, SQUARE.__geo_interface__)
    assert (round(found.area_m2 / 1e4), found.notes) == (113, ())


def test_holes_are_kept_and_circles_and_corridors_have_their_size():
    holed = SQUARE.difference(shapely.box(118.083, 24.453, 118.087, 24.457))
    assert len(border(ShapeKind.AREA, holed).geom.interiors) == 1
    assert border(ShapeKind.CIRCLE, shapely.Point(118.1, 24.5), radius_m=100).radius_m == 100
    line = shapely.LineString([(118.1, 24.5), (118.11, 24.5)])
    assert 20_000 < border(ShapeKind.CORRIDOR, line, width_m=20).area_m2 < 21_000


def test_a_fence_elsewhere_is_kept_and_said():
    assert "outside of the city" in border(ShapeKind.CIRCLE, shapely.Point(120.0, 30.0), radius_m=100).notes[0][0]
    reaching = shapely.box(118.4, 24.8, 118.6, 24.85)
    assert "reaches out of the city" in border(ShapeKind.AREA, reaching).notes[0][0]


BOW = {
    "type": "Polygon",
    "coordinates": [[[118.08, 24.45], [118.09, 24.46], [118.09, 24.45], [118.08, 24.46], [118.08, 24.45]]],
}


@pytest.mark.parametrize(
    ("kind", "geometry", "more", "sentence"),
    [
        (ShapeKind.AREA, BOW, {}, r"broken: Self-intersection near 118.085, 24.455"),
        (ShapeKind.AREA, shapely.Point(118, 24), {}, "is drawn as Polygon or MultiPolygon, not as Point"),
        (ShapeKind.AREA, shapely.box(24.45, 118.08, 24.46, 118.09), {}, "longitude comes first"),
        (ShapeKind.AREA, shapely.box(500000, 2700000, 500100, 2700100), {}, "coordinates are degrees"),
        (ShapeKind.AREA, shapely.box(118.08, 24.45, 118.08001, 24.45001), {}, "area lies between 100 and"),
        (ShapeKind.AREA, {"type": "Polygon"}, {}, "no GeoJSON geometry"),
        (ShapeKind.AREA, {"type": "Polygon", "coordinates": "x"}, {}, "no GeoJSON geometry"),
        (ShapeKind.AREA, {"type": "Polygon", "coordinates": []}, {}, "not as nothing"),
        (ShapeKind.CIRCLE, shapely.Point(118, 24.5), {}, "radius lies between 10 and 50,000 m$"),
        (ShapeKind.CIRCLE, shapely.Point(118, 24.5), {"radius_m": 2}, "not 2"),
        (ShapeKind.CORRIDOR, shapely.LineString([(118.1, 24.5), (118.2, 24.5)]), {"width_m": 1}, "full width lies between"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_fence_says_why(kind, geometry, more, sentence):
    with pytest.raises(Malformed, match=sentence):
        border(kind, geometry, **more)


def a_rule(**said) -> NewRule:
    return NewRule(
        **({"code": "r1", "kind": "no_go", "name_zh": "禁行", "fences": ("old-town",), "kinds": ("hazmat",)} | said)
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"fences": ()}, "names at least one fence"),
        ({"kind": "rest"}, "names no fence"),
        ({"kind": "fly"}, "no kind of rule"),
        ({"severity": "loud"}, "severity is one of"),
        ({"kinds": ("rocket",)}, "no kind of vehicle"),
        ({"holidays": "maybe"}, "'only' or 'never'"),
        ({"code": "a b"}, "is no code"),
        ({"name_zh": " "}, "1 to 200 characters"),
        ({"case_class": "0116"}, "written as event:0116"),
    ],
)
def test_a_rule_that_says_too_little_or_nonsense_is_refused(said, sentence):
    with pytest.raises(Malformed, match=sentence):
        checked_rule(a_rule(**said))


def test_a_rule_is_told_in_one_sentence():
    zh, en = rule_words(
        checked_rule(
            a_rule(weekly=([1, "07:00", "09:00"],), holidays="never", occasion="expo", permit_kinds=("hazmat_zone",))
        ).said(),
        NAMES,
    )
    assert (
        en
        == "Hazardous-goods trucks must not enter Old town; Mon 07:00-09:00, not on public holidays, during Expo; lifted by: hazardous-goods zone permit."
    )
    assert (
        zh
        == "危险货物运输车不得驶入老城区;周一 07:00-09:00、法定节假日除外、博览会期间;持有危险货物限行区域通行证的除外。"
    )
    _, everybody = rule_words(
        checked_rule(NewRule("s", "speed", "限速", params={"limit_kmh": 60, "night_share": 0.8})).said(), NAMES
    )
    assert everybody == "All vehicles keep to a speed limit (speed limit 60 km/h; night factor 80 %); at all times."
