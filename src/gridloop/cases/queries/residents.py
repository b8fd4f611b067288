"""A card for one of several reporters: what the others said is not theirs to read."""

from __future__ import annotations

from typing import Any

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


def _silent(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"note": "", "photos": [], "by": "", "fields": {}}
