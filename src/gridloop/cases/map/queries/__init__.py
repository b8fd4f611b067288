"""What people ask of the map; each a fixed number of SQL statements."""
