"""Moving vehicles for browsers: what the gateway has just stored, as small frames once a second, and warnings as they come."""
