"""OGC API Features: the public layers for any program that reads maps (Part 1, Core: OGC 17-069r4)."""
