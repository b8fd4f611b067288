"""The demo city: seeded, reproducible, labelled synthetic."""
