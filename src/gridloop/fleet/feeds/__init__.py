"""Ways in besides JT/T 808 over sockets, one folder each; all offer fixes to the same window (see intake)."""
