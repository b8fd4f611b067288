"""Units, people, their duties and grants by area, and the doors they come in by."""
