"""What each kind of rule looks at, and when its warnings are suspected, confirmed and ended: the table that the reference page is made of."""

from __future__ import annotations

from typing import NamedTuple

from gridloop.fleet.rules.kinds import RuleKind


class Telling(NamedTuple):
    """One kind of rule in words; `late`: whether fixes that came late are judged too."""

    looks_at: str
    suspected: str
    confirmed: str
    ended: str
    late: bool


TELLINGS: dict[RuleKind, Telling] = {
    RuleKind.NO_GO: Telling(
        "being in a fence",
        "the first fix inside; by time alone when the ban begins and the vehicle was heard of inside within two minutes",
        "the third fix running inside; the first fix inside after the ban begins or a permit ends",
        "three fixes running beyond the exit margin: since the first of them; the end of the ban, the fence, the rule; a permit that begins",
        late=True,
    ),
    RuleKind.STAY_WITHIN: Telling(
        "being in none of the fences",
        "the first fix beyond the exit margin of all of them; the first fix of an unknown vehicle outside",
        "the third fix running outside",
        "being inside is confirmed: since the first fix inside; the end of the ban or the rule; a permit that begins",
        late=True,
    ),
    RuleKind.DWELL: Telling(
        "the time in a fence, from the first fix inside or from when the rule began to hold, whichever is later",
        "not told",
        "the first fix inside at or after the limit",
        "as no-go",
        late=True,
    ),
    RuleKind.SPEED: Telling(
        "the speed the device says, against the lowest of rule and vehicle, at night (22:00-06:00) times the night share",
        "the first fix above the limit",
        "the third fix running above it, ten seconds or more after the first",
        "the first fix that is not; two minutes without a fix: at the last one",
        late=True,
    ),
    RuleKind.GATHERING: Telling(
        "two concerned vehicles within the distance of each other, each heard of within two minutes, both in a fence of the rule if it names any",
        "not told",
        "the first fix of either at or after the time that it must last",
        "a fix of either further away than the distance and the exit margin, or out of the fence, or with the other silent for two minutes",
        late=False,
    ),
    RuleKind.OFF_ROUTE: Telling(
        "the distance from every route that is declared for the moment: half of its width and the exit margin",
        "the first fix further away",
        "the third fix running",
        "the third fix running that is not: since the first of them",
        late=True,
    ),
    RuleKind.OFF_TIME: Telling(
        "driving (above 5 km/h) at a moment for which nothing is declared",
        "the first fix driven",
        "the third fix running",
        "three fixes and five minutes standing or in time: since the first of them",
        late=True,
    ),
    RuleKind.REST: Telling(
        "driving without a rest of 20 minutes, in 24 hours, in 7 days; driving in the hours to stand",
        "only for the hours to stand: the first fix driven in them",
        "the first fix driven above the limit; for the hours to stand the third fix running, a minute or more after the first",
        "a rest of 20 minutes: since its beginning; another driver's card",
        late=False,
    ),
    RuleKind.SILENCE: Telling(
        "the time since the last fix of a vehicle that is in a fence for certain",
        "not told",
        "the limit has passed, by our clock; or by the fix that ends it",
        "the next good fix",
        late=False,
    ),
    RuleKind.JUMP: Telling(
        "fixes that no vehicle could have reached (more than 60 m/s), of a vehicle inside a fence or pointing into one",
        "the first of them",
        "the new place is believed, with the third fix that agrees on it; ended with it",
        "withdrawn when the vehicle goes on where it was",
        late=False,
    ),
    RuleKind.CLONE: Telling(
        "jumps to a second track that agrees with itself while the first one goes on between them, or two connections at once",
        "the second sign; two connections: the first",
        "the third sign",
        "ten minutes without a sign: at the last one",
        late=False,
    ),
    RuleKind.BREACH_AHEAD: Telling(
        "whether the straight way at this speed and course meets a fence within the horizon; the detail says in how many seconds",
        "the first fix that leads into the fence",
        "the third fix running",
        "three fixes running that do not, or are inside: since the first of them",
        late=False,
    ),
}
CLOSINGS: dict[str, str] = {
    "left": "the vehicle left the fence",
    "back": "the vehicle came back, or was never away",
    "clear": "fixes that keep the rule",
    "hours": "the rule's hours, day or occasion ended",
    "permit": "a permit that lifts the rule began",
    "rule": "the rule ended, was replaced by a version that does not concern the vehicle, or was taken away",
    "fence": "the fence ended or was taken away",
    "gap": "no fix came for too long to say that it went on",
    "rest": "a rest of 20 minutes",
    "driver": "another driver put a card in",
    "apart": "the two are not together any more",
    "heard": "the vehicle was heard of again",
    "believed": "the vehicle is where it jumped to",
    "one_again": "no sign of a second terminal for ten minutes",
    "late_data_ends": "the stretch of late fixes says no more",
}
"""`detail.why` of an ended or withdrawn warning."""
