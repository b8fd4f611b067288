"""The database engine of the settings: PostGIS with a liveness check that costs no statement."""
