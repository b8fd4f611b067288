"""The arithmetic of the ledger: canonical bytes, tree hashes, proofs and signed notes; no Django, no database, no clock."""
