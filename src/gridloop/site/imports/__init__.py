"""Brings in what others wrote down: histories of cases, components, boundaries and units, from the files they have."""
