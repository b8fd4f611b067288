"""The tables of the standard as data: one line a bit, an item, a parameter, a field."""
