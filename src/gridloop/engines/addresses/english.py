"""Reads English addresses: words in any usual short form, "corner of A and B", "25 m west of C", "12 A Road"."""

from __future__ import annotations

import re

from gridloop.engines.addresses.parts import FURTHEST_M, Gazetteer, Mention, Parts, Relation

SHORT = {
    "rd": "road", "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "blvd": "boulevard", "dr": "drive",
    "hwy": "highway", "sq": "square", "n": "north", "s": "south", "e": "east", "w": "west", "mid": "middle", "stn": "station", "sta": "station",
    "dist": "district", "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
}  # fmt: skip
STREET_WORDS = frozenset({"road", "street", "avenue", "lane", "alley", "boulevard", "drive", "highway", "way"})
SIDES = frozenset({"north", "south", "east", "west", "middle"})
BEARINGS = {
    "north": 0.0, "northeast": 45.0, "east": 90.0, "southeast": 135.0, "south": 180.0, "southwest": 225.0, "west": 270.0, "northwest": 315.0,
}  # fmt: skip
WORDS_MAX = 6
UNITS_M = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "km": 1000.0, "kilometre": 1000.0, "kilometres": 1000.0,
    "kilometer": 1000.0, "kilometers": 1000.0, "ft": 0.3048, "feet": 0.3048, "yards": 0.9144, "yd": 0.9144,
}  # fmt: skip
WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-zü]+(?:'[a-z]+)*|[&/@]")
JOINTS = frozenset({"and", "&", "/", "@", "at", "with", "x", "near", "crossing"})
CORNER = frozenset({"corner", "intersection", "junction", "crossing", "crossroads"})
BARRIERS = frozenset(
    {"of", "in", "the", "on", "a", "an", "from", "to", "near", "by", "is", "there", "between", *CORNER}
)


def english_key(name: str) -> str:
    """The same for every usual way of writing a name: `Hubin South Rd` and `Hubin Road South` are both `hubin road south`."""
    return " ".join(sorted(_long(word) for word in WORD.findall(name.lower())))


def read_english(text: str, known: Gazetteer) -> Parts:
    """The parts of an English address inside any sentence."""
    words = [_long(word) for word in WORD.findall(text.lower().replace("\u2019", "'"))]
    mentions = _mentions(words, known)
    streets = [one for one in mentions if one.kind == "street"]
    places = [one for one in mentions if one.kind in {"metro", "estate", "poi"}]
    divisions = tuple(one.name for one in mentions if one.kind == "division")
    street = streets[0] if streets else None
    cross, until, relation = _joined(words, streets)
    place = places[0] if places else None
    number = words[street.start - 1] if street and street.start and words[street.start - 1].isdigit() else ""
    bearing, distance = _offset(words, mentions)
    if not relation:
        relation = "place" if place else "number" if number else "street" if street else "division" if divisions else ""
    used = [one for one in (street, cross, until, place) if one]
    return Parts(
        relation=relation, divisions=divisions, street=street.name if street else "", number=number, cross=cross.name if cross else "",
        until=until.name if until else "", place=place.name if place else "", place_kind=place.kind if place else "", bearing=bearing,
        distance_m=distance, unknown=tuple(one.name for one in used if not one.known), alike=_alike(words, used, known),
    )  # fmt: skip


def _alike(words: list[str], used: list[Mention], known: Gazetteer) -> tuple[tuple[str, ...], ...]:
    """Pinyin without tones gives different streets one name."""
    found = (known.en.get(" ".join(sorted(words[one.start : one.end])), ()) for one in used if one.known)
    return tuple(names for names in found if len(names) > 1)


def _long(word: str) -> str:
    return SHORT.get(word, word)


def _mentions(words: list[str], known: Gazetteer) -> list[Mention]:
    """Known names of up to six words, the longest first; then anything that ends like a street."""
    taken: list[Mention] = []
    free = [True] * len(words)
    for length in range(WORDS_MAX, 0, -1):
        for start in range(len(words) - length + 1):
            names = known.en.get(" ".join(sorted(words[start : start + length])))
            if names and all(free[start : start + length]):
                free[start : start + length] = [False] * length
                kinds = known.zh.get(names[0], frozenset())
                kind = next((one for one in ("street", "metro", "estate", "poi", "division") if one in kinds), "poi")
                taken.append(Mention(kind, names[0], start, start + length, known=True))
    for at, word in enumerate(words):
        if word in STREET_WORDS and free[at]:
            start = at
            while (
                start
                and free[start - 1]
                and words[start - 1] not in JOINTS | BARRIERS
                and not words[start - 1][0].isdigit()
            ):
                start -= 1
            if start < at:
                end = at + 1 + (at + 1 < len(words) and words[at + 1] in SIDES and free[at + 1])
                free[start:end] = [False] * (end - start)
                taken.append(Mention("street", " ".join(words[start:end]), start, end, known=False))
    return sorted(taken, key=lambda one: one.start)


def _joined(words: list[str], streets: list[Mention]) -> tuple[Mention | None, Mention | None, Relation]:
    if len(streets) > 2 and "between" in words[streets[0].end : streets[1].start]:
        return streets[1], streets[2], "between"
    if len(streets) > 1:
        gap = words[streets[0].end : streets[1].start]
        if CORNER & set(words) or (len(gap) == 1 and gap[0] in JOINTS):
            return streets[1], None, "junction"
    return None, None, ""


def _offset(words: list[str], mentions: list[Mention]) -> tuple[float | None, float | None]:
    """(bearing, metres) of "25 m west of", "50 metres from", "north of"; words that belong to a name say no direction."""
    named = {at for one in mentions for at in range(one.start, one.end)}
    bearing = distance = None
    for at, word in enumerate(words):
        if at in named:
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        if word[0].isdigit() and following in UNITS_M:
            metres = float(word) * UNITS_M[following]
            distance = metres if metres <= FURTHEST_M else distance
        if word in BEARINGS and following in {"of", "from", "side"}:
            bearing = BEARINGS[word]
    return bearing, distance
