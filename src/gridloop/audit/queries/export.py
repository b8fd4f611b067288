"""The ledger as a file that anyone can check without us (`ledger verify-export`, `site/ledger_check.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from gridloop.audit.models import Entry
from gridloop.audit.queries.proofs import checkpoint

PAGE = 5_000


def export_lines(verifier_key: str, size: int | None = None) -> Iterator[bytes]:
    """JSON lines: header, entries in order, the checkpoint of this size (the newest by default); nothing for an empty ledger."""
    found = checkpoint(size)
    if found is None:
        return
    yield (
        orjson.dumps(
            {"ledger": found.note.partition("\n")[0], "hash": found.algorithm, "size": found.size, "key": verifier_key}
        )
        + b"\n"
    )
    position = 0
    while position < found.size:
        rows = Entry.objects.filter(position__gte=position, position__lt=min(position + PAGE, found.size)).order_by(
            "position"
        )
        for at, body in rows.values_list("position", "body"):
            yield orjson.dumps({"position": at, "body": bytes(body).decode()}) + b"\n"
        position += PAGE
    yield orjson.dumps({"checkpoint": found.note, "witnesses": found.witnesses}) + b"\n"
