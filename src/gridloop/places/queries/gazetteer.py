"""The names that addresses are read with, kept in the process until names are added or removed."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.db import connection

from gridloop.engines.addresses import Gazetteer, english_key
from gridloop.places.rules.names_en import ENDINGS

STAMP_SQL = """
select (select count(*) from places_placename), (select coalesce(max(id), 0) from places_placename),
       (select count(*) from places_division where valid_to is null), (select coalesce(max(id), 0) from places_division)
"""
NAMES_SQL = "select kind, name_zh, name_en from places_placename where length(name_zh) > 1"
DIVISIONS_SQL = "select name_zh, name_en from places_division where valid_to is null and level > 1"
SHORT_ENDINGS = ("省", "市", "区", "县", "街道", "镇", "乡")
STEM_SIGNS_MIN = 2
Stamp = tuple[int, ...]


@dataclass(slots=True)
class Kept:
    """What this process has read; one reader at a time."""

    stamp: Stamp | None = None
    known: Gazetteer | None = None


KEPT = Kept()
LOCK = Lock()


def gazetteer() -> Gazetteer:
    """All known names; one statement while they stand, three when they changed."""
    with connection.cursor() as cursor:
        cursor.execute(STAMP_SQL)
        stamp = tuple(cursor.fetchone())
    with LOCK:
        if KEPT.known is None or stamp != KEPT.stamp:
            KEPT.known, KEPT.stamp = _read(), stamp
        return KEPT.known


def _read() -> Gazetteer:
    kinds: dict[str, set[str]] = {}
    english: dict[str, dict[str, None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NAMES_SQL)
        for kind, zh, en in cursor.fetchall():
            kinds.setdefault(zh, set()).add(kind)
            for name in _spoken(kind, en):
                english.setdefault(english_key(name), {})[zh] = None
        cursor.execute(DIVISIONS_SQL)
        for zh, en in cursor.fetchall():
            for name in _written(zh):
                kinds.setdefault(name, set()).add("division")
            english.setdefault(english_key(en), {})[zh] = None
    english.pop("", None)
    return Gazetteer(
        {zh: frozenset(found) for zh, found in kinds.items()}, {key: tuple(names) for key, names in english.items()}
    )


def _spoken(kind: str, en: str) -> tuple[str, ...]:
    """A station is known with and without the word."""
    if kind != "metro":
        return (en,)
    return (en, en.removesuffix(" Station"), f"{en.removesuffix(' Station')} Station")


def _written(zh: str) -> tuple[str, ...]:
    """`莲花北社区居委会` is also said `莲花北社区`; a name without its kind would be a part of too many others."""
    for ending, _ in ENDINGS:
        if ending.endswith(("居委会", "村委会", "委员会")) and zh.endswith(ending):
            stem = zh.removesuffix(ending)
            if len(stem) >= STEM_SIGNS_MIN:
                return zh, f"{stem}{'村' if '村' in ending else '社区'}"
    return (zh,)
