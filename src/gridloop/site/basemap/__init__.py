"""The base map of the demonstration: real outlines, invented streets, one PMTiles file, the same bytes every time."""
