"""What may be announced, by whom and how it goes out; pure functions."""
