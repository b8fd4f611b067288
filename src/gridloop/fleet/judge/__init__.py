"""Which rules a window of fixes breaks: arrays in, what is to be told out; no database, no clock, no network."""
