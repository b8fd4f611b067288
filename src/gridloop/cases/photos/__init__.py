"""Photos of cases: taken in by content, made harmless, kept, and shown to those entitled."""
