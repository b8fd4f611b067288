"""Everything that starts, checks and ships Gridloop, written with Python's standard library alone."""
