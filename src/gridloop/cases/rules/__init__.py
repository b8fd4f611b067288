"""What is allowed: the loop as data, deadlines, routing, scope; pure functions without database, clock or network."""
