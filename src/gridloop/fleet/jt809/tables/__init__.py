"""What platforms say to each other, as data: one line a field."""
