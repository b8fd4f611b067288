"""Evaluation: the 24 indicators and what is made of them, each figure recomputable from the position of the ledger that it cites."""
