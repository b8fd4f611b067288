# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""Open cases of the caller's scope that may be one incident, with each member's weight; two statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gridloop.cases import sql
from gridloop.cases.incidents.rules import grouping
from gridloop.cases.incidents.rules.grouping import Group, Member, Weight
from gridloop.cases.queries import filters, names
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import Filter
from gridloop.cases.rules.intake import RECURRENCE
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.nearness import NEAR_M, SPAN_DAYS
from gridloop.cases.rules.pictures import address
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.kernel.caller import Caller

GROUPS_MAX = 50
COLUMNS = (
    "id", "number", "version", "state", "class_kind", "class_code", "title", "address", "place", "opened_at", "lon", "lat", "unit_id",
    "reports", "photo",
)  # fmt: skip
Row = Mapping[str, Any]


def suggested(*, by: Caller, now: datetime, place: str = "") -> dict[str, Any]:
    """Groups among the newest open cases of the last two weeks; `truncated` says that there were more cases than were looked at."""
    rows = _rows(place, by=by, now=now)
    truncated = len(rows) > grouping.CASES_MAX
    rows = rows[: grouping.CASES_MAX]
    masters = masters_now.current(now)
    by_id = {row["id"]: row for row in rows}
    found = grouping.groups([_member(row) for row in rows])[:GROUPS_MAX]
    return {
        "items": [_shown(group, by_id, masters) for group in found],
        "looked_at": len(rows),
        "truncated": truncated,
        "days": int(SPAN_DAYS),
        "within_m": NEAR_M,
    }


def _rows(place: str, *, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """The newest open cases with the tokens of their words, one more than are looked at; one statement, however many scopes."""
    made = filters.where(Filter(place=place, since=now - grouping.SPAN), by=by, now=now)
    made.add("c.source <> %(recurrence)s and c.parent_id is null", recurrence=RECURRENCE)
    scope = filters.scope_terms(by)
    if not scope:
        return []
    made.params["most"] = grouping.CASES_MAX + 1
    for _, params in scope:
        made.params.update(params)
    branches = " union ".join(
        f"(select c.id from {made.table} c where {made.text()} and {term} order by c.id desc limit %(most)s)"
        for term, _ in scope
    )
    selected = ", ".join(f"c.{name}" for name in COLUMNS)
    statement = f"""
        select {selected}, w.tokens
        from (select id from ({branches}) every order by id desc limit %(most)s) hit
        join {made.table} c on c.id = hit.id
        left join cases_text w on w.case_id = c.id
        order by c.id desc
    """
    return [dict(zip((*COLUMNS, "tokens"), row, strict=True)) for row in sql.run(statement, made.params)]


def _member(row: Row) -> Member:
    key = (row["class_kind"], row["class_code"]) if row["class_code"] else None
    return Member(
        row["id"], row["number"], State(row["state"]), row["lon"], row["lat"], key, row["opened_at"], frozenset(row["tokens"] or ())
    )  # fmt: skip


def _shown(group: Group, rows: Mapping[int, Row], masters: Masters) -> dict[str, Any]:
    members = group.members
    opened = [one.opened_at for one in members]
    first = rows[group.leading.case_id]
    place_zh, place_en = names.places_named([first["place"]]).get(first["place"][: names.VILLAGE_DIGITS], ("", ""))
    return {
        "leading": _case(first, masters),
        "members": [_case(rows[one.member.case_id], masters) | _weight(one) for one in group.others],
        "place_zh": place_zh,
        "place_en": place_en,
        "span_m": group.span_m,
        "first_at": min(opened),
        "last_at": max(opened),
        "reports": sum(rows[one.case_id]["reports"] for one in members),
    }


def _weight(one: Weight) -> dict[str, Any]:
    alike = one.to_leading
    return {
        "can_merge": one.member.can_merge,
        "distance_m": alike.distance_m,
        "score": alike.score,
        "parts": {"distance": round(alike.distance, 3), "class": alike.same_class, "time": round(alike.time, 3), "text": round(alike.text, 3)},
        "why_zh": alike.why("zh"),
        "why_en": alike.why("en"),
        "linked_to": one.linked_to,
        "link_score": one.link_score,
    }  # fmt: skip


def _case(row: Row, masters: Masters) -> dict[str, Any]:
    state_zh, state_en = STATE_NAMES[State(row["state"])]
    found = masters.classes.get((row["class_kind"] or "", row["class_code"] or ""))
    unit = names.unit(row["unit_id"])
    return {
        "number": row["number"], "version": row["version"], "title": row["title"], "address": row["address"], "state": row["state"],
        "state_zh": state_zh, "state_en": state_en, "class_zh": found.zh if found else "", "class_en": found.en if found else "",
        "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "", "opened_at": row["opened_at"],
        "lon": row["lon"], "lat": row["lat"], "reports": row["reports"],
        "photo": address(row["photo"], "thumb") if row["photo"] else None,
    }  # fmt: skip
