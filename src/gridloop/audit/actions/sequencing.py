"""Giving finished entries their place in the ledger: order, leaf hash, tree, signed checkpoint - all in one transaction."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import orjson
from django.conf import settings
from django.db import connection, transaction

from gridloop.audit.actions.keys import origin, signing_key, trusted_keys
from gridloop.audit.models import Checkpoint, Node
from gridloop.audit.queries.hashes import TIER_LEVELS, StoredTree
from gridloop.audit.rules import note, tree
from gridloop.kernel.errors import Refused

SQL = Path(__file__).parents[1] / "sql"
TAKE = (SQL / "take_pending.sql").read_text(encoding="utf-8")
PLACE = (SQL / "place_entries.sql").read_text(encoding="utf-8")
LOCK = 0x6C6564676572  # "ledger"
BATCH_MAX = 20_000
PEOPLE = b'"people"'


def sequence(now: dt.datetime, batch_max: int = BATCH_MAX) -> int:
    """Move every finished pending entry into the ledger, one checkpoint for at most `batch_max`; returns how many moved.

    Any number of processes may call it at once: one works, the others return 0 at once.
    """
    moved = 0
    while True:
        count = _sequence_batch(now, batch_max)
        moved += count
        if count < batch_max:
            return moved


def _sequence_batch(now: dt.datetime, batch_max: int) -> int:
    """One batch in one transaction: all of it is in the ledger afterwards, or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, {"batch": batch_max})
        rows = [(key, bytes(body)) for key, body in cursor.fetchall()]
        if not rows:
            return 0
        last = Checkpoint.objects.order_by("-size").only("size", "algorithm", "at").first()
        algorithm = _algorithm(last)
        digest = tree.digest_of(algorithm)
        first = last.size if last else 0
        frontier = StoredTree(digest).frontier(first)
        leaves, nodes = [], []
        for _, body in rows:
            leaf = tree.leaf_hash(digest, body)
            leaves.append(leaf)
            for level, index, made in frontier.append(leaf):
                if level % TIER_LEVELS == 0:
                    nodes.append(Node(tier=level // TIER_LEVELS, index=index, hash=made))
        at = max(now, last.at) if last else now
        ids = [key for key, _ in rows]
        people = [(place, named) for place, (_, body) in enumerate(rows, 1) if (named := _people(body))]
        cursor.execute(
            PLACE,
            {
                "ids": ids,
                "leaves": b"".join(leaves),
                "people_at": [place for place, _ in people],
                "people": [named for _, named in people],
                "first": first,
                "at": at,
            },
        )
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"placed {cursor.rowcount} of {len(rows)} pending entries")
        Node.objects.bulk_create(nodes)
        _checkpoint(first, frontier, leaves, algorithm, at)
    return len(rows)


def _checkpoint(first: int, frontier: tree.Frontier, leaves: list[bytes], algorithm: str, at: dt.datetime) -> None:
    """Sign what the ledger is now."""
    trusted_keys()  # the public half must be on disk before its first signature is
    statement = note.Statement(origin(), frontier.size, frontier.root(), at, algorithm)
    Checkpoint.objects.create(
        size=frontier.size,
        first=first,
        root=statement.root,
        algorithm=algorithm,
        at=at,
        note=note.sign(statement, signing_key()),
        leaves=b"".join(leaves),
    )


def _algorithm(last: Checkpoint | None) -> str:
    """The configured leaf hash; a ledger cannot change it half way."""
    wanted = str(getattr(settings, "LEDGER_HASH", "sha256"))
    if last is not None and last.algorithm != wanted:
        raise Refused(
            f"this ledger was begun with {last.algorithm}, the configuration says {wanted}; set it back, or begin a new ledger",
            zh=f"本台账以 {last.algorithm} 建立,配置却为 {wanted};请改回,或新建台账",
        )
    return wanted


def _people(body: bytes) -> str | None:
    """The people whose data the entry is about, as an array literal of PostgreSQL; None for no one."""
    if PEOPLE not in body:
        return None
    named = orjson.loads(body)["detail"].get("people")
    if not isinstance(named, list):
        return None
    ids = [one for one in named if isinstance(one, int)]
    return "{" + ",".join(map(str, ids)) + "}" if ids else None
