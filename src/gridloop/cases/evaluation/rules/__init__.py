"""What the figures mean: indicators as data, and the arithmetic of comparing units fairly."""
