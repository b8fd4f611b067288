"""What became of the divisions of an older list: a guess for each, with how it was made and how far it can be trusted.

No public table says which division followed which. What two lists show is code, name and parent; from these the rules below
conclude, surest first. Where they cannot, the division is said to have no known successor.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridloop.places.rules.codes import area_of
from gridloop.places.rules.names_en import stem

TOWNSHIP, VILLAGE = 4, 5
CLEAR_SHARE = 0.5  # a township's villages name its successor when more than half of them went there


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of divisions."""

    code12: str
    name: str
    level: int
    parent12: str

    @property
    def county(self) -> str:
        """The six digits of its county."""
        return self.code12[:6]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an entry: its successor's code, or None; `unchanged` entries kept code and name."""

    old: Entry
    successor: str | None
    method: str
    confidence: str
    note_zh: str = ""
    note_en: str = ""


METHODS = {
    "unchanged": "code and name are the same",
    "same_code": "the code is the same, the name was changed or is written differently",
    "same_name": "the name stands once in the county's list of today, under another code",
    "same_name_in_successor": "the name stands several times; this one lies in the township that followed the old one",
    "same_stem": "the name is the same but for the word for its kind (town became subdistrict, village became community)",
    "most_villages": "more than half of its villages lie in this township today",
    "same_stem_other_level": "a community of today bears the name of the former farm",
    "parent_only": "no successor is known; this is what the division it lay in is today",
    "unresolved": "nothing of today can be named",
}
"""Every way of naming a successor, surest first."""


class Today:
    """Today's list, by code and by name; by stem only what stands under a name that the older list did not have."""

    def __init__(self, entries: Iterable[Entry], older: Sequence[Entry]) -> None:
        stood = {(entry.county, entry.level, entry.name) for entry in older}
        self.by_code = {entry.code12: entry for entry in entries}
        self.by_name: dict[tuple[str, int, str], list[Entry]] = defaultdict(list)
        self.by_stem: dict[tuple[str, int, str], list[Entry]] = defaultdict(list)
        for entry in self.by_code.values():
            self.by_name[entry.county, entry.level, entry.name].append(entry)
            if (entry.county, entry.level, entry.name) not in stood:
                self.by_stem[entry.county, entry.level, stem(entry.name)].append(entry)


def fates(old: Sequence[Entry], today_entries: Iterable[Entry]) -> list[Fate]:
    """A fate for every entry of the older list, in its order."""
    today = Today(today_entries, old)
    first = {entry.code12: _by_itself(entry, today) for entry in old}
    villages = defaultdict(list)
    for entry in old:
        if entry.level == VILLAGE:
            villages[entry.parent12].append(first[entry.code12])
    for entry in old:
        if entry.level == TOWNSHIP and first[entry.code12] is None:
            first[entry.code12] = _by_villages(entry, villages[entry.code12], today)
    answer = []
    for entry in old:
        fate = first[entry.code12] or _within(entry, first.get(entry.parent12), today)
        first[entry.code12] = fate
        answer.append(fate)
    return answer


def _by_itself(entry: Entry, today: Today) -> Fate | None:
    """What code, name and stem alone show."""
    same_code = today.by_code.get(entry.code12)
    if same_code and same_code.name == entry.name:
        return Fate(entry, same_code.code12, "unchanged", "high")
    same_name = today.by_name[entry.county, entry.level, entry.name]
    if len(same_name) == 1:
        return Fate(entry, same_name[0].code12, "same_name", "high")
    if same_name:
        return None
    if same_code and set(stem(same_code.name)) & set(stem(entry.name)):
        return Fate(entry, same_code.code12, "same_code", "high")
    same_stem = today.by_stem[entry.county, entry.level, stem(entry.name)]
    if len(same_stem) == 1:
        return Fate(entry, same_stem[0].code12, "same_stem", "high" if entry.level == TOWNSHIP else "medium")
    return None


def _by_villages(entry: Entry, villages: Sequence[Fate | None], today: Today) -> Fate | None:
    """The township of today that took most of the villages, or the community that bears a farm's name."""
    went = Counter(today.by_code[fate.successor].parent12 for fate in villages if fate and fate.successor)
    if went:
        (township, most), total = went.most_common(1)[0], len(villages)
        if most > total * CLEAR_SHARE:
            share = f"{most}/{total}"
            return Fate(
                entry,
                township,
                "most_villages",
                "high" if most == total > 1 else "medium",
                f"{share} 个村(社区)现属{today.by_code[township].name}",
                f"{share} of its villages lie there today",
            )
    community = today.by_stem[entry.county, VILLAGE, stem(entry.name)]
    if len(community) == 1:
        return Fate(entry, community[0].code12, "same_stem_other_level", "medium")
    return None


def _within(entry: Entry, parent: Fate | None, today: Today) -> Fate:
    """The choice among several of the same name by the old parent's successor; failing that, that successor itself."""
    inside = parent.successor if parent else None
    for candidate in today.by_name[entry.county, entry.level, entry.name]:
        if inside and candidate.parent12 == inside:
            return Fate(entry, candidate.code12, "same_name_in_successor", "high")
    if inside is None and entry.parent12 in today.by_code:
        inside = entry.parent12
    if inside is None or len(area_of(inside)) <= len(entry.county):
        return Fate(
            entry,
            None,
            "unresolved",
            "none",
            "现行区划中未找到其去向",
            "nothing in today's list shows what became of it",
        )
    name = today.by_code[inside].name
    return Fate(
        entry,
        inside,
        "parent_only",
        "low",
        f"去向不明,原属地现为{name}",
        f"its own fate is unknown; it lay in what is now {name}",
    )
