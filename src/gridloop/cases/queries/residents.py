"""A card for one of several reporters: what the others said is not theirs to read."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from gridloop.cases.photos.rules import public_sees
from gridloop.cases.rules.joining import Eyes, Said, hidden, own_join


def said_in(history: list[list[Any]]) -> list[Said]:
    """The events of a card as they were read, with what they say about their author."""
    return [
        Said(event[0], event[2], event[7], event[5], (event[11] or {}).get("reporter") if event[2] == "join" else None)
        for event in history
    ]


def for_reporter(card: dict[str, Any], history: list[list[Any]], eyes: Eyes) -> dict[str, Any]:
    """The card with the words and photos of other residents left out; who joined reads their own words in place of the first report's."""
    events = said_in(history)
    away = hidden(events, eyes)
    joined = own_join(events, eyes)
    if not away:
        return card | {"joined": joined is not None}
    gone = {photo for event in history if event[0] in away for photo in event[10]}
    kept = card | {
        "joined": joined is not None,
        "history": [_silent(event) if event["seq"] in away else event for event in card["history"]],
        "photos": [photo for photo in card["photos"] if photo["id"] not in gone],
    }
    if joined is None:
        return kept
    words = next(event[9] for event in history if event[0] == joined.seq)
    return kept | {"text": words, "title": card["class_zh"] or card["number"], "address": "", "photo": None}


def kept_back(photos: list[list[Any]], person_id: int | None) -> set[str]:
    """Ids of photos that the city does not show to residents (photos.public); one's own are always shown."""
    policy = getattr(settings, "GRIDLOOP_PHOTOS_PUBLIC", "masked")
    return {
        photo[0]
        for photo in photos
        if not (person_id is not None and photo[5] == person_id) and not public_sees(policy, checked=photo[-1])
    }


def without_photos(card: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """The card without these photos."""
    if not gone:
        return card
    history = [
        event | {"photos": [photo for photo in event["photos"] if photo["id"] not in gone]} for event in card["history"]
    ]
    shown = [photo for photo in card["photos"] if photo["id"] not in gone]
    first = card["photo"] if card["photo"] and not any(one in card["photo"] for one in gone) else None
    return card | {"history": history, "photos": shown, "photo": first}


def _silent(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"note": "", "photos": [], "by": "", "fields": {}}
