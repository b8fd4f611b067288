"""What a saved view may be called, how many there may be, and which words of the queue it can keep."""

from __future__ import annotations

from collections.abc import Mapping

from gridloop.kernel.errors import Malformed, Refused

VIEWS_MAX = 50
NAME_CHARS_MAX = 40
KEPT = ("view", "state", "unit", "place", "class", "urgency", "q", "since", "until", "box", "parent", "sort")
"""Parameters of `GET /cases` that say what is wanted; which page of it is not kept."""
VALUE_CHARS_MAX = 300


def checked_name(name: str) -> str:
    """The name without blanks round it; Malformed when nothing is left, or too much."""
    bare = " ".join(name.split())
    if not 1 <= len(bare) <= NAME_CHARS_MAX or not bare.isprintable():
        raise Malformed(
            f"a view has a name of 1 to {NAME_CHARS_MAX} characters",
            zh=f"视图名称须为 1 至 {NAME_CHARS_MAX} 个字符",
            fields={"name": f"1 to {NAME_CHARS_MAX} characters"},
        )
    return bare


def kept_words(query: Mapping[str, object]) -> dict[str, str]:
    """The query as text by parameter, empty ones left out; Malformed for a parameter that the queue does not have."""
    unknown = sorted(set(query) - set(KEPT))
    if unknown:
        raise Malformed(
            f"the queue has no filter '{unknown[0][:40]}'; there are: {', '.join(KEPT)}",
            zh=f"案件列表没有“{unknown[0][:40]}”这个筛选项;可用:{'、'.join(KEPT)}",
            fields={"query": "unknown filter"},
        )
    return {name: str(query[name]) for name in KEPT if query.get(name) not in (None, "")}


def room_for_one_more(count: int) -> None:
    """Raises Refused where a person has as many views as anybody can."""
    if count >= VIEWS_MAX:
        raise Refused(
            f"you have {VIEWS_MAX} views already; delete one first", zh=f"最多保存 {VIEWS_MAX} 个视图,请先删除一个"
        )


def taken(name: str) -> Refused:
    """What is said to who takes a name twice."""
    return Refused(
        f"you have a view called '{name}' already; take another name",
        zh=f"您已有名为“{name}”的视图,请换一个名称",
        fields={"name": "taken"},
    )
