"""One verb of the loop for many cases at once: what it would do, doing it, and taking it back."""
