"""Vehicle positions of public transport from GTFS-realtime."""
