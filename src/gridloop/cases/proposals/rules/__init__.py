"""What can be proposed for which table, what has to be true of it, and what it would have changed. No database, no clock."""
