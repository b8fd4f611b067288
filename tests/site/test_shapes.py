"""The shapes of the API have one meaning each: the document keeps them by name, so a second one of a name would hide the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ninja import Schema

from gridloop.site.api import api


def subclasses(of: type) -> Iterator[type]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)


def test_no_two_shapes_of_the_api_have_one_name() -> None:
    assert api.urls, "every room's shapes are read"
    found: dict[str, set[str]] = defaultdict(set)
    for one in subclasses(Schema):
        if one.__module__.startswith("gridloop."):
            found[one.__name__].add(one.__module__)
    assert len(found) > 100
    assert {name: sorted(modules) for name, modules in found.items() if len(modules) > 1} == {}
