"""Recomputing a saved answer from the append-only history as of the ledger position that it cites."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gridloop.audit import queries as ledger
from gridloop.cases.evaluation.queries import figures, statement
from gridloop.cases.evaluation.queries.answers import FORM
from gridloop.cases.evaluation.rules import question as questions
from gridloop.cases.evaluation.rules.indicators import BY_ID
from gridloop.cases.evaluation.rules.question import Question
from gridloop.kernel.errors import GridloopError, Malformed

MOST = 200
"""More mismatches than these are not listed one by one."""
ARGUMENTS = {"league": {"indicator_id": str, "least": int}}
"""What a kind of answer needs beside its question."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One place of the file that the history contradicts."""

    where: str
    saved: Any
    found: Any


def verify(document: Mapping[str, Any]) -> list[Mismatch]:
    """Every mismatch of one saved answer or of a file of several; none means that it holds. Malformed for what we did not write."""
    parts = document.get("answers")
    if not isinstance(parts, list):
        return list(_one(document, ""))[:MOST]
    if not parts:
        raise Malformed("the file holds no answers", zh="文件中没有任何统计结果")
    return [found for at, part in enumerate(parts) for found in _one(part, f"answers[{at}].")][:MOST]


def _one(document: Mapping[str, Any], path: str) -> Iterator[Mismatch]:
    kind, question, at, position, more = _read(document)
    cite = document["cite"]
    yield from _checkpoint(cite, path)
    for name, told in (("from", question.since.isoformat()), ("to", question.until.isoformat())):
        if cite.get(name) != told:
            yield Mismatch(f"{path}cite.{name}", cite.get(name), told)
    if cite.get("query_version") != statement.query_version():
        yield Mismatch(f"{path}cite.query_version", cite.get("query_version"), statement.query_version())
    found, _ = figures.ASKED[kind](question, at=at, position=position, **more)
    yield from differences(document.get("figures"), found, f"{path}figures")


def _read(document: Mapping[str, Any]) -> tuple[str, Question, dt.datetime, int, dict[str, Any]]:
    try:
        kind, cite = str(document["kind"]), document["cite"]
        if document["form"] != FORM or kind not in figures.ASKED:
            raise ValueError(f"form {document['form']}, kind {kind}")  # noqa: TRY301 - told below with the others
        at = dt.datetime.fromisoformat(cite["computed_at"])
        position = int(cite["ledger_position"])
        given, known = dict(document.get("more") or {}), ARGUMENTS.get(kind, {})
        if at.tzinfo is None or position < -1 or not given.keys() <= known.keys():
            raise ValueError("cite")  # noqa: TRY301
        more = {name: known[name](one) for name, one in given.items()}
        if more.get("indicator_id", "close_rate") not in BY_ID:
            raise ValueError("indicator")  # noqa: TRY301
        return kind, questions.read(document["question"]), at, position, more
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Malformed(
            f"this is no saved answer of the statistics ({wrong}); save one with &save=1 or './gridloop statistics export'",
            zh="文件不是统计结果,请用 &save=1 或 ./gridloop statistics export 保存",
        ) from wrong


def _checkpoint(cite: Mapping[str, Any], path: str) -> Iterator[Mismatch]:
    """The cited checkpoint must be one of ours, and hold no more than the ledger does."""
    size, root = cite.get("checkpoint_size"), cite.get("checkpoint")
    if size is None and root is None:
        return
    try:
        kept = ledger.checkpoint(int(str(size)))
        known = base64.b64encode(kept.root).decode() if kept else None
    except (GridloopError, ValueError, binascii.Error):
        known = None
    if known != root:
        yield Mismatch(f"{path}cite.checkpoint", root, known)


def differences(saved: object, found: object, path: str) -> Iterator[Mismatch]:
    """Where two documents differ, leaf by leaf; rows are matched by what they are about, not by their place."""
    if isinstance(saved, dict) and isinstance(found, dict):
        for name in sorted({*saved, *found}):
            yield from differences(saved.get(name), found.get(name), f"{path}.{name}")
    elif (
        isinstance(saved, list)
        and isinstance(found, list)
        and all(isinstance(one, dict) and "group" in one for one in (*saved, *found))
    ):
        yield from differences(_keyed(saved), _keyed(found), path)
    elif saved != found:
        yield Mismatch(path, saved, found)


def _keyed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "/".join(str(row[name]) for name in ("group", "step", "reason") if row.get(name) not in (None, ""))
        or "all": row
        for row in rows
    }
