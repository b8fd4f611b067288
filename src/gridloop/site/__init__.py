"""The platform put together: settings, addresses, wiring, commands and the demo city."""
