"""The card of a case: everything about it in one statement, names from the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gridloop.cases import sql
from gridloop.cases.queries import contacts, forms_shown, names, residents, suggestions
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.near import Spot, candidates
from gridloop.cases.queries.past import with_step_shown
from gridloop.cases.queries.rows import COLUMNS as ROW_COLUMNS
from gridloop.cases.queries.rows import SELECTED as ROW_SELECTED
from gridloop.cases.queries.rows import shown
from gridloop.cases.rules.clock import UNIT_NAMES
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.intake import RECURRENCE
from gridloop.cases.rules.joining import Eyes
from gridloop.cases.rules.loop import VERBS
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.numbers import checked
from gridloop.cases.rules.pictures import address
from gridloop.cases.rules.scope import sees
from gridloop.cases.rules.states import CLOSED_TYPE, MAIN_LINE, PAUSED, STATE_NAMES, STATION, WITH_DESK, State
from gridloop.cases.rules.steps import offers
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DESK, DUTY_NAMES, Duty

MASK = "***"
PUBLIC = "public"  # the caller whom nobody knows; the duty says enough of them


@dataclass(frozen=True, slots=True)
class Read:
    """A card as it was read: facts, row, and the parts beside them, before anybody's eyes are considered."""

    facts: CaseFacts
    masters: Masters
    row: tuple[Any, ...]
    text: str
    history: list[list[Any]]
    photos: list[list[Any]]
    children: list[list[Any]]
    reporters: list[list[Any]]
    parent: str | None
    merged_into: str | None
    merged: list[str]
    root_cause: str | None = None
    explains: Sequence[list[Any]] = ()

    def is_reporter(self, by: Caller) -> bool:
        """Whether the caller reported this case or one that was merged into it."""
        return by.person_id is not None and any(reporter[1] == by.person_id for reporter in self.reporters)


def read(number: str, *, by: Caller, now: datetime, as_reporter: bool = False) -> tuple[Read, bool]:
    """Everything of a card and whether the caller reported it; one statement. NotFound outside the caller's scope."""
    text = sql.text("card").replace("{facts}", facts_now.SELECTED).replace("{row}", ROW_SELECTED)
    rows = sql.run(text, {"number": checked(number)}, prepare=True)
    if not rows:
        raise facts_now.missing(number)
    width = len(facts_now.COLUMNS)
    facts = facts_now.of_row(rows[0][:width])
    row = rows[0][width : width + len(ROW_COLUMNS)]
    words, _, _, children_open, version, transaction, *parts = rows[0][width + len(ROW_COLUMNS) :]
    history, photos, children, reporters = (
        _with_moments(orjson.loads(part), at) if part else [] for part, at in zip(parts[:4], (1, 4, 4, 5), strict=True)
    )
    found = Read(
        facts.but(open_children=children_open),
        masters_now.for_stamp((version, transaction), now),
        row, words, history, photos, children, reporters, parts[4], parts[5], orjson.loads(parts[6]) if parts[6] else [],
        parts[7], _with_moments(orjson.loads(parts[8]), 4) if parts[8] else [],
    )  # fmt: skip
    is_reporter = as_reporter or found.is_reporter(by)
    if not sees(by, found.facts, is_reporter=is_reporter):
        raise facts_now.missing(number)
    return found, is_reporter


def card(number: str, *, by: Caller, now: datetime, as_reporter: bool = False, reveal: bool = False) -> dict[str, Any]:
    """The card as the web shows it; with `reveal` the reporter's data stands in it whole, and whoever asks must have written that to the ledger."""
    found, is_reporter = read(number, by=by, now=now, as_reporter=as_reporter)
    return shown_card(found, by=by, now=now, is_reporter=is_reporter, reveal=reveal)


def just_written(facts: CaseFacts, masters: Masters, params: Mapping[str, Any]) -> Read:
    """A report as `read` would find it, from the parameters of the statement that has just written it; it has no photos."""
    known = vars(facts) | dict(params)
    at, contact = params["now"], params["contact"]
    history = [[
        1, at, params["verb"], None, params["state"], params["by_id"], params["by_name"], params["duty"], params["unit_id"], params["note"], [],
        orjson.loads(params["fields"]),
    ]]  # fmt: skip
    reporters = [[facts.id, facts.reporter_id, params["reporter_name"], contact, params["language"], at]]
    return Read(
        facts, masters, tuple(known[name] for name in ROW_COLUMNS), params["text"], history, [], [],
        reporters if params["has_reporter"] else [], None, None, [],
    )  # fmt: skip


def may_reveal(by: Caller, facts: CaseFacts) -> bool:
    """Whether the caller's duty lets them see who reported: the desk of the place."""
    return any(grant.duty in DESK and facts.place.startswith(grant.area) for grant in by.grants)


def shown_card(
    found: Read,
    *,
    by: Caller,
    now: datetime,
    is_reporter: bool,
    reveal: bool,
    compared: bool = True,
    eyes: Eyes | None = None,
) -> dict[str, Any]:
    """The card for these eyes; without `compared` nobody is asked for duplicates, which saves a statement.

    A reporter who does not see the case by duty reads no other resident's words; `eyes` says who looks where a secret opened it.
    """
    whole = _whole_card(found, by=by, now=now, is_reporter=is_reporter, reveal=reveal, compared=compared)
    if not is_reporter or sees(by, found.facts):
        return whole
    kept = residents.for_reporter(whole, found.history, eyes or Eyes(by.person_id, None, alone=False))
    return residents.without_photos(kept, residents.kept_back(found.photos, by.person_id))


def _whole_card(
    found: Read, *, by: Caller, now: datetime, is_reporter: bool, reveal: bool, compared: bool
) -> dict[str, Any]:
    facts, masters = found.facts, found.masters
    acted = with_step_shown(facts, found.history)
    staff = bool(by.grants) and any(duty is not Duty.CITIZEN for duty in by.duties)
    chain_zh, chain_en = names.chain(facts.place)
    return shown([found.row], masters, now)[0] | {
        "text": found.text,
        "source": facts.source,
        "reporter": _reporter(found, by=by, is_reporter=is_reporter, reveal=reveal),
        "chain_zh": chain_zh,
        "chain_en": chain_en,
        "grid": facts.grid,
        "component": facts.component,
        "rule": _rule(facts, masters),
        "routing": _routing(facts, masters),
        "clock": _clock(facts, found.history, now),
        "photos": [_photo(photo, found.history) for photo in found.photos],
        "history": [_event(event, staff=staff) for event in found.history],
        "loop": stations(facts, found.history),
        "children": [_child(child) for child in found.children],
        "parent": found.parent,
        "merged_into": found.merged_into,
        "merged": found.merged,
        "root_cause": found.root_cause,
        "explains": [_child(one) for one in found.explains],
        "fixture": None,
        "incident": None,
        "duplicates": _duplicates(found, by=by, now=now)
        if staff and compared and facts.state in WITH_DESK and facts.source != RECURRENCE
        else [],
        "rating": facts.rating,
        "counts": {
            name: getattr(facts, name)
            for name in ("returns", "reworks", "delays", "suspensions", "disputes", "urges", "level")
        },
        "calendar_guessed": facts.guessed,
        "actions": [
            forms_shown.action(offer, facts, masters)
            for offer in offers(acted, by=by, now=now, masters=masters, is_reporter=is_reporter)
        ],
    }


def _reporter(found: Read, *, by: Caller, is_reporter: bool, reveal: bool) -> list[dict[str, Any]]:
    """Who reported, whole or masked; the first is the case's own, the others joined it or came with merged cases. A reporter reads their own name."""
    return [
        {
            "name": name if whole or not name else name[:1] + MASK,
            "contact": contact if reveal or not contact else MASK + contact[-4:],
            "person_id": person_id if reveal else None,
            "at": at,
            "merged": case_id != found.facts.id,
            "masked": not whole,
        }
        for case_id, person_id, name, kept, _, at in found.reporters
        for contact in [contacts.opened(kept)]
        for whole in [reveal or (is_reporter and person_id == by.person_id)]
    ]


def _rule(facts: CaseFacts, masters: Masters) -> dict[str, Any] | None:
    if facts.class_kind is None or facts.class_code is None:
        return None
    rule = masters.rule_at(facts.class_kind, facts.class_code, facts.rule_no or 0, facts.opened_at)
    return {
        "rule_no": facts.rule_no,
        "condition_zh": rule.condition_zh if rule else "",
        "condition_en": rule.condition_en if rule else "",
        "closing_zh": rule.closing_zh if rule else "",
        "closing_en": rule.closing_en if rule else "",
        "limit": facts.limit_value,
        "unit": facts.limit_unit,
        "tier": facts.tier,
        "version": rule.version if rule else None,
        "confidence": rule.confidence if rule else "",
    }


def _routing(facts: CaseFacts, masters: Masters) -> dict[str, Any]:
    """Why the case is where it is; before it is dispatched, where the rules would send it."""
    if "why_en" in facts.routing:
        kept = {name: facts.routing.get(name) for name in ("rule", "version", "why_zh", "why_en", "grant")}
        return kept | {
            "suggested": facts.routing.get("suggested"),
            "suggested_zh": "",
            "suggested_en": "",
            "decided": True,
        }
    suggestion = suggestions.unit_for(facts, masters)
    unit = names.unit(suggestion.unit_id)
    return {
        "rule": suggestion.rule_id, "version": suggestion.version, "why_zh": suggestion.why_zh, "why_en": suggestion.why_en, "grant": None,
        "suggested": suggestion.unit_id, "suggested_zh": unit.name_zh if unit else "", "suggested_en": unit.name_en if unit else "",
        "decided": False,
    }  # fmt: skip


def _clock(facts: CaseFacts, history: list[list[Any]], now: datetime) -> dict[str, Any]:
    zh, en = UNIT_NAMES.get(facts.limit_unit or "", ("", ""))
    standing_s = int((now - facts.paused_at).total_seconds()) if facts.paused_at else 0
    return {
        "due_at": facts.due_at,
        "stage_due_at": facts.stage_due_at,
        "stage": facts.state,
        "limit": facts.limit_value,
        "unit": facts.limit_unit,
        "unit_zh": zh,
        "unit_en": en,
        "started_at": facts.dispatched_at,
        "paused_s": facts.paused_s + standing_s,
        "segments": segments(history),
    }


def _with_moments(rows: list[list[Any]], at: int) -> list[list[Any]]:
    """PostgreSQL drops the last zeros of a moment in JSON; a card that was just written and one that was read say the same."""
    for row in rows:
        row[at] = datetime.fromisoformat(row[at]) if row[at] else None
    return rows


def segments(history: list[list[Any]]) -> list[dict[str, Any]]:
    """How long the case stood in each state, and whether its limit clock ran: from the history, so that both always agree."""
    spans: list[dict[str, Any]] = []
    for event in history:
        at, state = event[1], event[4]
        if spans and spans[-1]["state"] == state:
            continue
        if spans:
            spans[-1]["until"] = at
        spans.append({"state": state, "from": at, "until": None, "paused": State(state) in PAUSED})
    return spans


def stations(facts: CaseFacts, history: list[list[Any]]) -> list[dict[str, Any]]:
    """The way from report to close with what is done; a case that ended early shows its end as the last station."""
    here = STATION[facts.state]
    last = MAIN_LINE.index(here)
    reached: dict[State, str] = {}
    for event in history:
        reached.setdefault(STATION[State(event[4])], event[1])
    line = list(MAIN_LINE)
    ended_early = facts.state in CLOSED_TYPE and facts.state is not State.CLOSED
    if ended_early:
        last = max((line.index(state) for state in reached if state in line), default=0)
        line = [*line[: last + 1], facts.state]
    answer = []
    for at, state in enumerate(line):
        current = (state is facts.state) if ended_early else at == last
        zh, en = STATE_NAMES[facts.state if current else state]
        done = at < last or facts.state is State.CLOSED or (ended_early and not current)
        answer.append({"state": state, "zh": zh, "en": en, "at": reached.get(state), "done": done, "current": current})
    return answer


def _event(event: list[Any], *, staff: bool) -> dict[str, Any]:
    seq, at, verb, start, to, _, by_name, duty, unit_id, note, photos, fields = event
    zh, en = VERBS.get(verb, (verb, verb))
    duty_zh, duty_en = DUTY_NAMES[Duty(duty)] if duty else ("", "")
    unit = names.unit(unit_id)
    return {
        "seq": seq,
        "at": at,
        "verb": verb,
        "verb_zh": zh,
        "verb_en": en,
        "from": start,
        "to": to,
        "by": by_name if staff and by_name != PUBLIC else "",
        "duty": duty,
        "duty_zh": duty_zh,
        "duty_en": duty_en,
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
        "note": note,
        "photos": [{"id": photo, "thumb": address(photo, "thumb"), "url": address(photo, "full")} for photo in photos],
        "fields": fields,
    }


def _photo(photo: list[Any], history: list[list[Any]]) -> dict[str, Any]:
    photo_id, kind, lon, lat, taken_at, _, heading_deg, accuracy_m, _ = photo
    by_name = next((event[6] for event in history if photo_id in event[10] and event[6] != PUBLIC), "")
    return {
        "id": photo_id, "kind": kind, "thumb": address(photo_id, "thumb"), "url": address(photo_id, "full"), "lon": lon, "lat": lat,
        "taken_at": taken_at, "by": by_name, "heading_deg": heading_deg, "accuracy_m": accuracy_m,
    }  # fmt: skip


def _child(child: list[Any]) -> dict[str, Any]:
    number, state, unit_id, title, due_at = child
    unit = names.unit(unit_id)
    zh, en = STATE_NAMES[State(state)]
    return {
        "number": number, "state": state, "state_zh": zh, "state_en": en, "title": title, "due_at": due_at,
        "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "",
    }  # fmt: skip


def _duplicates(found: Read, *, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """Open cases that may be the same problem; one more statement, only while the case is with the desk."""
    row = dict(zip(ROW_COLUMNS, found.row, strict=True))
    key = (row["class_kind"], row["class_code"]) if row["class_code"] else None
    spot = Spot(row["lon"], row["lat"], key, f"{row['title']} {found.text}", row["opened_at"], without=found.facts.id)
    return candidates(spot, found.masters, by=by, now=now)
