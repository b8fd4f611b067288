"""What a list of cases asks for, as pieces of SQL that an index bounds; the caller's scope is one of them, always."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gridloop.cases.queries import names
from gridloop.cases.rules.forms import CASE_NUMBER
from gridloop.cases.rules.scope import Sight, sight
from gridloop.cases.rules.states import AWAITING, CLOSED_TYPE, OPEN, State
from gridloop.cases.rules.words import wanted
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed

VIEWS = ("all", "mine", "unacknowledged", "due", "late")
SORTS = ("-id", "id", "due")
INDEXED_DIGITS = (4, 6, 9, 12)
CELL_DIGITS = 15
DUE_SOON = timedelta(minutes=30)
SCOPE_TERMS_MAX = 24
QUERY_CHARS_MAX = 100
OPEN_STATES = sorted(str(state) for state in OPEN)
CLOSED_STATES = sorted(str(state) for state in CLOSED_TYPE)
PARTITIONS: Mapping[str, frozenset[str]] = {
    "cases_case_open": frozenset(OPEN_STATES),
    "cases_case_closed": frozenset(CLOSED_STATES),
    "cases_case": frozenset(State),
}
"""Which states each table holds, the smallest first."""
MINE_BY_DUTY: Mapping[Duty, tuple[State, ...]] = {
    Duty.ACCEPTOR: (State.REPORTED, State.UNFOUNDED),
    Duty.SHIFT_LEADER: (State.REGISTERED, State.UNFOUNDED, State.SUSPEND_ASKED, State.CHECKED),
    Duty.DISPATCHER: (State.FILED, State.RETURNED, State.DELAY_ASKED),
    Duty.ARBITER: (State.ARBITRATION,),
    Duty.SUPERVISOR: (State.DISPUTED,),
    Duty.LEADER: (State.DISPUTED, State.DELAY_ASKED),
    Duty.COLLECTOR: (State.VERIFYING, State.CHECKING),
    Duty.UNIT: (State.DISPATCHED, State.HANDLING, State.DELAY_ASKED, State.SUSPEND_ASKED, State.SUSPENDED),
}
"""Which states wait for which duty: what "mine" means to its holder."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list asks for; `states` are states or the words open, closed, any; `box` is west, south, east, north, `within` a polygon in WKT."""

    view: str = "all"
    states: tuple[str, ...] = ()
    unit: int | None = None
    place: str = ""
    class_kind: str = ""
    class_code: str = ""
    q: str = ""
    since: datetime | None = None
    until: datetime | None = None
    box: tuple[float, float, float, float] | None = None
    within: str = ""
    urgency: str = ""
    parent: str = ""
    sort: str = "-id"


@dataclass(slots=True)
class Where:
    """Conditions joined by `and`, with their parameters by name, and the smallest table that holds every wanted state."""

    table: str = "cases_case"
    terms: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def add(self, term: str, **params: object) -> None:
        """One more condition; the names of its parameters are ours, never the caller's."""
        self.terms.append(term)
        self.params.update(params)

    def text(self) -> str:
        """The whole condition."""
        return " and ".join(self.terms) or "true"


def where(asked: Filter, *, by: Caller, now: datetime) -> Where:
    """Everything a list asks for except scope and cursor; raises Malformed for what no list knows."""
    made = Where()
    if asked.view not in VIEWS:
        raise Malformed(
            f"there is no view '{asked.view[:20]}'; there are: {', '.join(VIEWS)}",
            zh=f"没有视图“{asked.view[:20]}”;可用:{'、'.join(VIEWS)}",
        )
    _states(made, states_of(asked, by))
    _view(made, asked.view, by=by, now=now)
    if asked.unit is not None:
        ids = subtree(asked.unit)
        made.add(
            "c.unit_id = %(unit)s" if len(ids) == 1 else "c.unit_id = any(%(unit_ids)s::bigint[])",
            unit=ids[0],
            unit_ids=ids,
        )
    if asked.place:
        _place(made, asked.place)
    if asked.class_code:
        made.add(_class_term(asked.class_code), class_code=asked.class_code, class_code_end=asked.class_code + "~")
    if asked.class_kind:
        made.add("c.class_kind = %(class_kind)s", class_kind=asked.class_kind)
    if asked.urgency:
        made.add("c.urgency = %(urgency)s", urgency=asked.urgency)
    if asked.since is not None:
        made.add("c.opened_at >= %(since)s", since=asked.since)
    if asked.until is not None:
        made.add("c.opened_at < %(until)s", until=asked.until)
    _piece(made, asked)
    if asked.parent:
        made.add("c.parent_id = (select id from cases_case where number = %(parent)s)", parent=asked.parent)
    if asked.q.strip():
        _words(made, asked.q.strip())
    return made


def states_of(asked: Filter, by: Caller) -> list[str]:
    """The states to look in: those asked for, else every open one; "mine" narrows to what waits for the caller's duties."""
    found: set[str] = set()
    for one in asked.states:
        if one == "open":
            found.update(OPEN_STATES)
        elif one == "closed":
            found.update(CLOSED_STATES)
        elif one == "any":
            found.update(OPEN_STATES, CLOSED_STATES)
        elif one in set(State):
            found.add(one)
        else:
            raise Malformed(f"there is no state '{one[:20]}'", zh=f"没有状态“{one[:20]}”", fields={"state": "unknown"})
    if not found:
        found.update(OPEN_STATES)
    if asked.view == "mine" and by.grants:
        mine = {str(state) for duty in by.duties for state in MINE_BY_DUTY.get(duty, ())}
        if mine:
            found &= mine
    if asked.view == "unacknowledged":
        found &= {str(state) for state in AWAITING}
    return sorted(found)


def _states(made: Where, states: list[str]) -> None:
    """The partition that holds them all; a condition only where it holds others too, because each one costs the planner."""
    for table, every in PARTITIONS.items():
        if every.issuperset(states):
            made.table = table
            if len(states) < len(every):
                term = "c.state = any(%(states)s)" if len(states) > 1 else "c.state = %(state)s"
                made.add(term, states=states, state=states[0] if states else "")
            return


def _view(made: Where, view: str, *, by: Caller, now: datetime) -> None:
    if view == "mine" and not (by.duties & MINE_BY_DUTY.keys()):
        made.add("c.reporter_id = %(me)s", me=by.person_id)
    elif view == "due":
        made.add("least(c.due_at, c.stage_due_at) < %(soon)s and c.paused_at is null", soon=now + DUE_SOON)
    elif view == "late":
        made.add("c.due_at < coalesce(c.finished_at, %(now)s) and c.paused_at is null", now=now)


def _place(made: Where, place: str) -> None:
    if not place.isdigit() or len(place) > CELL_DIGITS:
        raise Malformed(
            f"'{place[:20]}' is not an area: give leading digits of a place code",
            zh=f"“{place[:20]}”不是区域代码前缀",
            fields={"place": "digits"},
        )
    term, params = place_term(place, "at")
    made.add(term, **params)


def place_term(area: str, name: str) -> tuple[str, dict[str, Any]]:
    """A condition on the place that an index answers in order: equality on a prefix that is indexed, else a range."""
    area = (
        area.rstrip("0") if len(area) == 12 and area.endswith("000") else area
    )  # a whole division written with filling zeros
    if len(area) in INDEXED_DIGITS:
        return f"left(c.place, {len(area)}) = %({name})s", {name: area}
    if len(area) == CELL_DIGITS:
        return f"c.place = %({name})s", {name: area}
    return f"c.place >= %({name})s and c.place < %({name}_end)s", {name: area, f"{name}_end": area + "~"}


def _class_term(code: str) -> str:
    if len(code) == 4:
        return "c.class_code = %(class_code)s"
    return "c.class_code >= %(class_code)s and c.class_code < %(class_code_end)s"


def _piece(made: Where, asked: Filter) -> None:
    """The piece of the map: a drawn shape, else a box, else everywhere."""
    if asked.within:
        shape = "st_transform(st_makevalid(st_geomfromtext(%(within)s, 4326)), 3857)"
        made.add(f"st_intersects(c.geom, {shape})", within=asked.within)
    elif asked.box is not None:
        _box(made, asked.box)


def _box(made: Where, box: tuple[float, float, float, float]) -> None:
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise Malformed(
            "box is west,south,east,north in WGS-84 degrees",
            zh="box 应为 西,南,东,北 的 WGS-84 经纬度",
            fields={"box": "w,s,e,n"},
        )
    made.add(
        "c.geom && st_transform(st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), 3857)",
        west=west,
        south=south,
        east=east,
        north=north,
    )


def _words(made: Where, query: str) -> None:
    """A number finds its case; words must stand in the text as they are, found by their bigrams."""
    if CASE_NUMBER.fullmatch(query):
        made.add("c.number = %(q_number)s", q_number=query)
        return
    found, words = wanted(query[:QUERY_CHARS_MAX])
    if not found:
        made.add("false")
        return
    made.add("c.id in (select case_id from cases_text where tokens @> %(q_tokens)s::int[])", q_tokens=found)
    for at, word in enumerate(words[:8]):
        made.add(
            f"position(%(q_word{at})s in lower(c.title || ' ' || c.text || ' ' || c.address)) > 0",
            **{f"q_word{at}": word},
        )


def subtree(unit_id: int) -> list[int]:
    """The unit and everything under it that works now."""
    path = names.unit_path(unit_id)
    found = [view.id for view in _under(path)] if path else []
    return found or [unit_id]


SUBTREES: names.Shelf[str, tuple[Any, ...]] = names.Shelf()


def _under(path: str) -> tuple[Any, ...]:
    if SUBTREES.missing([path]):
        SUBTREES.put(path, tuple(identity.units_under(path)))
    return SUBTREES.get(path) or ()


def scope_terms(by: Caller) -> list[tuple[str, dict[str, Any]]]:
    """The caller's scope as alternatives, each of which one index answers: areas, units, past units; a resident's are the own reports.

    Who works here finds what they reported themselves under their own reports, so that their queue need not look there too.
    """
    seen: Sight = sight(by)
    if seen.everywhere:
        return [("true", {})]
    terms = [place_term(area, f"scope{at}") for at, area in enumerate(seen.areas)]
    for at, (unit_id, area) in enumerate(seen.units):
        ids = subtree(unit_id)
        within, params = place_term(area, f"unit_area{at}") if area else ("true", {})
        owner = (
            f"c.unit_id = %(scope_unit{at})s" if len(ids) == 1 else f"c.unit_id = any(%(scope_units{at})s::bigint[])"
        )
        params |= {f"scope_unit{at}": ids[0], f"scope_units{at}": ids}
        terms.append((f"{owner} and {within}", params))
        terms.append((f"c.past_units && %(scope_units{at})s::bigint[] and c.past_units <> '{{}}' and {within}", params))
    if not terms and seen.person_id is not None:
        terms.append(("c.reporter_id = %(scope_me)s", {"scope_me": seen.person_id}))
    return terms[:SCOPE_TERMS_MAX]
