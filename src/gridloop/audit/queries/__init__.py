"""What people ask of the ledger: entries, checkpoints, proofs, and whether it is whole."""

from gridloop.audit.queries.entries import (
    EntryFilter,
    EntryView,
    entries,
    entries_about,
    entries_after,
    entry,
    looks_at,
    pending_lag_s,
)
from gridloop.audit.queries.proofs import (
    CheckpointView,
    ConsistencyProof,
    InclusionProof,
    checkpoint,
    consistency_proof,
    inclusion_proof,
)

__all__ = [
    "CheckpointView",
    "ConsistencyProof",
    "EntryFilter",
    "EntryView",
    "InclusionProof",
    "checkpoint",
    "consistency_proof",
    "entries",
    "entries_about",
    "entries_after",
    "entry",
    "inclusion_proof",
    "looks_at",
    "pending_lag_s",
]
