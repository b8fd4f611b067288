"""What people ask about incidents: suggested groups, accounts of groupings, and whether every reporter was answered."""
