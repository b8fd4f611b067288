"""Codes and names, without a database."""

import pytest

from gridloop.kernel.errors import Malformed, Refused
from gridloop.places.rules import codes, lattice, words
from gridloop.places.rules.address import Nearby, address
from gridloop.places.rules.components import Change
from gridloop.places.rules.names_en import division_name_en, station_name_en, street_name_en


@pytest.mark.parametrize(
    ("code12", "area"),
    [
        ("350000000000", "35"),
        ("350200000000", "3502"),
        ("350203000000", "350203"),
        ("350203001000", "350203001"),
        ("350203001010", "350203001010"),
        ("350210000000", "350210"),
    ],
)
def test_a_code_without_its_filling_zeros_is_the_area(code12, area):
    assert codes.area_of(code12) == area
    assert codes.code12_of(area) == code12


def test_a_cell_code_of_14_digits_gets_a_zero():
    assert codes.cell_code("35020300800138") == "350203008001038"
    assert codes.cell_code("350203008001038") == "350203008001038"


@pytest.mark.parametrize("wrong", ["35020300800100", "350203008001000", "3502030080010381", "cell"])
def test_what_is_no_cell_is_refused(wrong):
    with pytest.raises(Malformed, match="15 digits"):
        codes.cell_code(wrong)


def test_a_grid_code_of_20_digits_leaves_its_object_code_out():
    assert codes.grid_code("01010135020300800101") == "35020300800101"


def test_a_component_code_is_read_and_written():
    code = codes.component_code("3502030101000001")
    assert (code.county6, code.subclass, code.sequence) == ("350203", "0101", 1)
    assert str(code) == "3502030101000001"
    with pytest.raises(Malformed, match="16 digits"):
        codes.component_code("350203010100000")


def test_scope_holds_what_is_inside_and_nothing_else():
    low, high = codes.scope("350203")
    inside, outside = ["350203", "350203001", "350203999999999"], ["350202999999999", "350204", "35020"]
    assert all(low <= code < high for code in inside)
    assert not any(low <= code < high for code in outside)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("思明区", "Siming District"),
        ("同安区", "Tong'an District"),
        ("厦港街道", "Xiagang Subdistrict"),
        ("曾厝垵社区居委会", "Zengcuo'an Community"),
        ("长乐区", "Changle District"),
        ("绿苑社区居委会", "Lüyuan Community"),
        ("钟宅畲族社区居委会", "Zhongzhai She Community"),
        ("平潭县", "Pingtan County"),
        ("竹坝华侨农场", "Zhuba Overseas Chinese Farm"),
    ],
)
def test_division_names_in_english(zh, en):
    assert division_name_en(zh) == en


def test_streets_and_stations_in_english():
    assert street_name_en("湖滨南路") == "Hubin South Road"
    assert street_name_en("中山路") == "Zhongshan Road"
    assert station_name_en("厦门火车站") == "Xiamen Railway Station"


def test_a_question_in_chinese_is_pairs_and_in_latin_runs_of_three():
    assert words.question(" 湖滨 南路") == ("湖滨南路", ("南路", "湖滨", "滨南"))
    assert words.question("Tong'an") == ("tongan", ("gan", "nga", "ong", "ton"))


def test_the_words_of_a_name_hold_every_token_of_a_question_for_it():
    found = words.words("绿苑社区居委会", "Lüyuan Community")
    for asked in ("绿苑", "社区", "lvyuan", "community", "Lüyuan"):
        assert set(words.question(asked)[1]) <= set(found.tokens), asked


def test_an_address_names_street_and_station():
    spot = address(Nearby("湖滨南路", "Hubin South Road", "文灶", "Wenzao", "metro"))
    assert (spot.zh, spot.en) == ("湖滨南路 近文灶站", "Hubin South Road, near Wenzao Station")
    assert address(Nearby(), "鸿山社区居委会", "Hongshan Community").zh == "鸿山社区居委会"
    assert address(Nearby()).en == ""


def test_a_thousandth_cell_is_refused_or_takes_the_next_code():
    wanted = ["350203008001"] * 1000
    with pytest.raises(Refused, match=r"350203008001 \(\+1\)"):
        lattice.number(wanted, {}, ["350203008002"], overflow=False)
    numbered = lattice.number(wanted, {}, ["350203001001", "350203008002"], overflow=True)
    assert numbered[998] == lattice.Numbered("350203008001999", "nearest_point")
    assert numbered[999] == lattice.Numbered("350203008002001", "overflow")
    assert len({cell.code for cell in numbered}) == 1000


def test_a_change_must_say_something_and_know_its_state():
    assert Change(state="lost").said() == {"state": "lost"}
    with pytest.raises(Malformed, match="nothing was said"):
        Change().said()
    with pytest.raises(Malformed, match="intact, broken, lost, abandoned, moved"):
        Change(state="gone").said()
