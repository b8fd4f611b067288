"""English names of divisions: pinyin by GB/T 28039 (apostrophe before a, o, e) and the English word for the kind."""

from __future__ import annotations

from gridloop.places.rules.words import syllables

ENDINGS: tuple[tuple[str, str], ...] = (
    ("畲族社区居委会", "She Community"),
    ("社区居民委员会", "Community"),
    ("社区居委会", "Community"),
    ("社区委员会", "Community"),
    ("居民委员会", "Community"),
    ("居委会", "Community"),
    ("社区", "Community"),
    ("村民委员会", "Village"),
    ("村委会", "Village"),
    ("村委", "Village"),
    ("农场虚拟生活区", "Farm Living Quarters"),
    ("农场虚拟区", "Farm Living Quarters"),
    ("虚拟生活区", "Living Quarters"),
    ("华侨农场", "Overseas Chinese Farm"),
    ("农场", "Farm"),
    ("林场", "Forest Farm"),
    ("种猪场", "Breeding Farm"),
    ("街道", "Subdistrict"),
    ("畲族乡", "She Township"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("村", "Village"),
    ("省", "Province"),
    ("区", "District"),
    ("县", "County"),
    ("市", "City"),
)
"""What a Chinese name of a division ends in, longest first, and the English word for it."""

STREETS = (("大道", "Avenue"), ("路", "Road"), ("街", "Street"), ("巷", "Lane"), ("里", "Alley"))
SIDES = {"东": "East", "西": "West", "南": "South", "北": "North", "中": "Middle"}


def division_name_en(name_zh: str) -> str:
    """`思明区` -> `Siming District`, `厦港街道` -> `Xiagang Subdistrict`; a name without a known ending is only spelt."""
    for ending, english in ENDINGS:
        if name_zh.endswith(ending) and len(name_zh) > len(ending):
            return f"{spelt(name_zh.removesuffix(ending))} {english}"
    return spelt(name_zh)


def street_name_en(name_zh: str) -> str:
    """`湖滨南路` -> `Hubin South Road`; a name without a known ending is only spelt."""
    for ending, english in STREETS:
        stem = name_zh.removesuffix(ending)
        if stem != name_zh and stem:
            side = SIDES.get(stem[-1]) if len(stem) > 2 else None
            return f"{spelt(stem[:-1] if side else stem)}{' ' + side if side else ''} {english}"
    return spelt(name_zh)


def station_name_en(name_zh: str) -> str:
    """`文灶` -> `Wenzao`, `厦门火车站` -> `Xiamen Railway Station`."""
    for ending, english in (("火车站", " Railway Station"), ("站", " Station")):
        if name_zh.endswith(ending) and len(name_zh) > len(ending):
            return spelt(name_zh.removesuffix(ending)) + english
    return spelt(name_zh)


def spelt(name_zh: str) -> str:
    """Pinyin in one word with a capital: `同安` -> `Tong'an`."""
    word = ""
    for syllable in syllables(name_zh):
        word += f"'{syllable}" if word and syllable[:1] in "aoe" else syllable
    return (word[:1].upper() + word[1:]).replace("v", "ü")


def stem(name_zh: str) -> str:
    """A division's name without the word for its kind: `新民镇` and `新民街道` are both `新民`."""
    for ending, _ in ENDINGS:
        if name_zh.endswith(ending) and len(name_zh) > len(ending):
            return name_zh.removesuffix(ending)
    return name_zh
