"""NMEA 0183 over TCP and UDP."""
