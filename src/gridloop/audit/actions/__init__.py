"""What is done to the ledger: write an entry with one's own change, and give finished entries their place."""

from gridloop.audit.actions.keys import signing_key, trusted_keys
from gridloop.audit.actions.recording import EntryRow, entry_row, record, sort_pending
from gridloop.audit.actions.sequencing import sequence
from gridloop.audit.actions.witnessing import add_witness

__all__ = ["EntryRow", "add_witness", "entry_row", "record", "sequence", "signing_key", "sort_pending", "trusted_keys"]
