"""What is read out of addresses: every form that people use, and nothing that breaks the reader."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines.addresses import Gazetteer, english_key, read
from gridloop.engines.addresses.parts import number_of

STREETS = {
    "兴业路": "Xingye Road", "莲前西路": "Lianqian West Road", "湖滨南路": "Hubin South Road", "湖滨东路": "Hubin East Road", "厦禾路": "Xiahe Road",
    "中山路": "Zhongshan Road", "思明南路": "Siming South Road", "嘉禾路": "Jiahe Road", "莲秀三里": "Lianxiu Third Alley", "天水路": "Tianshui Road",
    "环岛东路": "Huandao East Road", "仙岳路": "Xianyue Road",
}  # fmt: skip
OTHERS = {
    "文灶": "metro",
    "天水路": "metro",
    "九州通": "poi",
    "世贸商城": "poi",
    "莲花新城": "estate",
    "厦门站": "metro",
}
DIVISIONS = ("厦门市", "思明区", "湖里区", "厦港街道", "莲花北社区", "鼓浪屿街道")
ENGLISH = STREETS | {"文灶": "Wenzao Station", "世贸商城": "Shimao Mall", "思明区": "Siming District"}


def known() -> Gazetteer:
    kinds: dict[str, set[str]] = {name: {"street"} for name in STREETS}
    for name, kind in OTHERS.items():
        kinds.setdefault(name, set()).add(kind)
    for name in DIVISIONS:
        kinds[name] = {"division"}
    return Gazetteer(
        {name: frozenset(found) for name, found in kinds.items()},
        {english_key(en): (zh,) for zh, en in ENGLISH.items()} | {english_key("Wenzao"): ("文灶",)},
    )


KNOWN = known()
FORMS = [
    ("兴业路九州通西侧25米", {"street": "兴业路", "place": "九州通", "bearing": 270.0, "distance_m": 25.0, "relation": "place"}),
    ("莲前西路2号", {"street": "莲前西路", "number": "2", "relation": "number"}),
    ("湖滨南路与湖滨东路交叉口", {"street": "湖滨南路", "cross": "湖滨东路", "relation": "junction"}),
    ("湖滨南路和湖滨东路路口", {"street": "湖滨南路", "cross": "湖滨东路", "relation": "junction"}),
    ("湖滨南路湖滨东路交汇处", {"street": "湖滨南路", "cross": "湖滨东路", "relation": "junction"}),
    ("湖滨南路、湖滨东路十字路口有积水", {"street": "湖滨南路", "cross": "湖滨东路", "relation": "junction"}),
    ("湖滨南路/湖滨东路", {"street": "湖滨南路", "cross": "湖滨东路", "relation": "junction"}),
    ("厦门市思明区厦港街道莲花北社区莲前西路12号3栋", {"divisions": ("厦门市", "思明区", "厦港街道", "莲花北社区"), "number": "12", "building": "3栋"}),
    ("思明区莲前西路12号A座", {"number": "12", "building": "A座", "divisions": ("思明区",)}),
    ("莲前西路12-3号", {"number": "12-3"}),
    ("莲前西路12号之5", {"number": "12-5"}),
    ("莲前西路十二号", {"number": "12"}),
    ("莲前西路 188 号门口", {"number": "188"}),
    ("莲前西路188号楼前", {"number": "", "street": "莲前西路"}),
    ("文灶站", {"place": "文灶", "place_kind": "metro", "relation": "place"}),
    ("文灶地铁站2号口", {"place": "文灶", "exit": "2号口"}),
    ("文灶站A口附近有流动摊贩", {"place": "文灶", "exit": "A口"}),
    ("天水路地铁站", {"place": "天水路", "place_kind": "metro"}),
    ("天水路上有坑", {"street": "天水路", "relation": "street"}),
    ("厦门站东南侧100米", {"place": "厦门站", "bearing": 135.0, "distance_m": 100.0}),
    ("世贸商城对面", {"place": "世贸商城", "place_kind": "poi"}),
    ("思明南路世贸商城门口", {"street": "思明南路", "place": "世贸商城", "relation": "place"}),
    ("莲花新城小区内", {"place": "莲花新城", "place_kind": "estate"}),
    ("湖滨南路与湖滨东路交叉口往东50米", {"relation": "junction", "bearing": 90.0, "distance_m": 50.0}),
    ("湖滨南路湖滨东路路口以北三十米", {"relation": "junction", "distance_m": 30.0}),
    ("湖滨南路湖滨东路路口北侧约一百五十米", {"bearing": 0.0, "distance_m": 150.0}),
    ("文灶站往西1.5公里", {"bearing": 270.0, "distance_m": 1500.0}),
    ("文灶站50米以西", {"bearing": 270.0, "distance_m": 50.0}),
    ("距文灶站50米", {"place": "文灶", "distance_m": 50.0, "bearing": None}),
    ("嘉禾路(湖滨南路至仙岳路段)路灯不亮", {"relation": "between", "street": "嘉禾路", "cross": "湖滨南路", "until": "仙岳路"}),
    ("嘉禾路湖滨南路到仙岳路之间", {"relation": "between", "until": "仙岳路"}),
    ("环岛东路东侧人行道", {"street": "环岛东路", "bearing": 90.0}),
    ("莲秀三里5号", {"street": "莲秀三里", "number": "5"}),
    ("群众反映,在中山路23号旁边有一堆垃圾", {"street": "中山路", "number": "23"}),
    ("您好,我在厦禾路这边,井盖坏了", {"street": "厦禾路", "relation": "street"}),
    ("思明区厦港街道", {"divisions": ("思明区", "厦港街道"), "relation": "division"}),
    ("新丰路8号", {"street": "新丰路", "number": "8", "unknown": ("新丰路",)}),
    ("新丰路与中山路交叉口", {"relation": "junction", "street": "新丰路", "cross": "中山路", "unknown": ("新丰路",)}),
    ("中山路老字号饼店旁", {"street": "中山路", "place": "老字号饼店", "unknown": ("老字号饼店",)}),
    ("莲前西路２号", {"number": "2"}),
    ("你好", {"relation": ""}),
    ("路灯不亮", {"relation": "", "street": ""}),
    ("人行道的砖松了", {"relation": ""}),
    ("corner of Hubin South Rd and Hubin East Rd", {"relation": "junction", "street": "湖滨南路", "cross": "湖滨东路"}),
    ("Hubin South Road & Hubin East Road", {"relation": "junction"}),
    ("intersection of Zhongshan Rd. with Siming S Rd", {"relation": "junction", "street": "中山路", "cross": "思明南路"}),
    ("25 m west of Wenzao Station", {"place": "文灶", "bearing": 270.0, "distance_m": 25.0}),
    ("about 100 feet north of Wenzao stn", {"place": "文灶", "bearing": 0.0, "distance_m": 100 * 0.3048}),
    ("12 Zhongshan Road, Siming District", {"street": "中山路", "number": "12", "divisions": ("思明区",), "relation": "number"}),
    ("pothole on Hubin Road South near Shimao Mall", {"street": "湖滨南路", "place": "世贸商城"}),
    ("Jiahe Road between Hubin South Road and Xianyue Road", {"relation": "between", "until": "仙岳路"}),
    ("50 metres northeast of the corner of Jiahe Rd and Xianyue Rd", {"bearing": 45.0, "distance_m": 50.0, "relation": "junction"}),
    ("a hole at Peach Blossom Lane", {"street": "peach blossom lane", "unknown": ("peach blossom lane",)}),
    ("the light is out", {"relation": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), FORMS, ids=[text for text, _ in FORMS])
def test_an_address_says(text, wanted):
    parts = dataclasses.asdict(read(text, KNOWN))
    assert {name: parts[name] for name in wanted} == wanted


def test_more_than_forty_forms_are_looked_at():
    assert len(FORMS) >= 40


PIECES = [*STREETS, *OTHERS, *DIVISIONS, "与", "交叉口", "往东", "25米", "三十", "号", "12", "站", "至", "段", "(", ")", "corner of", " and ", "5 km", "²", "①", "\x00"]  # fmt: skip


@given(st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_no_text_breaks_the_reader(text):
    parts = read(text, KNOWN)
    assert parts.bearing is None or 0 <= parts.bearing < 360
    assert parts.distance_m is None or 0 <= parts.distance_m <= 5000
    assert bool(parts.relation) == bool(parts.street or parts.place or parts.divisions)
    if parts.relation == "junction":
        assert parts.street
        assert parts.cross


@given(
    st.sampled_from(sorted(STREETS)), st.sampled_from(sorted(STREETS)), st.integers(1, 999), st.sampled_from("东南西北")
)
def test_what_is_written_by_the_grammar_is_read_back(first, second, metres, side):
    parts = read(f"{first}与{second}交叉口往{side}{metres}米", KNOWN)
    assert (parts.street, parts.cross, parts.distance_m) == (first, second, float(metres))


@pytest.mark.parametrize(
    ("said", "value"),
    [("二十五", 25), ("一百零五", 105), ("十", 10), ("两百", 200), ("3.5", 3.5), ("米", None), ("", None)],
)
def test_numerals(said, value):
    assert number_of(said) == value
