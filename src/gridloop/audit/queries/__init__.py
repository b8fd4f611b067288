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
from gridloop.audit.queries.export import export_lines
from gridloop.audit.queries.proofs import (
    CheckpointView,
    ConsistencyProof,
    InclusionProof,
    checkpoint,
    consistency_proof,
    inclusion_proof,
)
from gridloop.audit.queries.verify import Finding, Kind, Report, verify

__all__ = [
    "CheckpointView",
    "ConsistencyProof",
    "EntryFilter",
    "EntryView",
    "Finding",
    "InclusionProof",
    "Kind",
    "Report",
    "checkpoint",
    "consistency_proof",
    "entries",
    "entries_about",
    "entries_after",
    "entry",
    "export_lines",
    "inclusion_proof",
    "looks_at",
    "pending_lag_s",
    "verify",
]
