"""Pages without scripts, for old phones, screen readers and text browsers: the same doors as the app, rendered by the server."""
