"""What people ask about the masters: tables, rows, versions, proposals, and what a change would do."""
