"""Arithmetic of the city: arrays in, arrays out; no room, no database, no clock, no files."""
