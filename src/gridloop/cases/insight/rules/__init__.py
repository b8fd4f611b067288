"""How returns are added up, when a ruling deserves a routing rule, and when few reports are too few."""
