"""Gridloop: one map, one loop, one ledger for a city."""
