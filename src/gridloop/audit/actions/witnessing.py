"""Others' signatures under our checkpoints: whoever kept one can tell if our past is ever rewritten."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gridloop.audit.actions.recording import record
from gridloop.audit.models import Checkpoint, Witness
from gridloop.audit.rules import note
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound, Refused


def add_witness(size: int, line: str, verifier_key: str, *, by: Caller, now: dt.datetime) -> None:
    """Keep a witness's `cosignature/v1` line under the checkpoint of this size; refuses one that does not verify."""
    name, public = note.read_verifier(verifier_key, note.COSIGNATURE)
    checkpoint = Checkpoint.objects.filter(pk=size).only("size", "note").first()
    if checkpoint is None:
        raise NotFound(f"there is no checkpoint of {size} entries", zh=f"没有规模为 {size} 的检查点")
    at = note.cosigned_at(checkpoint.note, line, name, public)
    if at is None:
        raise Refused(
            f"the line is no good signature of {name} under the checkpoint of {size} entries",
            zh=f"该签名行不是 {name} 对规模 {size} 检查点的有效签名",
        )
    with transaction.atomic():
        _, made = Witness.objects.get_or_create(
            checkpoint=checkpoint, name=name, defaults={"key": public, "line": line.strip(), "at": at}
        )
        if made:
            record(by, "ledger.witnessed", f"checkpoint:{size}", at=now, detail={"witness": name})
