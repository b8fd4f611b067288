"""What is allowed: tables as data and pure functions; no Django, no database, no clock, no network."""
