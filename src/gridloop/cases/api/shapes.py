"""What goes out over the API, for the OpenAPI document; the answers themselves are written straight from plain values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema


class CaseRow(Schema):
    """A case as a row of a list."""

    number: str
    version: int
    state: str
    state_zh: str
    state_en: str
    class_code: str | None
    class_kind: str | None
    class_zh: str
    class_en: str
    urgency: str
    title: str
    place: str
    place_zh: str
    place_en: str
    address: str
    unit_id: int | None
    unit_zh: str
    unit_en: str
    lon: float
    lat: float
    opened_at: dt.datetime
    due_at: dt.datetime | None
    stage_due_at: dt.datetime | None
    closed_at: dt.datetime | None
    paused: bool
    late: bool
    acknowledged: bool
    photo: str | None
    reports: int
    level: int
    reworks: int
    synthetic: bool


class CasePage(Schema):
    """A page of cases; `next` goes into `cursor`."""

    items: list[CaseRow]
    next: str | None


class PhotoOut(Schema):
    """A photo of a case; compass degrees that the camera looked to, metres of its position, where they are known."""

    id: str
    kind: str
    thumb: str
    url: str
    lon: float | None
    lat: float | None
    taken_at: dt.datetime | None
    by: str
    heading_deg: float | None = None
    accuracy_m: float | None = None


class FieldOut(Schema):
    """One field of a step's form."""

    name: str
    kind: str
    required: bool
    zh: str
    en: str
    min: int | None = None
    max: int | None = None
    options: list[dict[str, Any]] | None = None
    value: str | int | None = None


class ActionOut(Schema):
    """A step that the caller could take now: a button with its key."""

    verb: str
    zh: str
    en: str
    key: str
    primary: bool
    duty: str
    fields: list[FieldOut]


class CaseCard(CaseRow):
    """Everything about a case that these eyes may see."""

    text: str
    source: str
    reporter: list[dict[str, Any]]
    chain_zh: str
    chain_en: str
    grid: str
    component: str | None
    rule: dict[str, Any] | None
    routing: dict[str, Any]
    clock: dict[str, Any]
    photos: list[PhotoOut]
    history: list[dict[str, Any]]
    loop: list[dict[str, Any]]
    children: list[dict[str, Any]]
    parent: str | None
    merged_into: str | None
    merged: list[str]
    root_cause: str | None
    explains: list[dict[str, Any]]
    fixture: dict[str, Any] | None
    incident: dict[str, Any] | None
    duplicates: list[dict[str, Any]]
    rating: int | None
    counts: dict[str, int]
    calendar_guessed: bool
    actions: list[ActionOut]


class Candidates(Schema):
    """Cases that may be the same problem, each with the parts of its likeness."""

    items: list[dict[str, Any]]


class Counts(Schema):
    """The figures at the head of the desk."""

    open: int
    mine: int
    unacknowledged: int
    due: int
    late: int
    paused: int
    states: dict[str, int]
    opened_today: int
    closed_of_today: int


class LedgerLine(Schema):
    """Who did or saw what."""

    position: int
    at: dt.datetime
    actor: str
    action: str
    action_zh: str
    action_en: str
    looked: bool
    detail: dict[str, Any]


class LedgerPage(Schema):
    """The ledger of one case, newest first; `next` goes into `before`."""

    items: list[LedgerLine]
    next: int | None


class ClassTable(Schema):
    """Every class with its filing rules, and the version of the masters."""

    version: int
    items: list[dict[str, Any]]


class LoopTable(Schema):
    """The loop as the web draws it."""

    states: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    main_line: list[str]
    diagram: str
