"""The past as arrays, what was known at a moment, and the reasons in words; no database, no clock."""
