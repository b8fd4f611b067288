"""What people ask about a component: how it stands, and what it has been through."""
