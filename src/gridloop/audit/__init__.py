"""The ledger: an append-only, tamper-evident log of who did and saw what."""
