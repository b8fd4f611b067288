"""Rooms have the same furniture and meet only at two doors."""

from __future__ import annotations

import ast

from django.apps import apps

from tests.house.sources import PACKAGE, ROOMS, STOREYS, imports, name, python_files, tree

REQUIRED = ("__init__", "apps", "models", "queries", "actions", "migrations")
ALLOWED = frozenset({*REQUIRED, "rules", "sql", "api", "jobs", "admin", "__pycache__"})
DOORS = frozenset({"actions", "queries"})
# What a room has beside the common furniture, and why it is a piece of its own.
OWN_PIECES = {
    "cases": {
        "alarms": "what needs a look now is no case: one row a cause, taking note, putting aside with a reason, where it comes from",
        "evaluation": "what the loop is worth in figures: indicators, comparisons and reports, recomputable from its history",
        "insight": "what the history tells about the loop itself: a ledger of returns, routes that rulings suggest, reports that fell silent",
        "expectation": "what a resident is told of how long it takes: percentiles of the city's own cases, with the area and number they rest on",
        "forecast": "how likely a case will be late is learnt from the past: features, training, marks, a list to act on",
        "intake_help": "guessing the class of a text is a trade of its own: examples, training, measuring, models",
        "announcements": "what units tell the residents of an area: four eyes where several counties are told, and feeds",
        "nearby": "areas that residents follow: coarse, three messages a day at most, counts and nothing else",
        "own_data": "everything held of one resident as a file of theirs, and forgetting them when they say so",
        "proposals": "changing the masters is a procedure of its own: preview, second pair of eyes, versions from a day on",
        "components": "what a fixed thing has been through belongs to it, not to one case: past repairs, recurrence, root causes",
        "digest": "one letter in place of many notices: what stands in it for this person, when it is due, sent once",
        "incidents": "many reports of one thing: which belong together, one case for all, whether every reporter was answered",
        "map": "the one map asks of cases and places at once: marks, figures, lists, files and cards of a piece of it",
        "mass": "one verb for many cases is an undertaking of its own: preview, account, going on after a break, taking back",
        "shifts": "who sits at the desk changes: one page of what is open, frozen, with two signatures",
        "simulation": "the routing of the last days once more under a proposal: replay, estimate, result, the switch with a date",
        "timeline": "looking back is not the loop: what happened when on one axis, the desk at a past moment, nothing to be changed",
        "walks": "where collectors are, on shift only: begin and end, positions for some days, who looked, cells that want a patrol",
        "views": "saved filters belong to people, not to cases: names, sharing, limits",
        "why": "why a case is where it is, on one page: the ways that were open, the one that was taken, under which grant",
        "photos": "taking pictures in is a trade of its own: content types, positions, sizes, two kinds of storage",
        "open311": "a whole standard with two formats, seen from outside as one door",
    },
    "fleet": {
        "jt808": "the protocol of vehicle terminals, a library without Django, usable alone",
        "jt809": "the protocol between supervision platforms, a library without Django, usable alone",
        "intake": "what every feed offers and every window takes: the seam between protocols and judging",
        "judge": "which rules a window of fixes breaks: arrays, no database, no clock",
        "gateway": "the one hot path, outside the ORM: sockets, windows, one transaction, acknowledgements",
        "feeds": "ways in besides JT/T 808 over sockets, one class each",
        "drive": "vehicles that do not exist, speaking the real protocols over real sockets",
    },
    "notices": {
        "channels": "how words leave the house: mail, text messages, each with its own protocol",
        "push": "notices on lock screens: sealing and signing for each browser, which browsers asked, our key",
        "gateway": "a small SMS gateway that speaks the adapter's protocol, for the demo and the tests",
    },
}
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"})
NAMED_BY_DJANGO = frozenset({"src/gridloop/site/database/base.py"})
"""Django looks for a database engine in a file of this name."""


def pieces(room: str) -> set[str]:
    return {path.stem for path in (PACKAGE / room).iterdir() if path.suffix == ".py" or path.is_dir()}


def test_every_room_has_its_furniture_and_a_sign_on_the_door():
    for room in ROOMS:
        missing = [piece for piece in REQUIRED if piece not in pieces(room)]
        assert not missing, f"{room} lacks {missing}"
        assert ast.get_docstring(tree(PACKAGE / room / "__init__.py")), f"{room} says nowhere what it is for"


def test_no_room_has_furniture_of_an_unknown_kind():
    for room in ROOMS:
        strange = pieces(room) - ALLOWED - set(OWN_PIECES.get(room, {}))
        assert not strange, f"{room}: {sorted(strange)} belong into actions, queries, rules or another room"


def test_rooms_meet_only_at_actions_and_queries():
    wrong = []
    for file in python_files():
        if not file.is_relative_to(PACKAGE):
            continue
        room = file.relative_to(PACKAGE).parts[0]
        if room not in ROOMS:
            continue
        for module, line in imports(file):
            parts = module.split(".")
            stranger = parts[0] == "gridloop" and len(parts) > 1 and parts[1] in ROOMS and parts[1] != room
            if stranger and (len(parts) < 3 or parts[2] not in DOORS):
                wrong.append(f"{name(file)}:{line} imports {module}")
    assert not wrong, "only actions and queries are doors:\n" + "\n".join(wrong)


def test_the_table_of_rooms_is_complete():
    there = {
        config.name.removeprefix("gridloop.")
        for config in apps.get_app_configs()
        if config.name.startswith("gridloop.")
    }
    assert there - {"site"} == set(ROOMS)


def test_foreign_keys_point_only_downward():
    height = {room: number for number, storey in enumerate(STOREYS) for room in storey}
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label
        if room not in height:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or target is None or target == "self":
                continue
            other = target._meta.app_label
            if other != room and height.get(other, -1) >= height[room]:
                wrong.append(f"{model.__name__}.{field.name} points to {other}")
    assert not wrong, wrong


def test_tables_are_named_by_their_room():
    wrong = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and not model._meta.db_table.startswith(model._meta.app_label + "_")
    ]
    assert not wrong, wrong


def test_nothing_is_called_by_a_name_that_says_nothing():
    wrong = [name(file) for file in python_files() if FORBIDDEN_NAMES & {file.stem, *file.parent.parts[-2:]}]
    wrong = [one for one in wrong if one not in NAMED_BY_DJANGO]
    assert not wrong, f"name it by what it does in the city: {wrong}"
