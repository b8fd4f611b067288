"""Named filters of the queue, kept by a person and, if they like, shared with a unit."""
