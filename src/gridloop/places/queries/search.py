"""The search box: a name in Chinese, pinyin, initials or English, a code, or an address."""

from __future__ import annotations

from django.db import connection

from gridloop.places import models
from gridloop.places.queries.statements import statement
from gridloop.places.queries.views import Found, Name
from gridloop.places.rules import codes, words

ANSWERS_MAX = 50
LOOKED_AT_MAX = 2000  # rows of one kind of match that are ranked, so that a frequent word costs no more than that
CELL_DIGITS = (14, 15)
COMPONENT_DIGITS = 16


def search(q: str, limit: int = 20) -> list[Found]:
    """Places that answer to `q`, best first, `limit` (50 at most); two statements at most."""
    asked, tokens = words.question(q)
    limit = max(1, min(limit, ANSWERS_MAX))
    if not asked:
        return []
    answers = _by_code(asked, limit)
    if codes.digits(asked) and asked.endswith("000"):
        asked = asked.rstrip("0") or asked
    with connection.cursor() as cursor:
        cursor.execute(
            statement("search"),
            {
                "asked": asked,
                "tokens": list(tokens),
                "latin": asked.isascii() and asked.isalnum() and not codes.digits(asked),
                "digits": codes.digits(asked),
                "most": LOOKED_AT_MAX,
                "limit": limit,
            },
        )
        for kind, code, zh, en, within_zh, within_en, lon, lat, area, now_code in cursor.fetchall():
            answers.append(Found(kind, code, Name(zh, en), Name(within_zh, within_en), lon, lat, area, now_code))
    return answers[:limit]


def _by_code(asked: str, limit: int) -> list[Found]:
    """Cells and components, which are found by their digits alone."""
    if not codes.digits(asked):
        return []
    if len(asked) in CELL_DIGITS:
        code = asked if len(asked) == max(CELL_DIGITS) else f"{asked[:12]}0{asked[12:]}"
        return [
            Found("cell", cell.code, Name(cell.code, cell.code), Name("", ""), cell.centre.x, cell.centre.y, cell.code)
            for cell in models.Cell.objects.filter(code=code, valid_to=None)
        ]
    if 10 <= len(asked) <= COMPONENT_DIGITS:
        rows = models.Component.objects.filter(code__gte=asked, code__lt=f"{asked}~").order_by("code")[:limit]
        return [
            Found("component", row.code, Name(row.name, row.code), Name("", ""), row.geom.x, row.geom.y, row.place)
            for row in rows
        ]
    return []
