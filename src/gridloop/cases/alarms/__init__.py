"""What needs a look now: one cause is one row, with who took note of it, when, and how long that took."""
