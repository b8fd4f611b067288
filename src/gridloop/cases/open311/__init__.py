"""The Open311 door: GeoReport v2 with the service request updates extension, in JSON and XML."""
