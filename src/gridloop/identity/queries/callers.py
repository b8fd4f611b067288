"""Who stands behind a token: the hot path of every request, one statement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty
from gridloop.kernel.statements import run

SQL = Path(__file__).parents[1] / "sql"
GRANTS_NOW = (SQL / "grants_now.sql").read_text(encoding="utf-8")
BY_SESSION, BY_PERSON, BY_KEY = (
    (SQL / f"caller_by_{what}.sql").read_text(encoding="utf-8").replace("{grants}", GRANTS_NOW)
    for what in ("session", "person", "key")
)


@dataclass(frozen=True, slots=True)
class SessionFound:
    """A live session: its person, when it was last seen, and the grants valid now."""

    person_id: int
    name: str
    language: str
    via: str
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    grants: tuple[GrantView, ...]


@dataclass(frozen=True, slots=True)
class KeyFound:
    """A live key: its owner, its scopes, and the owner's grants narrowed to the key's area and unit."""

    person_id: int
    name: str
    language: str
    key_id: int
    scopes: frozenset[str]
    rate_per_minute: int
    grants: tuple[GrantView, ...]


def caller_by_token(token_hash: bytes, now: dt.datetime) -> SessionFound | None:
    """The session with this token hash, if it lives and its person is active; one statement."""
    rows = run(BY_SESSION, {"token_hash": token_hash, "now": now}, prepare=True)
    if not rows:
        return None
    person_id, name, language, via, last_seen_at, expires_at, grants = rows[0]
    return SessionFound(person_id, name, language, via, last_seen_at, expires_at, _grants(grants))


def caller_by_key(token_hash: bytes, now: dt.datetime) -> KeyFound | None:
    """The key with this token hash, if it lives and its owner is active; one statement."""
    rows = run(BY_KEY, {"token_hash": token_hash, "now": now}, prepare=True)
    if not rows:
        return None
    person_id, name, language, key_id, scopes, area, rate, unit_path, grants = rows[0]
    narrowed = tuple(kept for grant in _grants(grants) if (kept := _narrowed(grant, area, unit_path or "")))
    return KeyFound(person_id, name, language, key_id, frozenset(scopes), rate, narrowed)


def caller_of_person(person_id: int, now: dt.datetime) -> Caller | None:
    """An active person as they would ask now, with the grants valid now, for jobs that read on their behalf; one statement."""
    rows = run(BY_PERSON, {"person_id": person_id, "now": now}, prepare=True)
    if not rows:
        return None
    name, language, grants = rows[0]
    return Caller(person_id, name, _grants(grants), language=language)


def _grants(text: str | None) -> tuple[GrantView, ...]:
    """Grants out of the statement's JSON array of [id, duty, area, unit id, unit path], or none."""
    rows: list[list[Any]] = orjson.loads(text) if text else []
    return tuple(GrantView(key, Duty(duty), area, unit_id, path or "") for key, duty, area, unit_id, path in rows)


def _narrowed(grant: GrantView, area: str, unit_path: str) -> GrantView | None:
    """The part of a grant that lies within the key's area and unit; None when nothing is left."""
    if area.startswith(grant.area):
        inner_area = area
    elif grant.area.startswith(area):
        inner_area = grant.area
    else:
        return None
    if unit_path.startswith(grant.unit_path):
        inner_path = unit_path
    elif grant.unit_path.startswith(unit_path):
        inner_path = grant.unit_path
    else:
        return None
    return GrantView(grant.id, grant.duty, inner_area, grant.unit_id, inner_path)
